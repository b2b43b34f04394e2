import { describe, expect, it } from 'vitest';
import { inWords, paceOf } from './pace';

describe('the pace of a run', () => {
  it('is what ended since it began, and tells how long the rest takes at that', () => {
    expect(paceOf(30, 90, 60_000)).toEqual({ rate: 30, left: 120 });
  });

  it('tells nothing of the rest while nothing has ended', () => {
    expect(paceOf(0, 90, 60_000)).toEqual({ rate: 0, left: null });
  });

  it('is never negative, whatever the clocks say', () => {
    expect(paceOf(10, 5, -3_000)).toEqual({ rate: 600, left: 0 });
  });
});

describe('a time in words', () => {
  it.each([
    [0.4, '0 s'],
    [59, '59 s'],
    [60, '1 min'],
    [3_599, '1 h 0 min'],
    [7_500, '2 h 5 min'],
  ])('of %d seconds', (seconds, says) => {
    expect(inWords(seconds)).toBe(says);
  });
});
