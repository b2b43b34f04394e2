import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.js';

describe('a single flight', () => {
  it('runs once more, and only once, when it was nudged many times while it ran', async () => {
    let runs = 0;
    let release: () => void = () => undefined;
    const flight = new SingleFlight(async () => {
      runs += 1;
      if (runs === 1) await new Promise<void>((resolve) => (release = resolve));
    });
    flight.nudge();
    for (let nudge = 0; nudge < 10; nudge += 1) flight.nudge();
    release();
    // Stopping at once would keep it from running again, so it is let run first.
    await new Promise((resolve) => setImmediate(resolve));
    await flight.stop();
    expect(runs).toBe(2);
  });

  it('begins nothing after it was stopped, and goes on after it was resumed', async () => {
    let runs = 0;
    const flight = new SingleFlight(async () => void (runs += 1));
    await flight.stop();
    flight.nudge();
    expect(runs).toBe(0);
    flight.resume();
    flight.nudge();
    await flight.stop();
    expect(runs).toBe(1);
  });
});
