import type { BindRole, RoleCatalog, RoleId } from '#core';

/** Which roles' instances a binding may look at beyond the node itself. */
export interface Reach {
  /** Roles of which one instance may be taken from another node. */
  readonly parents: readonly RoleId[];
  /** Roles of which all instances count: of clusters, where they are peers, and of what finishes a deployment with what it waits for. */
  readonly clusters: readonly RoleId[];
  /** Whether something on the node may get a new parent by a soft edge. */
  readonly precedes: boolean;
}

/**
 * Follows what roles need, and whoever provides that, down to the roots. An implicit role is only ever taken from the node
 * itself, so that the instances of the roles that every node has are not looked at: binding to one node costs one node.
 */
export const reachOf = (catalog: RoleCatalog, asked: ReadonlySet<RoleId>): Reach => {
  const needed = new Set<RoleId>();
  const reached = new Set<RoleId>(asked);
  for (const id of reached) {
    if (!catalog.find(id)) continue;
    for (const parent of catalog.parentsOf(id)) {
      needed.add(parent.id);
      reached.add(parent.id);
      for (const provider of catalog.providersOf(parent.name)) {
        if (!parent.flags.has('implicit')) needed.add(provider.id);
        reached.add(provider.id);
      }
    }
  }
  const roles = [...reached].flatMap((id) => catalog.find(id) ?? []);
  const isCluster = (role: BindRole): boolean => role.flags.has('cluster') && !role.flags.has('implicit');
  const implicit = (id: RoleId): boolean => catalog.role(id).flags.has('implicit');
  const ordered = roles.flatMap((role) => [...catalog.finishingAfter(role), ...catalog.finishedBy(role)]);
  const clusters = [...new Set([...roles.filter(isCluster), ...ordered].map(({ id }) => id))];
  return {
    parents: [...needed].filter((id) => !implicit(id) && !clusters.includes(id)),
    clusters,
    precedes: roles.some(({ precedes }) => precedes.length > 0),
  };
};
