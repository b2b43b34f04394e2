import { refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { missing } from '../named.js';
import type { RolloutState, RolloutView } from '../ports/rollout-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { letGo, tell } from './advance-rollouts.js';

export interface SteerRolloutInput {
  readonly rollout: string;
  readonly version?: number;
  /** Kept with the rollout, for those who wonder. */
  readonly reason?: string;
}

const REASON_LENGTH_MAX = 500;

const steer = (
  { unitOfWork }: Pick<ModelParts, 'unitOfWork'>,
  actor: Actor,
  input: SteerRolloutInput,
  wish: {
    readonly verb: string;
    readonly from: readonly RolloutState[];
    readonly to: RolloutState;
    readonly kind: string;
  },
  also: (tx: Transaction, rollout: RolloutView) => Promise<void> = async () => undefined,
): Promise<RolloutView | Refusal> =>
  unitOfWork.write(actor, async (tx) => {
    const known = await tx.rollouts.find(input.rollout);
    const rollout = known && (await tx.rollouts.lock(known.id));
    if (!rollout) return missing('rollout', input.rollout, 'use the id of one that was begun by a commit');
    const stale = refuseStale(`the rollout of ${rollout.deployment}`, rollout, input.version);
    if (stale) return stale;
    if (rollout.state === wish.to) return rollout;
    if (!wish.from.includes(rollout.state))
      return refuse(
        'wrong-state',
        `cannot ${wish.verb} a rollout that is ${rollout.state}: commit ${rollout.deployment} again to begin another.`,
        { state: rollout.state },
      );
    const other = wish.to === 'running' ? await tx.rollouts.openOf(rollout.deploymentId) : null;
    if (other && other.id !== rollout.id)
      return refuse('wrong-state', `another rollout of ${rollout.deployment} is under way: this one is past.`, {
        rollout: other.id,
      });
    const reason = (input.reason ?? `${wish.to === 'running' ? 'resumed' : wish.to} by ${actor}`).slice(
      0,
      REASON_LENGTH_MAX,
    );
    await also(tx, rollout);
    await tx.rollouts.update(rollout.id, { state: wish.to, reason: wish.to === 'running' ? '' : reason });
    tell(tx, rollout, wish.kind, { reason });
    return (await tx.rollouts.find(rollout.id)) as RolloutView;
  });

/** Lets no further wave go until it is resumed; what was let go ends. */
export class PauseRollout {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: SteerRolloutInput): Promise<RolloutView | Refusal> {
    return steer(this.parts, actor, input, { verb: 'pause', from: ['running'], to: 'paused', kind: 'rollout.paused' });
  }
}

/** Goes on with a rollout that was paused or stopped. */
export class ResumeRollout {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: SteerRolloutInput): Promise<RolloutView | Refusal> {
    return steer(
      this.parts,
      actor,
      input,
      { verb: 'resume', from: ['paused', 'stopped'], to: 'running', kind: 'rollout.resumed' },
      // Whoever resumes after too many failures has seen them: they do not stop it again.
      (tx, rollout) => (rollout.state === 'stopped' ? tx.rollouts.neverStop(rollout.id) : Promise.resolve()),
    );
  }
}

/** Ends a rollout. What was not let go stays held, until the deployment is committed again. */
export class StopRollout {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: SteerRolloutInput): Promise<RolloutView | Refusal> {
    return steer(this.parts, actor, input, {
      verb: 'stop',
      from: ['running', 'paused'],
      to: 'stopped',
      kind: 'rollout.stopped',
    });
  }
}

/** Lets everything go at once that a rollout still keeps back. */
export class FinishRollout {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: SteerRolloutInput): Promise<RolloutView | Refusal> {
    return steer(
      this.parts,
      actor,
      input,
      { verb: 'finish', from: ['running', 'paused', 'stopped'], to: 'done', kind: 'rollout.done' },
      async (tx, rollout) => {
        await letGo(tx, await tx.rollouts.heldAfter(rollout.id, rollout.wave));
        await tx.rollouts.update(rollout.id, { wave: rollout.waves });
      },
    );
  }
}
