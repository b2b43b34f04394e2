import { GraphDraft, type NodeRoleId } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { RolloutProgress, RolloutView } from '../ports/rollout-store.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';

/** Rollouts that one turn looks at; the others come with the next. */
const ROLLOUTS_PER_TURN_MAX = 20;

/**
 * Lets the next wave of each rollout go, once the one before has settled and its pause is over; stops a rollout in which
 * too many nodes failed. It looks at the rows and nowhere else, so it may be called at any time, by several processes.
 */
export class AdvanceRollouts {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {}

  /** Gives the number of rollouts in which something changed. */
  execute(): Promise<number> {
    return this.parts.unitOfWork.write(ENGINE, async (tx) => {
      let changed = 0;
      for (const rollout of await tx.rollouts.lockRunning(ROLLOUTS_PER_TURN_MAX))
        changed += Number(await this.advance(tx, rollout));
      return changed;
    });
  }

  private async advance(tx: Transaction, rollout: RolloutView): Promise<boolean> {
    const progress = await tx.rollouts.progress(rollout.id);
    const tooMany = failure(rollout, progress);
    if (tooMany) {
      await tx.rollouts.update(rollout.id, { state: 'stopped', reason: tooMany });
      tell(tx, rollout, 'rollout.stopped', { reason: tooMany });
      return true;
    }
    if (progress.moving > 0) return false;
    const now = this.parts.clock.now();
    if (rollout.wave >= rollout.waves) {
      await tx.rollouts.update(rollout.id, { state: 'done', waveEndedAt: new Date(now) });
      tell(tx, rollout, 'rollout.done', { failed: progress.failed.length });
      return true;
    }
    if (!rollout.waveEndedAt && rollout.pauseMs > 0) {
      await tx.rollouts.update(rollout.id, { waveEndedAt: new Date(now) });
      tell(tx, rollout, 'rollout.wave_ended', { failed: progress.failed.length });
      return true;
    }
    const pauseOver =
      rollout.pauseMs === 0 || (rollout.waveEndedAt !== null && rollout.waveEndedAt.getTime() + rollout.pauseMs <= now);
    if (!pauseOver) return false;
    const wave = rollout.wave + 1;
    await letGo(tx, await tx.rollouts.heldIn(rollout.id, wave));
    await tx.rollouts.update(rollout.id, { wave, waveEndedAt: null });
    tell(tx, { ...rollout, wave }, 'rollout.wave_begun');
    return true;
  }
}

/** Why a rollout must not go on, if it must not. */
const failure = ({ stopFailedPercent }: RolloutView, { nodes, failed }: RolloutProgress): string | null => {
  if (stopFailedPercent === null || failed.length === 0 || (failed.length / nodes) * 100 < stopFailedPercent)
    return null;
  return `${failed.length} of ${nodes} nodes that were let go failed, which is ${stopFailedPercent} % or more`;
};

/** Noderoles may run from now on. */
export const letGo = async (tx: Transaction, ids: readonly NodeRoleId[]): Promise<void> => {
  if (ids.length === 0) return;
  const graph = await tx.graph.slice({ nodeRoleIds: ids });

  const draft = new GraphDraft(graph);
  for (const id of ids) {
    const { nodeId, deploymentId } = draft.patchNodeRole(id, { held: false });
    draft.tell({ kind: 'node_role.let_go', nodeRoleId: id, nodeId, deploymentId });
  }

  await tx.graph.save(graph, draft.decision());
};

export const tell = (
  tx: Transaction,
  rollout: RolloutView,
  kind: string,
  data: Record<string, string | number> = {},
): void =>
  tx.tell({
    kind,
    deploymentId: rollout.deploymentId,
    data: { rollout: rollout.id, wave: rollout.wave, waves: rollout.waves, ...data },
  });
