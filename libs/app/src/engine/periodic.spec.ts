import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SilentLog } from '../ports/log.js';
import { Periodic } from './periodic.js';

const PERIOD_MS = 10_000;
const REST_MS = 50;

describe('a loop that rests after a turn', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const loop = (): { turns: () => number; periodic: Periodic } => {
    let turns = 0;
    const periodic = new Periodic('test', PERIOD_MS, async () => void (turns += 1), new SilentLog(), REST_MS);
    periodic.start();
    return { turns: () => turns, periodic };
  };

  it('looks once more for all who asked while it rested', async () => {
    const { turns, periodic } = loop();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns()).toBe(1);
    for (let nudge = 0; nudge < 10; nudge += 1) periodic.nudge();
    await vi.advanceTimersByTimeAsync(REST_MS - 1);
    expect(turns()).toBe(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(turns()).toBe(2);
    await periodic.stop();
  });

  it('looks at once when somebody asks after a quiet time', async () => {
    const { turns, periodic } = loop();
    await vi.advanceTimersByTimeAsync(REST_MS);
    periodic.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(turns()).toBe(2);
    await periodic.stop();
  });

  it('does not make whoever stops it wait for its rest', async () => {
    const { turns, periodic } = loop();
    await vi.advanceTimersByTimeAsync(1);
    periodic.nudge();
    await periodic.stop();
    expect(turns()).toBe(1);
  });
});
