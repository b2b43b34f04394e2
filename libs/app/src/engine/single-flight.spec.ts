import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.js';

/** Enough for everything that is on its way without a timer. */
const MICROTASKS = 20;
const microtasks = async (count: number): Promise<void> => {
  for (let task = 0; task < count; task += 1) await Promise.resolve();
};

describe('a piece of work that never runs twice at once', () => {
  it.each(Array.from({ length: MICROTASKS }, (_, index) => index))(
    'is done after whoever asks for it, also %i steps after the last one began',
    async (steps) => {
      let asked = 0;
      const done: number[] = [];
      const flight = new SingleFlight(async () => {
        const seen = asked;
        await Promise.resolve();
        done.push(seen);
      });
      asked = 1;
      flight.nudge();
      await microtasks(steps);
      asked = 2;
      flight.nudge();
      await microtasks(MICROTASKS);
      expect(done.at(-1)).toBe(2);
      await flight.stop();
    },
  );

  it('is done once more, however often it was asked for meanwhile', async () => {
    let running = 0;
    let runs = 0;
    const flight = new SingleFlight(async () => {
      expect((running += 1)).toBe(1);
      runs += 1;
      await microtasks(3);
      running -= 1;
    });
    for (let nudge = 0; nudge < 5; nudge += 1) flight.nudge();
    await microtasks(MICROTASKS);
    expect(runs).toBe(2);
  });

  it('does nothing once it was stopped, and goes on when it is resumed', async () => {
    let runs = 0;
    const flight = new SingleFlight(async () => void (runs += 1));
    flight.nudge();
    await flight.stop();
    flight.nudge();
    await microtasks(MICROTASKS);
    expect(runs).toBe(1);
    flight.resume();
    flight.nudge();
    await flight.stop();
    expect(runs).toBe(2);
  });
});
