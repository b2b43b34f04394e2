import { retryNodeRole, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { changeState, type NodeRoleCommandInput } from './change-state.js';

export interface RetryNodeRoleInput extends NodeRoleCommandInput {
  /** The node's name: does something destructive again. */
  readonly confirm?: string;
}

/** Runs a noderole again that is active or in error. */
export class RetryNodeRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: RetryNodeRoleInput): Promise<NodeRoleDetail | Refusal> {
    return changeState(this.parts, actor, input, (draft, { id, node }) =>
      retryNodeRole(draft, id, { destroyAgain: input.confirm?.toLowerCase() === node }),
    );
  }
}
