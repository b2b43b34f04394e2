import { describe, expect, it } from 'vitest';
import { inPairs, middleOf, overheadsOf } from './in-pairs.js';

describe('two ways that are compared in pairs', () => {
  it('are done directly one after the other, and the next time in the other order', async () => {
    const done: string[] = [];
    const way = (name: string, seconds: number) => async (pair: number) => {
      done.push(`${name}${pair}`);
      return seconds + pair;
    };
    const pairs = await inPairs(3, way('ours', 10), way('peer', 9));
    expect(done).toEqual(['ours1', 'peer1', 'peer2', 'ours2', 'ours3', 'peer3']);
    expect(pairs).toEqual([
      { ours: 11, peer: 10 },
      { ours: 12, peer: 11 },
      { ours: 13, peer: 12 },
    ]);
  });

  it('differ by what they differ by, though everything becomes slower all the while', async () => {
    let now = 0;
    // Each second of work takes a tenth longer than the one before it, and ours is two percent more work.
    const work = (amount: number) => async () => {
      const seconds = amount * (1 + now / 10);
      now += 1;
      return seconds;
    };
    const overheads = overheadsOf(await inPairs(10, work(1.02), work(1)));
    expect(middleOf(overheads)).toBeCloseTo(2, 0);
    expect(Math.max(...overheads)).toBeGreaterThan(4);
  });

  it('have a middle', () => {
    expect([middleOf([3]), middleOf([1, 9]), middleOf([9, 1, 2])]).toEqual([3, 5, 2]);
  });
});
