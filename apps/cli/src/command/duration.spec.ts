import { describe, expect, it } from 'vitest';
import { parseDuration } from './duration.js';

describe('a span of time', () => {
  it.each([
    ['90', 90_000],
    ['90s', 90_000],
    ['250ms', 250],
    ['5m', 300_000],
    ['1h30m', 5_400_000],
    ['2d', 172_800_000],
    ['0', 0],
  ])('%s is %d ms', (text, ms) => expect(parseDuration(text, '--timeout')).toBe(ms));

  it.each(['', '5 m', 'm', '-1s', '1.5h', '5mm', '25d', '1h-'])('%j is none', (text) => {
    expect(() => parseDuration(text, '--timeout')).toThrow('is no span of time');
  });
});
