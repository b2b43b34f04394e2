import { GraphDraft, isRefusal, refuse, unbindNodeRoles, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { Actor } from '../ports/unit-of-work.js';
import { saveWithout } from '../save-without.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';

export interface DeleteDeploymentResult {
  readonly deleted: string;
  readonly unbound: readonly string[];
  /** Nodes that went back to the parent deployment. */
  readonly returned: readonly string[];
}

/** Deletes a deployment with its noderoles; its nodes and networks go back to its parent. */
export class DeleteDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes'>) {}

  execute(
    actor: Actor,
    input: { readonly deployment: string; readonly version?: number },
  ): Promise<DeleteDeploymentResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const deployment = await deploymentNamed(tx, input.deployment, { lock: true });
      if (isRefusal(deployment)) return deployment;
      const stale = refuseStale(`deployment ${deployment.name}`, deployment, input.version);
      if (stale) return stale;
      if (deployment.system || !deployment.parentId)
        return refuse(
          'system-deployment',
          `${deployment.name} is the system deployment: everything stands on it, and it stays.`,
        );
      const children = await tx.deployments.children(deployment.id);
      if (children.length > 0)
        return refuse(
          'has-children',
          `cannot delete deployment ${deployment.name}: ${children.join(', ')} ${children.length === 1 ? 'stands' : 'stand'} below it. Delete these first.`,
          { deployments: children },
        );
      const phantom = await tx.nodes.phantomOf(deployment.id);
      const graph = await tx.graph.slice({ deploymentIds: [deployment.id], nodeIds: phantom ? [phantom] : [] });

      const draft = new GraphDraft(graph);
      const mine = [...graph.nodeRoles.values()]
        .filter((nodeRole) => nodeRole.deploymentId === deployment.id || nodeRole.nodeId === phantom)
        .map(({ id }) => id);
      const gone = unbindNodeRoles(draft, mine, `delete deployment ${deployment.name}`);
      if (isRefusal(gone)) return gone;
      const veto = askVetoes(this.parts.vetoes, { kind: 'delete-deployment', graph, deploymentId: deployment.id });
      if (veto) return veto;

      const unbound = await saveWithout(tx, graph, draft, gone);
      const returned = await tx.nodes.moveAll(deployment.id, deployment.parentId);
      for (const { id } of returned) tx.tell({ kind: 'node.moved', nodeId: id, deploymentId: deployment.parentId });
      await tx.networks.moveAll(deployment.id, deployment.parentId);
      if (phantom) await tx.nodes.delete(phantom);
      await tx.deployments.delete(deployment.id);
      tx.tell({ kind: 'deployment.deleted', deploymentId: deployment.id, data: { name: deployment.name } });
      return { deleted: deployment.name, unbound, returned: returned.map(({ name }) => name).sort() };
    });
  }
}
