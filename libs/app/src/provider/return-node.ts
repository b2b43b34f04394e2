import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { DeleteNode } from '../node/delete-node.js';
import type { ProvidedNodeView } from '../ports/provider-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { RETURN_DEADLINE_MS } from './limits.js';
import { providedNamed, providerNamed } from './named.js';

/** States in which there is nothing to do any more, or it is being done. */
const ON_ITS_WAY: readonly ProvidedNodeView['state'][] = ['returning', 'returned', 'failed'];

/**
 * Gives a node back: it is taken out of management, and the leader frees its server, its floating address and its key. What
 * committed work elsewhere stands on is refused, as for any node. Again for what was left in a cloud: it is tried once more.
 */
export class ReturnNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes'>) {}

  execute(
    actor: Actor,
    input: { readonly provider: string; readonly node: string },
  ): Promise<ProvidedNodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const provider = await providerNamed(tx, input.provider);
      if (isRefusal(provider)) return provider;
      const provided = await providedNamed(tx, input, { lock: true });
      if (isRefusal(provided)) return provided;
      if (ON_ITS_WAY.includes(provided.state)) return provided;
      if (provided.nodeId !== null) {
        const gone = await new DeleteNode(this.parts).within(tx, { node: provided.nodeId });
        if (isRefusal(gone)) return gone;
      }
      const written = await tx.provided.put(provided.id, provided.version, {
        state: 'returning',
        step: null,
        withinMs: RETURN_DEADLINE_MS,
        says: 'it is being given back',
        nodeId: null,
      });
      if (!written) return refuse('unavailable', `${provided.name} has just changed: ask again.`);
      tx.tell({ kind: 'provider.node_returning', data: { name: provided.name, provider: provider.name } });
      return (await tx.provided.find(provider.id, provided.id)) as ProvidedNodeView;
    });
  }
}
