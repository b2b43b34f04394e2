import { AdvanceRollouts, DeliverHooks, SystemClock, type UnitOfWork } from '#app';
import { HttpWebhooks } from '#machine';
import type { LeaderLoop } from './worker.js';

/** How often a rollout is looked at when nobody says that something happened, in milliseconds. */
const ROLLOUT_PERIOD_MS = 2_000;
/** The same for hooks: what failed is tried again by this clock. */
const HOOK_PERIOD_MS = 1_000;

/** What only the leader does, beside planning, rescue and liveness. */
export const leaderLoops = (unitOfWork: UnitOfWork): LeaderLoop[] => {
  const rollouts = new AdvanceRollouts({ unitOfWork, clock: new SystemClock() });
  const hooks = new DeliverHooks({ unitOfWork, webhooks: new HttpWebhooks(), inProcess: new Map() });
  return [
    { name: 'rollouts', periodMs: ROLLOUT_PERIOD_MS, work: () => rollouts.execute() },
    { name: 'hooks', periodMs: HOOK_PERIOD_MS, work: () => untilHeard(hooks), onNews: true },
  ];
};

/** Goes on while some hook is behind, so that a long history does not wait for the timer. */
const untilHeard = async (hooks: DeliverHooks): Promise<void> => {
  while (await hooks.execute());
};
