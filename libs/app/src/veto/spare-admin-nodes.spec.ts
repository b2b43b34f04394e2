import { describe, expect, it } from 'vitest';
import {
  BindView,
  idOf,
  isRefusal,
  planBinding,
  RoleCatalog,
  type BindRole,
  type DeploymentId,
  type NodeId,
  type NodeRoleId,
  type RoleFlag,
  type RoleId,
} from '#core';
import { askVetoes } from './ask-vetoes.js';
import { VETOES } from './vetoes.js';

const SYSTEM = idOf<DeploymentId>('system');

const role = (name: string, more: Partial<BindRole> = {}): BindRole => ({
  id: idOf<RoleId>(name),
  name,
  jig: 'noop',
  jigActive: true,
  flags: new Set<RoleFlag>(),
  requires: [],
  precedes: [],
  provides: [],
  conflicts: [],
  wants: [],
  ...more,
});

const catalog = new RoleCatalog([
  role('chrony'),
  role('disks', { flags: new Set(['destructive']) }),
  role('cloud', { requires: [{ name: 'disks', roleId: idOf('disks') }] }),
]);

const ask = (roleName: string, node: 'admin' | 'n1') => {
  const nodes = (['admin', 'n1'] as const).map((name) => ({
    id: idOf<NodeId>(name),
    name,
    system: false,
    admin: name === 'admin',
    deploymentId: SYSTEM,
  }));
  const deployments = [{ id: SYSTEM, name: 'system', parentId: null }];
  const view = new BindView({ nodeRoles: [], edges: [], nodes, deployments });
  const request = { roleId: idOf<RoleId>(roleName), nodeId: idOf<NodeId>(node), deploymentId: SYSTEM };
  let made = 0;
  const plan = planBinding(catalog, view, request, () => idOf<NodeRoleId>(`nr${(made += 1)}`));
  if (isRefusal(plan)) throw new Error(plan.detail);
  return askVetoes(VETOES, { kind: 'bind', catalog, view, plan });
};

describe('an admin node', () => {
  it('is not given a role that destroys', () => {
    expect(ask('disks', 'admin')).toMatchObject({
      code: 'vetoed',
      detail: expect.stringContaining('disks destroys what is on a disk, and admin is an admin node'),
      fields: { by: 'spare-admin-nodes', reason: 'conflict', role: 'disks', node: 'admin' },
    });
  });

  it('is not given one along with a role that needs it', () => {
    expect(ask('cloud', 'admin')).toMatchObject({ code: 'vetoed', fields: { role: 'disks' } });
  });

  it('takes any other role', () => {
    expect(ask('chrony', 'admin')).toBeNull();
  });
});

describe('any other node', () => {
  it('is given roles that destroy', () => {
    expect(ask('cloud', 'n1')).toBeNull();
  });
});
