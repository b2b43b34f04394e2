import { queryOptions, useQuery } from '@tanstack/react-query';
import { call, perform } from '../api/call';
import { isSignedOut } from '../api/problem';
import type { Self } from '../api/types';

/** Who is signed in; null for nobody. */
export const selfQuery = queryOptions({
  queryKey: ['self'],
  queryFn: async ({ signal }): Promise<Self | null> => {
    try {
      return await perform(call('get', '/api/v2/self'), signal);
    } catch (error) {
      if (isSignedOut(error)) return null;
      throw error;
    }
  },
  staleTime: 60_000,
});

export const useSelf = (): Self | null => useQuery(selfQuery).data ?? null;

/** Why the one who is signed in may not change anything; null when he may. */
export const useMayAct = (): string | null =>
  useSelf()?.role === 'viewer' ? 'You may look, not change: ask an administrator for the role of an operator.' : null;

/** The same for what only administrators do. */
export const useMayAdminister = (): string | null =>
  useSelf()?.role === 'admin' ? null : 'Only an administrator may do this.';
