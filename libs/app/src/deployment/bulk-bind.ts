import { isRefusal, type BindRequest, type NodeRoleId, type Refusal, type RoleId } from '#core';
import { bindWithin, type BoundNodeRole } from '../bind/bind-within.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, missing, roleNamed } from '../named.js';
import type { Actor } from '../ports/unit-of-work.js';

export interface BulkBindInput {
  readonly deployment: string;
  readonly pairs: readonly { readonly role: string; readonly node: string }[];
}

export interface BulkBindResult {
  /** One for each pair, in their order. */
  readonly bound: readonly { readonly id: NodeRoleId; readonly existing: boolean }[];
  readonly created: readonly BoundNodeRole[];
}

/** Binds many roles to many nodes of a deployment at once, all or none. */
export class BulkBind {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes'>) {}

  execute(actor: Actor, input: BulkBindInput): Promise<BulkBindResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const roles = new Map<string, RoleId>();
      for (const key of new Set(input.pairs.map(({ role }) => role))) {
        const role = await roleNamed(tx, key);
        if (isRefusal(role)) return role;
        roles.set(key, role.id);
      }
      const nodes = await tx.nodes.idsOf(input.pairs.map(({ node }) => node));
      const requests: BindRequest[] = [];
      for (const pair of input.pairs) {
        const nodeId = nodes.get(pair.node);
        if (!nodeId) return missing('node', pair.node, 'use the name or id of one that `anneal nodes list` shows');
        requests.push({ roleId: roles.get(pair.role) as RoleId, nodeId, deploymentId: deployment.id });
      }
      return bindWithin(tx, this.parts, requests);
    });
  }
}
