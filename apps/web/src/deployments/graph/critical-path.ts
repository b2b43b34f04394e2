import type { Graph } from '../../api/types';

/**
 * The longest chain of what is not done yet: what decides when a deployment is ready. Each piece weighs what its role
 * usually takes where that is known, else the same as any other.
 */

/** What a run weighs of which nobody knows how long it takes, in milliseconds. */
export const UNKNOWN_MS = 1_000;

export interface CriticalPath {
  /** Ids of noderoles, in the order in which they run. */
  readonly ids: readonly string[];
  /** The sum of what they usually take; null where it is known of none. */
  readonly ms: number | null;
}

export const criticalPath = (graph: Graph, msOf: (role: string) => number | null): CriticalPath => {
  const open = new Map(graph.node_roles.filter(({ state }) => state !== 'active').map((each) => [each.id, each]));
  const parents = new Map<string, string[]>();
  for (const { parent_id: parent, child_id: child } of graph.edges)
    if (open.has(parent) && open.has(child)) parents.set(child, [...(parents.get(child) ?? []), parent]);
  const best = new Map<string, { readonly weight: number; readonly before: string | null }>();
  // A parent's cohort is lower than its child's, so everything that is needed is known by then.
  for (const { id, role } of [...open.values()].sort((a, b) => a.cohort - b.cohort)) {
    const before = (parents.get(id) ?? [])
      .map((parent) => ({ parent, weight: best.get(parent)?.weight ?? 0 }))
      .reduce<{ parent: string | null; weight: number }>((most, each) => (each.weight > most.weight ? each : most), {
        parent: null,
        weight: 0,
      });
    best.set(id, { weight: before.weight + (msOf(role) ?? UNKNOWN_MS), before: before.parent });
  }
  let at: string | null = null;
  for (const [id, { weight }] of best) if (at === null || weight > (best.get(at)?.weight ?? 0)) at = id;
  const ids: string[] = [];
  for (; at !== null; at = best.get(at)?.before ?? null) ids.unshift(at);
  const known = ids.map((id) => msOf(open.get(id)?.role ?? ''));
  return {
    ids,
    ms: known.every((ms) => ms === null) ? null : known.reduce<number>((sum, ms) => sum + (ms ?? UNKNOWN_MS), 0),
  };
};

/** How long runs of each role took, as the middle of those that succeeded. */
export const usualMs = (
  runs: readonly {
    readonly node_role: string;
    readonly started_at: string | null;
    readonly finished_at: string | null;
  }[],
): ReadonlyMap<string, number> => {
  const byRole = new Map<string, number[]>();
  for (const { node_role: nodeRole, started_at: began, finished_at: ended } of runs) {
    if (began === null || ended === null) continue;
    const role = nodeRole.split('@')[0] ?? nodeRole;
    byRole.set(role, [...(byRole.get(role) ?? []), Date.parse(ended) - Date.parse(began)]);
  }
  return new Map([...byRole].map(([role, all]) => [role, all.sort((a, b) => a - b)[all.length >> 1] as number]));
};
