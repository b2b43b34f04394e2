import { describe, expect, it } from 'vitest';
import { idOf, type NodeId, type NodeRoleId, type RoleId } from '../base/ids.js';
import { isRefusal } from '../base/refusal.js';
import { planBinding } from '../graph/bind.js';
import { BindView } from '../graph/bind-view.js';
import { RoleCatalog, type BindRole, type RoleFlag } from '../graph/role-catalog.js';
import { rolesForNewNode } from './new-node.js';

const role = (name: string, flags: readonly RoleFlag[], ...requires: string[]): BindRole => ({
  id: idOf(name),
  name,
  jig: 'noop',
  jigActive: true,
  flags: new Set(flags),
  requires: requires.map((required) => ({ name: required, roleId: idOf<RoleId>(required) })),
  precedes: [],
  provides: [],
  conflicts: [],
  wants: [],
});

/** The system roles with what they require, as Crowbar 2 had them. */
const roles = [
  role('network-server', []),
  role('chef-solo', ['implicit']),
  role('deployer-client', ['implicit'], 'chef-solo'),
  role('network-admin', ['implicit', 'bootstrap', 'discovery'], 'network-server', 'deployer-client'),
  role('dns-server', [], 'network-admin'),
  role('dns-client', ['implicit'], 'dns-server', 'network-admin'),
  role('dns-database', [], 'dns-server'),
  role('logging-server', [], 'dns-client', 'network-admin'),
  role('ntp-server', [], 'dns-client', 'network-admin'),
  role('logging-client', ['implicit'], 'logging-server', 'dns-client'),
  role('ntp-client', ['implicit'], 'ntp-server', 'dns-client'),
  role('provisioner-server', [], 'dns-client', 'logging-server', 'ntp-server'),
  role('provisioner-repos', ['implicit'], 'provisioner-server'),
  role('dhcp-server', [], 'provisioner-server'),
  role('dhcp-database', [], 'dhcp-server'),
  role('managed-node', ['discovery'], 'deployer-client', 'logging-client', 'ntp-client', 'provisioner-repos'),
  role(
    'admin-node',
    ['bootstrap'],
    'network-server',
    'deployer-client',
    'dns-database',
    'dhcp-database',
    'provisioner-repos',
  ),
  role('os-install', ['destructive', 'implicit'], 'managed-node'),
];

describe('a new node', () => {
  it('gets the bootstrap roles when it is the first admin node', () => {
    expect(rolesForNewNode(roles, { admin: true, system: false })).toEqual(['admin-node', 'network-admin']);
    expect(rolesForNewNode(roles, { admin: true, system: false, firstAdmin: false })).toEqual([]);
  });

  it('gets the discovery roles when it is neither an admin node nor a phantom', () => {
    expect(rolesForNewNode(roles, { admin: false, system: false })).toEqual(['managed-node', 'network-admin']);
    expect(rolesForNewNode(roles, { admin: false, system: true })).toEqual([]);
  });

  it('gets no role that only stands for others', () => {
    expect(rolesForNewNode([role('a', ['discovery', 'abstract'])], { admin: false, system: false })).toEqual([]);
  });

  it('has all that these need: fourteen noderoles on the admin node, eight on a discovered one', () => {
    const deploymentId = idOf<never>('system');
    const nodes = ['admin', 'n1', 'n2'].map((name) => ({
      id: idOf<NodeId>(name),
      name,
      system: false,
      admin: name === 'admin',
      deploymentId,
    }));
    const view = new BindView({
      nodeRoles: [],
      edges: [],
      nodes,
      deployments: [{ id: deploymentId, name: 'system', parentId: null }],
    });
    const catalog = new RoleCatalog(roles);
    let made = 0;
    const join = (node: string, admin: boolean): string[] => {
      for (const roleId of rolesForNewNode(roles, { admin, system: false })) {
        const plan = planBinding(catalog, view, { roleId, nodeId: idOf(node), deploymentId }, () =>
          idOf<NodeRoleId>(`nr${(made += 1)}`),
        );
        if (isRefusal(plan)) throw new Error(plan.detail);
        view.apply(plan);
      }
      return view
        .onNode(idOf(node))
        .map(({ roleId }) => roleId)
        .sort();
    };
    expect(join('admin', true)).toHaveLength(14);
    const eight = [
      'chef-solo',
      'deployer-client',
      'dns-client',
      'logging-client',
      'managed-node',
      'network-admin',
      'ntp-client',
      'provisioner-repos',
    ];
    expect(join('n1', false)).toEqual(eight);
    expect(join('n2', false)).toEqual(eight);
  });
});
