import { parseDuration } from '../command/duration.js';
import { parseCount } from '../command/number.js';
import { usage } from '../exit.js';

/** A commit that goes over the nodes in waves, as options of a command. */
export const ROLLOUT_OPTIONS = [
  ['--wave <nodes>', 'go in waves of so many nodes'],
  ['--zone <category>', 'with --wave: never more than one group of this category at a time, such as rack'],
  ['--pause <time>', 'with --wave: between two waves, such as 5m'],
  ['--max-failures <percent>', 'with --wave: stop when so many percent of the nodes have failed, such as 10%'],
] as const;

export interface RolloutFlags {
  readonly wave?: string;
  readonly zone?: string;
  readonly pause?: string;
  readonly maxFailures?: string;
}

/** The `rollout` of a commit's body; null for a commit that goes everywhere at once. */
export const rolloutOf = ({ wave, zone, pause, maxFailures }: RolloutFlags): Record<string, number | string> | null => {
  if (wave === undefined) {
    if (zone !== undefined || pause !== undefined || maxFailures !== undefined)
      throw usage(
        '--zone, --pause and --max-failures are for a commit in waves.',
        'Say how many nodes a wave has: --wave 5.',
      );
    return null;
  }
  return {
    wave_size: parseCount(wave, '--wave', { min: 1, max: 100_000 }),
    ...(zone === undefined ? {} : { zone }),
    ...(pause === undefined ? {} : { pause_ms: parseDuration(pause, '--pause') }),
    ...(maxFailures === undefined
      ? {}
      : { stop_failed_percent: parseCount(maxFailures.replace(/%$/, ''), '--max-failures', { min: 0, max: 100 }) }),
  };
};
