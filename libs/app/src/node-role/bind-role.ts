import { isRefusal, type Refusal } from '#core';
import { bindWithin, type BindResult, type BoundNodeRole } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed, roleNamed } from '../named.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';

export interface BindRoleInput {
  readonly role: string;
  readonly node: string;
  /** The node's own deployment when absent. */
  readonly deployment?: string;
}

export interface BindRoleResult {
  readonly nodeRole: NodeRoleDetail;
  /** It was bound before: nothing was written. */
  readonly existing: boolean;
  /** Everything that was made, with what the role needs. */
  readonly created: readonly BoundNodeRole[];
}

/** Binds a role to a node, with all that it needs, proposed. */
export class BindRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes'>) {}

  execute(actor: Actor, input: BindRoleInput): Promise<BindRoleResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const role = await roleNamed(tx, input.role);
      if (isRefusal(role)) return role;
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const deployment = await deploymentNamed(tx, input.deployment ?? node.deploymentId);
      if (isRefusal(deployment)) return deployment;
      const result = await bindWithin(tx, this.parts, [
        { roleId: role.id, nodeId: node.id, deploymentId: deployment.id },
      ]);
      if (isRefusal(result)) return result;
      const [bound] = result.bound as [BindResult['bound'][number]];
      return {
        nodeRole: (await tx.nodeRoles.find(bound.id)) as NodeRoleDetail,
        existing: bound.existing,
        created: result.created,
      };
    });
  }
}
