import {
  AdvanceRollouts,
  DeliverHooks,
  ForgetOld,
  ReconcileServers,
  SilentLog,
  SystemClock,
  type InProcessSink,
  type Log,
  type SecretBox,
  type UnitOfWork,
} from '#app';
import { HttpWebhooks } from '#machine';
import { SignedDnsUpdate } from '#netio';
import type { LeaderLoop } from './worker.js';

/** How often a rollout is looked at when nobody says that something happened, in milliseconds. */
const ROLLOUT_PERIOD_MS = 2_000;
/** The same for hooks: what failed is tried again by this clock. */
const HOOK_PERIOD_MS = 1_000;
/** Rest between two turns of the hooks, in milliseconds, so that a busy history is read in pages and not event by event. */
const HOOK_REST_MS = 100;
/** DNS servers elsewhere: what failed is tried again by this clock, and every few minutes all is compared. */
const DNS_PERIOD_MS = 2_000;
/** Rest between two looks at names, in milliseconds, so that a burst of changes becomes a few updates. */
const DNS_REST_MS = 250;
/** What has become too old is forgotten once in this time, in milliseconds. */
const FORGET_PERIOD_MS = 600_000;

/** What only the leader does, beside planning, rescue and liveness. */
export const leaderLoops = (
  unitOfWork: UnitOfWork,
  inProcess: ReadonlyMap<string, InProcessSink> = new Map(),
  log: Log = new SilentLog(),
  secrets?: SecretBox,
): LeaderLoop[] => {
  const clock = new SystemClock();
  const rollouts = new AdvanceRollouts({ unitOfWork, clock });
  const hooks = new DeliverHooks({ unitOfWork, webhooks: new HttpWebhooks(), inProcess, secrets });
  const forget = new ForgetOld({ unitOfWork, clock });
  const names = new ReconcileServers({ unitOfWork, updates: new SignedDnsUpdate(), clock, log, secrets });
  return [
    { name: 'rollouts', periodMs: ROLLOUT_PERIOD_MS, work: () => rollouts.execute() },
    { name: 'hooks', periodMs: HOOK_PERIOD_MS, work: () => untilHeard(hooks), onNews: true, restMs: HOOK_REST_MS },
    { name: 'dns', periodMs: DNS_PERIOD_MS, work: () => names.execute(), onNews: true, restMs: DNS_REST_MS },
    { name: 'forgetting', periodMs: FORGET_PERIOD_MS, work: () => untilForgotten(forget) },
  ];
};

/** A piece at a time, until nothing is left that is too old. */
const untilForgotten = async (forget: ForgetOld): Promise<void> => {
  while (Object.values(await forget.execute()).some((count) => count > 0));
};

/** Goes on while some hook is behind, so that a long history does not wait for the timer. */
const untilHeard = async (hooks: DeliverHooks): Promise<void> => {
  while (await hooks.execute());
};
