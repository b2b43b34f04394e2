import { QueryClient, queryOptions, type QueryKey } from '@tanstack/react-query';
import { perform, type Call } from './call';
import { isSignedOut, ProblemError } from './problem';

/**
 * What was read is kept under the path it was read from, so that whoever hears of a change knows what to read again:
 * everything under `nodes`, or one page of it.
 */
const STALE_MS = 5_000;
const TRIES_MAX = 3;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: STALE_MS,
      // A refusal is an answer; only a server that does not answer is asked again.
      retry: (count, error) => count < TRIES_MAX && !(error instanceof ProblemError && error.status < 500),
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false },
  },
});

/** `nodes`, then the rest of the path: invalidating `['nodes']` reaches every list and every node. */
export const keyOf = ({ path }: Call): QueryKey => {
  const [where = '', search = ''] = path.replace(/^\/api\/v2\//, '').split('?');
  return [...where.split('/'), ...(search ? [search] : [])];
};

export const reading = <Answer>(what: Call<Answer>) =>
  queryOptions({ queryKey: keyOf(what), queryFn: ({ signal }) => perform(what, signal) });

/** Says that what is shown of these resources is old, and what is being read of them for the first time as well. */
export const forget = (...resources: readonly string[]): void => {
  for (const resource of resources) {
    const firsts = queryClient
      .getQueryCache()
      .findAll({ queryKey: [resource], fetchStatus: 'fetching', predicate: ({ state }) => state.data === undefined });
    void queryClient.invalidateQueries({ queryKey: [resource] });
    // A reading that has nothing to show yet is not begun anew: it ends, and is made once more, since it may have been
    // answered before whatever made it old.
    for (const { queryKey, promise } of firsts)
      void promise?.then(
        () => queryClient.invalidateQueries({ queryKey, exact: true }),
        () => undefined,
      );
  }
};

queryClient.getQueryCache().subscribe((event) => {
  if (event.type === 'updated' && event.action.type === 'error' && isSignedOut(event.action.error))
    void queryClient.invalidateQueries({ queryKey: ['self'] });
});
