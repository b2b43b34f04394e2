import { commitNodeRole, type Refusal } from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { freezeSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { changeState, type NodeRoleCommandInput } from './change-state.js';

/** Wishes for one noderole, with the data that is proposed for it. */
export class CommitNodeRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: NodeRoleCommandInput): Promise<NodeRoleDetail | Refusal> {
    return changeState(
      this.parts,
      actor,
      input,
      (draft, { id, deploymentId }) =>
        askVetoes(this.parts.vetoes, { kind: 'commit', graph: draft, nodeRoleIds: [id], deploymentId }) ??
        commitNodeRole(draft, id),
      async (tx, { id }, graph) => {
        await tx.commits.commitData([id]);
        return (await freezeSystems(tx, graph, [id])) ?? makeMissing(tx, this.parts.sealed, { nodeRoleIds: [id] });
      },
    );
  }
}
