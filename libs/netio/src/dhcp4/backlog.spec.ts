import { describe, expect, it } from 'vitest';
import { Backlog, WAITED_MS_MAX } from './backlog.js';

const message = (type: number, name: string, at: number) => {
  const bytes = Buffer.alloc(260);
  bytes.set([53, 1, type], 240);
  return { bytes, from: name, fromPort: 68, at, source: null };
};
const DISCOVER = 1;
const REQUEST = 3;

describe('the backlog', () => {
  it('lets those who take an offer go before those who look for one', () => {
    const backlog = new Backlog<null>();
    backlog.push(message(DISCOVER, 'a', 0));
    backlog.push(message(REQUEST, 'b', 1));
    backlog.push(message(DISCOVER, 'c', 2));
    backlog.push(message(REQUEST, 'd', 3));
    expect([1, 2, 3, 4, 5].map(() => backlog.shift(4)?.from)).toEqual(['b', 'd', 'c', 'a', undefined]);
  });

  it('drops what waited so long that nobody listens for the answer', () => {
    const backlog = new Backlog<null>();
    backlog.push(message(DISCOVER, 'old', 0));
    backlog.push(message(REQUEST, 'old', 0));
    backlog.push(message(DISCOVER, 'new', 500));
    expect(backlog.shift(WAITED_MS_MAX + 1)?.from).toBe('new');
    expect([backlog.shed, backlog.length]).toEqual([2, 0]);
  });

  it('holds a bounded number, and the oldest goes', () => {
    const backlog = new Backlog<null>();
    for (let index = 0; index < 10_000; index += 1) backlog.push(message(DISCOVER, String(index), 0));
    expect(backlog.length).toBe(4_096);
    expect(backlog.shed).toBe(10_000 - 4_096);
    expect(backlog.shift(1)?.from).toBe('9999');
  });
});
