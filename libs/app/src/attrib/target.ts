import { isRefusal, type AttribSources, type JsonObject, type Refusal } from '#core';
import { unfrozen } from '../install/freeze-systems.js';
import { deploymentRoleNamed, nodeNamed, nodeRoleNamed, roleNamed } from '../named.js';
import type { DeclaredAttrib, WantedValue } from '../ports/attrib-store.js';
import type { DeploymentRoleView } from '../ports/deployment-role-store.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { NodeView } from '../ports/node-store.js';
import type { RoleView } from '../ports/role-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Whose attributes are meant, by key. */
export type AttribTarget =
  | { readonly node: string }
  | { readonly nodeRole: string }
  | { readonly deploymentRole: string }
  | { readonly role: string };

export type FoundTarget =
  | { readonly kind: 'node'; readonly node: NodeView }
  | { readonly kind: 'node_role'; readonly nodeRole: NodeRoleDetail }
  | { readonly kind: 'deployment_role'; readonly deploymentRole: DeploymentRoleView }
  | { readonly kind: 'role'; readonly role: RoleView };

export const findTarget = async (
  tx: Transaction,
  target: AttribTarget,
  options: { readonly lock?: boolean } = {},
): Promise<FoundTarget | Refusal> => {
  if ('node' in target) {
    const node = await nodeNamed(tx, target.node, options);
    return isRefusal(node) ? node : { kind: 'node', node };
  }
  if ('nodeRole' in target) {
    const nodeRole = await nodeRoleNamed(tx, target.nodeRole, options);
    return isRefusal(nodeRole) ? nodeRole : { kind: 'node_role', nodeRole };
  }
  if ('deploymentRole' in target) {
    const deploymentRole = await deploymentRoleNamed(tx, target.deploymentRole, options);
    return isRefusal(deploymentRole) ? deploymentRole : { kind: 'deployment_role', deploymentRole };
  }
  const role = await roleNamed(tx, target.role, options);
  return isRefusal(role) ? role : { kind: 'role', role };
};

/** What people call the target, for messages. */
export const nameOfTarget = (target: FoundTarget): string => {
  switch (target.kind) {
    case 'node':
      return `node ${target.node.name}`;
    case 'node_role':
      return `noderole ${target.nodeRole.name}`;
    case 'deployment_role':
      return `deployment role ${target.deploymentRole.name}`;
    case 'role':
      return `role ${target.role.name}`;
    default:
      return target satisfies never;
  }
};

export const versionOfTarget = (target: FoundTarget): { readonly version: number } => {
  switch (target.kind) {
    case 'node':
      return target.node;
    case 'node_role':
      return target.nodeRole;
    case 'deployment_role':
      return target.deploymentRole;
    case 'role':
      return target.role;
    default:
      return target satisfies never;
  }
};

/** The declarations and the layers that a target's values come from. */
export interface TargetLayers {
  readonly declared: readonly DeclaredAttrib[];
  readonly committed: AttribSources;
  /** As they will be once what is proposed is committed; the same where nothing is. */
  readonly proposed: AttribSources;
  readonly wanted: readonly WantedValue[];
}

export const layersOf = async (tx: Transaction, target: FoundTarget): Promise<TargetLayers> => {
  switch (target.kind) {
    case 'node': {
      const committed = await tx.attribs.sourcesOfNode(target.node.id);
      return { declared: await tx.attribs.declared(null), committed, proposed: committed, wanted: [] };
    }
    case 'node_role': {
      const { id, roleId, name, role, deployment } = target.nodeRole;
      const committed = await tx.attribs.sourcesOf(id);
      const { proposedData } = await tx.nodeRoles.data(id);
      const deploymentRole = await tx.deploymentRoles.find(`${role}@${deployment}`);
      const below = deploymentRole ? (await tx.deploymentRoles.data(deploymentRole.id)).proposedData : null;
      const proposed = withLayer(
        withLayer(committed, 'deployment_role.user', below, `deployment role ${role} in ${deployment}`),
        'node_role.user',
        proposedData,
        `noderole ${name}`,
      );
      const declared = await tx.attribs.declared(roleId);
      return { declared, committed, proposed: unfrozen(proposed, declared), wanted: await tx.attribs.wanted(id) };
    }
    case 'deployment_role': {
      const { id, roleId, name } = target.deploymentRole;
      const committed = await tx.attribs.sourcesOfDeploymentRole(id);
      const { proposedData } = await tx.deploymentRoles.data(id);
      const proposed = withLayer(committed, 'deployment_role.user', proposedData, `deployment role ${name}`);
      return { declared: await tx.attribs.declared(roleId), committed, proposed, wanted: [] };
    }
    case 'role': {
      const { id, name } = target.role;
      const committed: AttribSources = {
        'role.template': { data: await tx.attribs.template(id), object: `role ${name}` },
      };
      return { declared: await tx.attribs.declared(id), committed, proposed: committed, wanted: [] };
    }
    default:
      return target satisfies never;
  }
};

const withLayer = (
  sources: AttribSources,
  layer: keyof AttribSources,
  data: JsonObject | null,
  object: string,
): AttribSources => (data === null ? sources : { ...sources, [layer]: { object, ...sources[layer], data } });
