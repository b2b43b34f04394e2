import { standsFor, type BindRole } from './role-catalog.js';

/** Why two roles may not be on one node. */
export interface Clash {
  readonly code: 'conflict' | 'provides-overlap';
  /** The first half of a sentence. */
  readonly says: string;
}

/**
 * What keeps `role` from a node that `other` is on; null when they get along. Roles exclude each other when either says
 * so, of the other or of what it provides. A role and one that provides it, or two that provide the same, would both claim
 * to be that one thing.
 */
export const clashOf = (role: BindRole, other: BindRole): Clash | null => {
  const excluded = role.conflicts.some((name) => standsFor(other, name));
  const excludes = other.conflicts.some((name) => standsFor(role, name));
  if (excluded || excludes) return { code: 'conflict', says: `${role.name} and ${other.name} exclude each other` };
  const overlap = overlapOf(role, other);
  return overlap === null ? null : { code: 'provides-overlap', says: overlap };
};

const overlapOf = (role: BindRole, other: BindRole): string | null => {
  if (role.provides.includes(other.name)) return `${role.name} provides ${other.name}`;
  if (other.provides.includes(role.name)) return `${other.name} provides ${role.name} already`;
  const both = role.provides.find((name) => other.provides.includes(name));
  return both === undefined ? null : `${role.name} and ${other.name} both provide ${both}`;
};
