import { describe, expect, it } from 'vitest';
import { TimeOrderedIds } from './time-ordered-ids.js';

describe('ids that grow with time', () => {
  it('are UUIDs of version 7 that begin with the time', () => {
    const before = Date.now();
    const id: string = new TimeOrderedIds().next();
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    const ms = parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
    expect(ms).toBeGreaterThanOrEqual(before);
    expect(ms).toBeLessThanOrEqual(Date.now());
  });

  it('never repeat and always grow, more than a millisecond can count as well', () => {
    const ids = new TimeOrderedIds();
    const made = Array.from({ length: 50_000 }, () => ids.next<never>() as string);
    expect(new Set(made).size).toBe(made.length);
    expect([...made].sort()).toEqual(made);
  });
});
