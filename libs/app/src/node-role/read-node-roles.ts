import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed, nodeRoleNamed, roleNamed } from '../named.js';
import type { NodeRoleDetail, NodeRoleView, Relative } from '../ports/node-role-store.js';
import type { ListQuery, Page } from '../ports/page.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ShowNodeRole {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly nodeRole: string }): Promise<NodeRoleDetail | Refusal> {
    return this.parts.unitOfWork.read((tx) => nodeRoleNamed(tx, input.nodeRole));
  }
}

/** Noderoles, of everything or of a node, a deployment, a role. */
export class ListNodeRoles {
  constructor(private readonly parts: Parts) {}

  execute(
    query: ListQuery,
    of: { readonly node?: string; readonly deployment?: string; readonly role?: string } = {},
  ): Promise<Page<NodeRoleView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = of.node === undefined ? null : await nodeNamed(tx, of.node);
      if (isRefusal(node)) return node;
      const deployment = of.deployment === undefined ? null : await deploymentNamed(tx, of.deployment);
      if (isRefusal(deployment)) return deployment;
      const role = of.role === undefined ? null : await roleNamed(tx, of.role);
      if (isRefusal(role)) return role;
      return tx.nodeRoles.list(query, {
        ...(node ? { nodeId: node.id } : {}),
        ...(deployment ? { deploymentId: deployment.id } : {}),
        ...(role ? { roleId: role.id } : {}),
      });
    });
  }
}

/** The parents of a noderole, with why each was chosen and what would have done as well. */
export class ReadParents {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly nodeRole: string }): Promise<Relative[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      return isRefusal(nodeRole) ? nodeRole : tx.nodeRoles.parents(nodeRole.id);
    });
  }
}

export class ReadChildren {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly nodeRole: string }): Promise<Relative[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      return isRefusal(nodeRole) ? nodeRole : tx.nodeRoles.children(nodeRole.id);
    });
  }
}
