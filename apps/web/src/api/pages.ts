import { infiniteQueryOptions } from '@tanstack/react-query';
import { keyOf } from './query';
import { perform, type Call } from './call';

/** A list of the API, page after page along its cursor. */
interface PageOf<Item> {
  readonly items: Item[];
  readonly next_cursor: string | null;
}

export const paging = <Item>(what: Call<PageOf<Item>>) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(what), 'pages'],
    initialPageParam: '',
    queryFn: ({ pageParam, signal }) =>
      perform<PageOf<Item>>({ ...what, path: pageParam === '' ? what.path : after(what.path, pageParam) }, signal),
    getNextPageParam: ({ next_cursor: next }) => next ?? undefined,
  });

const after = (path: string, cursor: string): string =>
  `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
