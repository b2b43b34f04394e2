import { proposeNodeRole, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { changeState, type NodeRoleCommandInput } from './change-state.js';

/** Takes a noderole back to editing; what depends on it becomes blocked. */
export class ProposeNodeRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: NodeRoleCommandInput): Promise<NodeRoleDetail | Refusal> {
    return changeState(this.parts, actor, input, (draft, { id }) => proposeNodeRole(draft, id));
  }
}
