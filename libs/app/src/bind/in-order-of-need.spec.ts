import { describe, expect, it } from 'vitest';
import { idOf, RoleCatalog, type BindRequest, type BindRole, type RoleId } from '#core';
import { inOrderOfNeed } from './in-order-of-need.js';

const role = (name: string, requires: readonly string[] = [], provides: readonly string[] = []): BindRole => ({
  id: idOf<RoleId>(name),
  name,
  jig: 'noop',
  jigActive: true,
  flags: new Set(),
  requires: requires.map((needed) => ({ name: needed, roleId: idOf<RoleId>(needed) })),
  precedes: [],
  provides,
  conflicts: [],
  wants: [],
});

const order = (roles: readonly BindRole[], wished: readonly string[]): string[] => {
  const requests = wished.map((pair): BindRequest => {
    const [roleName, node] = pair.split('@') as [string, string];
    return { roleId: idOf(roleName), nodeId: idOf(node), deploymentId: idOf('cloud') };
  });
  return inOrderOfNeed(new RoleCatalog(roles), requests).map((at) => wished[at]!);
};

describe('a wish of several bindings', () => {
  it('is bound from what is needed to what needs it, wherever the file puts them', () => {
    const roles = [role('api'), role('compute', ['api']), role('hosts', ['api', 'compute'])];
    expect(order(roles, ['hosts@one', 'api@one', 'compute@two', 'compute@three'])).toEqual([
      'api@one',
      'compute@two',
      'compute@three',
      'hosts@one',
    ]);
  });

  it('keeps its own order among roles that do not need each other', () => {
    const roles = [role('b'), role('a'), role('c')];
    expect(order(roles, ['c@1', 'a@1', 'b@2', 'a@2'])).toEqual(['c@1', 'a@1', 'b@2', 'a@2']);
  });

  it('counts what provides a role as that role', () => {
    const roles = [role('installed', ['install']), role('install'), role('present', [], ['install'])];
    expect(order(roles, ['installed@1', 'present@1'])).toEqual(['present@1', 'installed@1']);
  });

  it('ends where roles provide each other', () => {
    const roles = [role('a', ['b'], ['c']), role('b', ['c']), role('c')];
    expect(order(roles, ['a@1', 'b@1']).sort()).toEqual(['a@1', 'b@1']);
  });
});
