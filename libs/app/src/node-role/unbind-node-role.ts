import { GraphDraft, isRefusal, unbindNodeRole, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeRoleNamed } from '../named.js';
import type { Actor } from '../ports/unit-of-work.js';
import { saveWithout } from '../save-without.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import type { NodeRoleCommandInput } from './change-state.js';

/** Takes a role off a node, with what depends on it where that may go. */
export class UnbindNodeRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes'>) {}

  execute(actor: Actor, input: NodeRoleCommandInput): Promise<{ readonly unbound: readonly string[] } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      if (isRefusal(nodeRole)) return nodeRole;
      const stale = refuseStale(`noderole ${nodeRole.name}`, nodeRole, input.version);
      if (stale) return stale;
      const graph = await tx.graph.slice({ nodeRoleIds: [nodeRole.id] });

      const draft = new GraphDraft(graph);
      const gone = unbindNodeRole(draft, nodeRole.id);
      if (isRefusal(gone)) return gone;
      const veto = askVetoes(this.parts.vetoes, { kind: 'unbind', graph, nodeRoleIds: gone });
      if (veto) return veto;

      return { unbound: await saveWithout(tx, graph, draft, gone) };
    });
  }
}
