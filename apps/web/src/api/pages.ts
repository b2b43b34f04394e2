import {
  infiniteQueryOptions,
  keepPreviousData,
  useInfiniteQuery,
  type InfiniteData,
  type UseInfiniteQueryResult,
} from '@tanstack/react-query';
import { keyOf } from './query';
import { perform, type Call } from './call';

/** A page of a list of the API. */
interface PageOf<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

/** A list as far as it was read. */
export type Pages<Item> = UseInfiniteQueryResult<InfiniteData<PageOf<Item>>>;

/**
 * Reads a list page after page along its cursor. The API says of the items of a list that any field may be left out, since
 * a caller may ask for some of them; who reads them here says what it asked for. With `isSearch` what was found before stays
 * until the next is found, marked as a placeholder: a table that is emptied at every letter cannot be read.
 */
export const usePages = <Item>(what: Call, { isSearch = false }: { readonly isSearch?: boolean } = {}): Pages<Item> =>
  useInfiniteQuery(
    infiniteQueryOptions({
      ...(isSearch ? { placeholderData: keepPreviousData } : {}),
      queryKey: [...keyOf(what), 'pages'],
      initialPageParam: '',
      queryFn: ({ pageParam, signal }) =>
        perform(
          { ...what, path: pageParam === '' ? what.path : after(what.path, pageParam) } as Call<PageOf<Item>>,
          signal,
        ),
      getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
    }),
  );

const after = (path: string, cursor: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
