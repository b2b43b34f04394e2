/**
 * When router advertisements are sent (RFC 4861 §6.2.4, §6.2.6), as a value: what happened in, the next moments out. It
 * knows no clock and no chance: `now` is in milliseconds, `chance` gives a number from 0 up to, not including, 1.
 *
 * A host that asks with an address of its own is answered alone (RFC 7772 §5.1), after a short random time. So a rack that
 * is switched on does not wait for the three seconds that must lie between two advertisements for all.
 */

/** MaxRtrAdvInterval and MinRtrAdvInterval. */
export const ADVERTISEMENT_INTERVAL_MS_MAX = 600_000;
const INTERVAL_MS_MIN = 200_000;
/** MAX_INITIAL_RTR_ADVERT_INTERVAL and MAX_INITIAL_RTR_ADVERTISEMENTS. */
const INITIAL_INTERVAL_MS_MAX = 16_000;
const INITIAL_COUNT = 3;
/** MIN_DELAY_BETWEEN_RAS. */
const BETWEEN_MS_MIN = 3_000;
/** MAX_RA_DELAY_TIME. */
const ANSWER_DELAY_MS_MAX = 500;
/** With more hosts waiting, one advertisement for all is cheaper than one for each. */
const WAITING_MAX = 64;

export interface AdvertisementSchedule {
  /** How many were sent to all since the beginning, or since what they say changed. */
  readonly sentToAll: number;
  /** Null before the first. */
  readonly lastToAllAt: number | null;
  readonly nextToAllAt: number;
  /** Hosts that asked, each with the moment of its answer. */
  readonly waiting: ReadonlyMap<string, number>;
}

/** The first advertisement is due at once. */
export const beginSchedule = (now: number): AdvertisementSchedule => ({
  sentToAll: 0,
  lastToAllAt: null,
  nextToAllAt: now,
  waiting: new Map(),
});

/** What is advertised has changed: hosts hear of it several times, soon (RFC 4861 §6.2.4). */
export const afterChange = (schedule: AdvertisementSchedule, now: number): AdvertisementSchedule => ({
  ...schedule,
  sentToAll: 0,
  nextToAllAt: Math.min(schedule.nextToAllAt, earliestToAll(schedule, now)),
});

/** A host asked. `::` has no address yet, and can only be answered with all others. */
export const afterSolicitation = (
  schedule: AdvertisementSchedule,
  source: string,
  now: number,
  chance: () => number,
): AdvertisementSchedule => {
  const at = now + chance() * ANSWER_DELAY_MS_MAX;
  if (schedule.waiting.has(source)) return schedule;
  if (source !== '::' && schedule.waiting.size < WAITING_MAX)
    return { ...schedule, waiting: new Map(schedule.waiting).set(source, at) };
  const toAll = Math.max(at, earliestToAll(schedule, at));
  return { ...schedule, nextToAllAt: Math.min(schedule.nextToAllAt, toAll) };
};

export interface DueAdvertisements {
  readonly toAll: boolean;
  /** Hosts to be answered alone. */
  readonly to: readonly string[];
  readonly then: AdvertisementSchedule;
}

/** What is to be sent now, and the schedule after it has been sent. */
export const dueAdvertisements = (
  schedule: AdvertisementSchedule,
  now: number,
  chance: () => number,
): DueAdvertisements => {
  const toAll = schedule.nextToAllAt <= now;
  // One that goes to all answers everybody who waits.
  const to = toAll ? [] : [...schedule.waiting].filter(([, at]) => at <= now).map(([source]) => source);
  if (!toAll && to.length === 0) return { toAll, to, then: schedule };
  const waiting = new Map(toAll ? [] : [...schedule.waiting].filter(([source]) => !to.includes(source)));
  if (!toAll) return { toAll, to, then: { ...schedule, waiting } };
  const sentToAll = schedule.sentToAll + 1;
  const regular = INTERVAL_MS_MIN + chance() * (ADVERTISEMENT_INTERVAL_MS_MAX - INTERVAL_MS_MIN);
  const interval = sentToAll < INITIAL_COUNT ? Math.min(regular, INITIAL_INTERVAL_MS_MAX) : regular;
  return { toAll, to, then: { sentToAll, lastToAllAt: now, nextToAllAt: now + interval, waiting } };
};

/** When `dueAdvertisements` should be asked next. */
export const nextMoment = (schedule: AdvertisementSchedule): number =>
  Math.min(schedule.nextToAllAt, ...schedule.waiting.values());

const earliestToAll = ({ lastToAllAt }: AdvertisementSchedule, now: number): number =>
  lastToAllAt === null ? now : Math.max(now, lastToAllAt + BETWEEN_MS_MIN);
