import { isRefusal, refuseDocument, type JsonObject, type Refusal } from '#core';
import { markReaders } from '../attrib/mark-readers.js';
import { sealWithin } from '../attrib/seal-within.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor } from '../ports/unit-of-work.js';

/**
 * Takes what a node says about itself. Facts are observed, never edited, so the caller must have made sure that it is this
 * node that speaks. The report replaces the one before.
 */
export class ReportInventory {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'sealed'>) {}

  execute(actor: Actor, input: { readonly node: string; readonly inventory: JsonObject }): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const tooLarge = refuseDocument('the inventory', input.inventory);
      if (tooLarge) return tooLarge;
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const { inventory: before } = await tx.nodes.documents(node.id);
      const after = await sealWithin(tx, this.parts.sealed, null, input.inventory, [before]);
      if (isRefusal(after)) return after;
      await tx.nodes.update(node.id, { inventory: after });
      await markReaders(tx, {
        nodes: [{ layer: 'node.inventory', nodeId: node.id, before, after }],
      });
      tx.tell({
        kind: 'node.changed',
        nodeId: node.id,
        deploymentId: node.deploymentId,
        data: { fields: ['inventory'] },
      });
      return (await tx.nodes.find(node.id)) as NodeView;
    });
  }
}
