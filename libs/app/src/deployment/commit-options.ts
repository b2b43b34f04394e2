import { refuse, type Refusal } from '#core';

export interface RolloutOptions {
  /** Nodes in a wave. */
  readonly waveSize: number;
  /** A category of groups, such as `rack`: a wave has nodes of one of them alone. */
  readonly zone?: string;
  /** Milliseconds between the end of a wave and the beginning of the next. */
  readonly pauseMs?: number;
  /** The rollout stops by itself once this many of the nodes that were let go have failed, in percent. Never when absent. */
  readonly stopFailedPercent?: number;
}

/** A day: whoever waits longer wants to look and resume by hand. */
const PAUSE_MS_MAX = 86_400_000;
const WAVE_SIZE_MAX = 100_000;
export const NOTE_LENGTH_MAX = 2_000;
const CATEGORY = /^[a-z][-a-z0-9]{0,30}$/;

/** What is wrong with the options of a commit, if anything. */
export const refuseCommitOptions = (options: {
  readonly note?: string;
  readonly rollout?: RolloutOptions;
  readonly held?: readonly string[];
}): Refusal | null => {
  const { note, rollout } = options;
  const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field });
  if (note !== undefined && note.length > NOTE_LENGTH_MAX)
    return no('note', `the note has ${note.length} characters: use at most ${NOTE_LENGTH_MAX}.`);
  if (!rollout) return null;
  if (options.held && options.held.length > 0)
    return no('held', 'a commit either goes in waves or holds some nodes back: leave out one of the two.');
  const { waveSize, zone, pauseMs = 0, stopFailedPercent } = rollout;
  if (zone !== undefined && !CATEGORY.test(zone))
    return no(
      'rollout.zone',
      `"${zone.slice(0, 40)}" is no category of groups: use one such as rack, switch or power.`,
    );
  if (!isWhole(waveSize, 1, WAVE_SIZE_MAX))
    return no(
      'rollout.wave_size',
      `a wave of ${waveSize} nodes is none: use a whole number from 1 to ${WAVE_SIZE_MAX}.`,
    );
  if (!isWhole(pauseMs, 0, PAUSE_MS_MAX))
    return no('rollout.pause_ms', `a pause of ${pauseMs} ms is none: use 0 to ${PAUSE_MS_MAX}.`);
  if (stopFailedPercent !== undefined && !isWhole(stopFailedPercent, 0, 100))
    return no(
      'rollout.stop_failed_percent',
      `${stopFailedPercent} is no percentage: use a whole number from 0 to 100.`,
    );
  return null;
};

const isWhole = (value: number, min: number, max: number): boolean =>
  Number.isInteger(value) && value >= min && value <= max;
