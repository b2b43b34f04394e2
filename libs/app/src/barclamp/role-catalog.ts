import { RoleCatalog, type BindRole, type RequiredRole, type RoleId, type RoleOrder, type WantedAttrib } from '#core';
import type { CatalogFacts, RoleFacts } from '../ports/catalog-store.js';

/**
 * Puts together what roles say of themselves and of each other. A role needs what it requires, whoever attaches to it,
 * and its jig's client role. A retired role serves the noderoles it has and is no longer found by name, so that whatever
 * requires it cannot be bound.
 */
export const roleCatalog = (facts: CatalogFacts): RoleCatalog => new RoleCatalog(bindRoles(facts));

export const bindRoles = (facts: CatalogFacts): BindRole[] => {
  const living = facts.roles.filter((role) => !role.retired);
  const idOfRole = new Map(living.map((role) => [role.name, role.id]));
  const jigs = new Map(facts.jigs.map((jig) => [jig.name, jig]));
  const owners = attribOwners(facts);
  const attachedTo = attachments(living);
  return facts.roles.map((role) => {
    const client = jigs.get(role.jig)?.clientRole;
    const names = new Set([
      ...role.requires,
      ...(attachedTo.get(role.name) ?? []),
      ...(client && client !== role.name ? [client] : []),
    ]);
    return {
      id: role.id,
      name: role.name,
      jig: role.jig,
      jigActive: jigs.get(role.jig)?.active ?? false,
      flags: new Set(role.flags),
      requires: [...names].sort().map((name): RequiredRole => ({ name, roleId: idOfRole.get(name) ?? null })),
      precedes: role.precedes,
      provides: role.provides,
      conflicts: role.conflicts,
      wants: role.wants.map(({ attrib }): WantedAttrib => ({
        attrib,
        owner: owners.get(attrib) ?? { kind: 'unknown' },
      })),
    };
  });
};

/** What decides the order among roles. Retired ones are left out: they can form no new edge. */
export const roleOrders = (facts: CatalogFacts): RoleOrder[] => {
  const nameOf = new Map(facts.roles.map((role) => [role.id, role.name]));
  const retired = new Set(facts.roles.filter((role) => role.retired).map((role) => role.id));
  return bindRoles(facts)
    .filter((role) => !retired.has(role.id))
    .map((role) => ({
      name: role.name,
      requires: [...new Set([...role.requires.map(({ name }) => name), ...ownersOf(role, nameOf)])],
      precedes: role.precedes,
    }));
};

const ownersOf = (role: BindRole, nameOf: ReadonlyMap<RoleId, string>): string[] =>
  role.wants.flatMap(({ owner }) =>
    owner.kind === 'role' && owner.roleId !== role.id ? (nameOf.get(owner.roleId) ?? []) : [],
  );

const attribOwners = (facts: CatalogFacts): Map<string, WantedAttrib['owner']> =>
  new Map(
    facts.attribs.map(({ name, roleId }) => [name, roleId === null ? { kind: 'node' } : { kind: 'role', roleId }]),
  );

const attachments = (roles: readonly RoleFacts[]): Map<string, string[]> => {
  const attached = new Map<string, string[]>();
  for (const role of roles)
    for (const name of role.attaches) attached.set(name, [...(attached.get(name) ?? []), role.name]);
  return attached;
};
