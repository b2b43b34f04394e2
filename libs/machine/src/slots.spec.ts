import { describe, expect, it } from 'vitest';
import { Slots } from './slots.js';

describe('Slots', () => {
  it('gives a free place at once and the next one in the order of asking', async () => {
    const slots = new Slots(1);
    expect(await slots.take()).toBe(true);
    const order: string[] = [];
    const second = slots.take().then(() => order.push('second'));
    const third = slots.take().then(() => order.push('third'));
    slots.give();
    await second;
    expect(order).toEqual(['second']);
    slots.give();
    await third;
    expect(order).toEqual(['second', 'third']);
    expect(slots.inUse).toBe(1);
  });

  it('lets a waiting caller give up without taking a place', async () => {
    const slots = new Slots(1);
    await slots.take();
    const giveUp = new AbortController();
    const waiting = slots.take(giveUp.signal);
    giveUp.abort();
    expect(await waiting).toBe(false);
    slots.give();
    expect(slots.inUse).toBe(0);
    expect(await slots.take(giveUp.signal)).toBe(false);
  });

  it('hands out no more than the lowered number', async () => {
    const slots = new Slots(3);
    await slots.take();
    await slots.take();
    slots.lowerTo(1);
    let third = false;
    const waiting = slots.take().then(() => (third = true));
    slots.give();
    await Promise.resolve();
    expect(third).toBe(false);
    slots.give();
    await waiting;
    expect(slots.inUse).toBe(1);
  });
});
