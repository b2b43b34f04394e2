import type { RoleId } from '../base/ids.js';
import type { BindRole } from '../graph/role-catalog.js';

/**
 * The roles that a node gets by itself when it is made, by name. The first admin node gets the `bootstrap` roles; every
 * node that is neither an admin node nor a phantom gets the `discovery` roles. Each is bound with `planBinding`, which
 * brings what they need. Abstract roles cannot be bound and are left out.
 */
export const rolesForNewNode = (
  roles: Iterable<BindRole>,
  node: { readonly admin: boolean; readonly system: boolean; readonly firstAdmin?: boolean },
): RoleId[] => {
  if (node.system) return [];
  const flag = node.admin ? 'bootstrap' : 'discovery';
  if (node.admin && node.firstAdmin === false) return [];
  return [...roles]
    .filter(({ flags }) => flags.has(flag) && !flags.has('abstract'))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ id }) => id);
};
