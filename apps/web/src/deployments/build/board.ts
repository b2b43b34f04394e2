import type { Graph, Role } from '../../api/types';
import { becauseOf } from './foresee';

/** What the builder shows: roles as places, and on each the nodes that have it or would. */

export interface Place {
  readonly role: string;
  readonly description: string;
  readonly isMilestone: boolean;
  readonly destructive: boolean;
  /** Every noderole here came along because something else needs it. */
  readonly isGhost: boolean;
  /** For whose sake it came along. */
  readonly because: string;
  readonly bound: Graph['node_roles'];
}

/** Roles that one looks for first. */
export const MILESTONE = 'milestone';
const CANNOT_BE_BOUND = ['abstract'];

/** Roles that can be put into a deployment: milestones first, then by name. */
export const paletteOf = (roles: readonly Role[], search: string): readonly Role[] => {
  const wanted = search.trim().toLowerCase();
  return roles
    .filter(({ flags, retired }) => !retired && !flags.some((flag) => CANNOT_BE_BOUND.includes(flag)))
    .filter(({ name, description }) => wanted === '' || `${name} ${description}`.toLowerCase().includes(wanted))
    .sort(
      (a, b) =>
        Number(b.flags.includes(MILESTONE)) - Number(a.flags.includes(MILESTONE)) || a.name.localeCompare(b.name),
    );
};

/**
 * The places of a deployment, in the order in which they run. `asked` are the roles that somebody put nodes onto in this
 * sitting; what is proposed and was not asked for came along as a dependency.
 */
export const placesOf = (
  graph: Graph,
  roles: readonly Role[],
  chosen: readonly string[],
  asked: ReadonlySet<string>,
): readonly Place[] => {
  const known = new Map(roles.map((role) => [role.name, role]));
  const bound = new Map<string, Graph['node_roles']>(chosen.map((role) => [role, []]));
  for (const nodeRole of graph.node_roles) {
    if (nodeRole.outside) continue;
    bound.set(nodeRole.role, [...(bound.get(nodeRole.role) ?? []), nodeRole]);
  }
  const cohort = (role: string): number =>
    Math.max(known.get(role)?.cohort ?? 0, ...(bound.get(role) ?? []).map((each) => each.cohort));
  return [...bound]
    .map(([role, nodeRoles]) => {
      const flags = known.get(role)?.flags ?? [];
      return {
        role,
        description: known.get(role)?.description ?? '',
        isMilestone: flags.includes(MILESTONE),
        destructive: flags.includes('destructive'),
        isGhost:
          !chosen.includes(role) &&
          nodeRoles.length > 0 &&
          nodeRoles.every(({ name, state }) => state === 'proposed' && !asked.has(name)) &&
          !flags.includes(MILESTONE),
        because: becauseOf(role, new Set(bound.keys()), roles),
        bound: nodeRoles,
      };
    })
    .sort((a, b) => cohort(a.role) - cohort(b.role) || a.role.localeCompare(b.role));
};
