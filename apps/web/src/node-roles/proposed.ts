import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { call, perform } from '../api/call';
import type { NodeRole } from '../api/types';

/**
 * What a commit of a noderole, of a node or of many nodes would make the wish of the system, and what of it destroys. It is
 * read afresh whenever somebody is about to commit: what stood on the page may be old.
 */

export type ProposedNodeRole = Pick<NodeRole, 'id' | 'name' | 'node' | 'node_id'>;

export interface Proposed {
  readonly nodeRoles: readonly ProposedNodeRole[];
  /** Those of them that destroy something when they run; what was done before is never done again by itself. */
  readonly destroys: readonly ProposedNodeRole[];
}

const FIELDS = 'id,name,node,node_id';
/** The most that the API gives in one answer. */
const PAGE = '1000';
/** Ids that are asked for at once, so that a filter stays shorter than the API takes. */
export const IDS_AT_ONCE = 80;

/** Conditions that name all of the ids, as few as can be. */
export const anyOfIds = (field: string, ids: readonly string[]): string[] =>
  Array.from({ length: Math.ceil(ids.length / IDS_AT_ONCE) }, (_, at) => {
    const some = ids.slice(at * IDS_AT_ONCE, (at + 1) * IDS_AT_ONCE);
    return `${field} in (${some.join(', ')})`;
  });

/** What of the noderoles that meet one of the conditions is proposed. */
export const useProposed = (conditions: readonly string[], { enabled = true } = {}): UseQueryResult<Proposed> =>
  useQuery({
    queryKey: ['node_roles', 'proposed', ...conditions],
    queryFn: async ({ signal }) => ({
      nodeRoles: await readAll(conditions, 'state eq proposed', signal),
      destroys: await readAll(conditions, 'state eq proposed and flags has destructive and run_count eq 0', signal),
    }),
    staleTime: 0,
    gcTime: 0,
    enabled,
  });

/** Whether something is destroyed that nobody was shown. */
export const hasUnseen = (
  shown: readonly { readonly id: string }[],
  now: readonly { readonly id: string }[],
): boolean => now.some(({ id }) => !shown.some((each) => each.id === id));

const readAll = async (
  conditions: readonly string[],
  and: string,
  signal: AbortSignal,
): Promise<ProposedNodeRole[]> => {
  const found: ProposedNodeRole[] = [];
  for (const condition of conditions) {
    let cursor = '';
    do {
      const query = { filter: `${condition} and ${and}`, fields: FIELDS, sort: 'cohort', limit: PAGE, cursor };
      const page: { items: unknown[]; next_cursor: string | null } = await perform(
        call('get', '/api/v2/node_roles', { query }),
        signal,
      );
      found.push(...(page.items as ProposedNodeRole[]));
      cursor = page.next_cursor ?? '';
    } while (cursor !== '');
  }
  return found;
};
