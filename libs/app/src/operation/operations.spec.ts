import { describe, expect, it } from 'vitest';
import { outcomeOf } from './operations.js';

const counts = (some: Partial<Parameters<typeof outcomeOf>[0]['counts']>) => ({
  counts: { error: 0, active: 0, todo: 0, transition: 0, blocked: 0, proposed: 0, ...some },
  changed: 0,
});

describe('an operation', () => {
  it('has succeeded when all that was wished for is active', () => {
    expect(outcomeOf(counts({ active: 3, proposed: 1 }))).toBe('succeeded');
  });

  it('runs while anything runs or may run', () => {
    for (const state of ['todo', 'transition'] as const)
      expect(outcomeOf(counts({ active: 1, error: 1, [state]: 1 }))).toBeNull();
    expect(outcomeOf({ ...counts({ active: 3 }), changed: 1 })).toBeNull();
  });

  it('has failed when something is in error and nothing moves any more', () => {
    expect(outcomeOf(counts({ active: 1, error: 1, blocked: 2 }))).toBe('failed');
  });

  it('runs while it waits for something that is not its own', () => {
    expect(outcomeOf(counts({ blocked: 2 }))).toBeNull();
  });
});
