import { usage } from '../exit.js';

/** Milliseconds of each unit that a span of time is written with. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
/** Longer than any timer holds is not meant. */
const DURATION_MS_MAX = 2_147_483_647;

/** Reads `90s`, `5m`, `1h30m`, `250ms`; a bare number is seconds. In milliseconds. */
export const parseDuration = (text: string, option: string): number => {
  const parts = /^\d+$/.test(text) ? [['', text, 's']] : [...text.matchAll(/(\d+)(ms|[smhd])/g)];
  const ms = parts.reduce((sum, [, count, unit]) => sum + Number(count) * UNITS[unit!]!, 0);
  const isWhole = /^\d+$/.test(text) || /^(\d+(ms|[smhd]))+$/.test(text);
  if (!isWhole || ms > DURATION_MS_MAX)
    throw usage(`${option} ${text} is no span of time.`, 'Write it like 90s, 5m or 1h30m; the longest is 24 days.');
  return ms;
};
