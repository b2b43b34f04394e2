import { GraphDraft, isRefusal, proposeNodeRole, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

/** Takes all noderoles of a node back to editing. Nothing on the machine changes. */
export class ProposeNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: { readonly node: string; readonly version?: number }): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const stale = refuseStale(`node ${node.name}`, node, input.version);
      if (stale) return stale;
      const graph = await tx.graph.slice({ nodeIds: [node.id] });

      const draft = new GraphDraft(graph);
      const mine = [...graph.nodeRoles.values()]
        .filter(({ nodeId }) => nodeId === node.id)
        .sort((a, b) => b.cohort - a.cohort);
      for (const { id } of mine) {
        const refusal = proposeNodeRole(draft, id);
        if (refusal) return refusal;
      }
      draft.tell({ kind: 'node.proposed', nodeId: node.id });

      await tx.graph.save(graph, draft.decision());
      return (await tx.nodes.find(node.id)) as NodeView;
    });
  }
}
