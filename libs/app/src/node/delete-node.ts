import { GraphDraft, isRefusal, refuse, unbindNodeRoles, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import { releaseWithin } from '../network/release-within.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { saveWithout } from '../save-without.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';

export interface DeleteNodeResult {
  readonly deleted: string;
  /** `role@node` of everything that went with it. */
  readonly unbound: readonly string[];
}

/** Takes a node out of management, with its noderoles. What committed work elsewhere stands on is refused. */
export class DeleteNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes'>) {}

  execute(
    actor: Actor,
    input: { readonly node: string; readonly version?: number },
  ): Promise<DeleteNodeResult | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => this.within(tx, input));
  }

  /** For use cases that take away what the node was made for. */
  async within(
    tx: Transaction,
    input: { readonly node: string; readonly version?: number },
  ): Promise<DeleteNodeResult | Refusal> {
    await tx.bindings.changeShape();
    const node = await nodeNamed(tx, input.node);
    if (isRefusal(node)) return node;
    const stale = refuseStale(`node ${node.name}`, node, input.version);
    if (stale) return stale;
    if (node.system)
      return refuse(
        'invalid',
        `${node.name} stands in for deployment ${node.deployment}: delete that deployment instead.`,
      );
    if (node.admin && (await tx.nodes.admins()).length === 1)
      return refuse('wrong-state', `${node.name} is the last admin node: make another one first.`);
    const graph = await tx.graph.slice({ nodeIds: [node.id] });

    const draft = new GraphDraft(graph);
    const mine = [...graph.nodeRoles.values()].filter(({ nodeId }) => nodeId === node.id).map(({ id }) => id);
    const gone = unbindNodeRoles(draft, mine, `delete node ${node.name}`);
    if (isRefusal(gone)) return gone;
    const veto = askVetoes(this.parts.vetoes, { kind: 'delete-node', graph, nodeId: node.id });
    if (veto) return veto;
    draft.tell({ kind: 'node.deleted', nodeId: node.id, deploymentId: node.deploymentId, data: { name: node.name } });

    const unbound = await saveWithout(tx, graph, draft, gone);
    await releaseWithin(tx, await tx.networks.allocationsOf({ nodeIds: [node.id] }));
    await tx.nodes.delete(node.id);
    return { deleted: node.name, unbound };
  }
}
