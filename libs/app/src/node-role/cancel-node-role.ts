import { isRefusal, refuse, type Refusal, type RunId } from '#core';
import { FinishRun } from '../engine/finish-run.js';
import type { ModelParts } from '../model-parts.js';
import { nodeRoleNamed } from '../named.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { storeOutputs } from '../attrib/store-outputs.js';

export interface CancelNodeRoleResult {
  readonly nodeRole: NodeRoleDetail;
  /** `ended`: nothing had begun, and it is over. `requested`: whoever carries it out has been told and ends it soon. */
  readonly cancel: 'ended' | 'requested';
}

/** Cancels the run of a noderole. One that nobody has begun, or that only waits for its node, ends at once. */
export class CancelNodeRole {
  private readonly finishRun: FinishRun;

  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {
    this.finishRun = new FinishRun(parts.unitOfWork, parts.clock, storeOutputs);
  }

  /** With `run`, that run and no other. */
  execute(
    actor: Actor,
    input: { readonly nodeRole: string; readonly run?: RunId },
  ): Promise<CancelNodeRoleResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      if (isRefusal(nodeRole)) return nodeRole;
      const [run] = await tx.runs.lockOpenOf([nodeRole.id]);
      if (run && input.run !== undefined && run.id !== input.run)
        return refuse('wrong-state', `this run of ${nodeRole.name} is over; another one is going on.`, { run: run.id });
      if (!run)
        return refuse(
          'wrong-state',
          `${nodeRole.name} is ${nodeRole.state.toUpperCase()}: it has no run that could be cancelled.`,
          { state: nodeRole.state },
        );
      const atOnce = run.state === 'queued' || run.state === 'waiting';
      if (atOnce)
        await this.finishRun.within(
          tx,
          { runId: run.id, attempt: run.attempt },
          { outcome: { kind: 'cancelled', reason: `cancelled by ${actor}` } },
        );
      else {
        await tx.runBook.requestCancel(run.id, actor);
        tx.tell({
          kind: 'run.cancel_requested',
          nodeRoleId: nodeRole.id,
          nodeId: nodeRole.nodeId,
          deploymentId: nodeRole.deploymentId,
          runId: run.id,
        });
      }
      return {
        nodeRole: (await tx.nodeRoles.find(nodeRole.id)) as NodeRoleDetail,
        cancel: atOnce ? 'ended' : 'requested',
      };
    });
  }
}
