import type { BindRequest, RoleCatalog, RoleId } from '#core';

/**
 * The order in which one wish is bound: a role before those that need it. Whoever writes down a cluster does so node by
 * node, and a role on the first node may need one that the file puts on the last. Taken as written, it would find that role
 * nowhere yet and bring one of its own along.
 *
 * Roles on the same level keep the order they were given in. Gives positions in `requests`.
 */
export const inOrderOfNeed = (catalog: RoleCatalog, requests: readonly BindRequest[]): number[] => {
  const levels = new Map<RoleId, number>();
  const levelOf = (id: RoleId): number => {
    const known = levels.get(id);
    if (known !== undefined) return known;
    // A circle through what provides a role is refused where it would be bound; here it only has to end.
    levels.set(id, 0);
    if (!catalog.find(id)) return 0;
    const needed = catalog.parentsOf(id).flatMap((role) => [role, ...catalog.providersOf(role.name)]);
    const level = Math.max(0, ...needed.filter((role) => role.id !== id).map((role) => levelOf(role.id) + 1));
    levels.set(id, level);
    return level;
  };
  const keys = requests.map(({ roleId }) => levelOf(roleId));
  return requests.map((_, at) => at).sort((a, b) => keys[a]! - keys[b]! || a - b);
};
