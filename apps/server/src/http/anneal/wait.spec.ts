import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnnealStatusView } from '#app';
import { refuse } from '#core';
import { Refused } from '../refused.js';
import { waitUntil, type Waiting } from './wait.js';

const status = (more: Partial<AnnealStatusView> = {}): AnnealStatusView => ({
  counts: { error: 0, active: 3, todo: 1, transition: 0, blocked: 0, proposed: 0 },
  changed: 0,
  settled: false,
  working: true,
  stuck: [],
  ...more,
});
const SETTLED = status({ settled: true, working: false });

/** News that a test tells; nobody hears what was told before they listened. */
const newsroom = () => {
  const listeners = new Set<() => void>();
  const news: Waiting['news'] = (signal, maxMs) =>
    new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, maxMs);
      listeners.add(done);
      signal.addEventListener('abort', done, { once: true });
    });
  return { news, tell: () => [...listeners].forEach((hear) => hear()) };
};

describe('waiting for the annealer', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => void vi.useRealTimers());
  const never = new AbortController().signal;

  it('looks once even when there is no time', async () => {
    const look = vi.fn<Waiting['look']>(async () => SETTLED);
    expect(await waitUntil('settled', { look, news: newsroom().news, timeoutMs: 0, signal: never })).toBe(SETTLED);
    expect(look).toHaveBeenCalledTimes(1);
  });

  it('hears what becomes true while it looks', async () => {
    const { news, tell } = newsroom();
    let looks = 0;
    const look = async (): Promise<AnnealStatusView> => {
      looks += 1;
      if (looks > 1) return SETTLED;
      // The picture was taken before the news came.
      tell();
      return status();
    };
    const waiting = waitUntil('settled', { look, news, timeoutMs: 60_000, signal: never });
    await vi.advanceTimersByTimeAsync(150);
    expect(looks).toBe(2);
    expect(await waiting).toBe(SETTLED);
  });

  it('looks without news as well, and never more often than looking takes', async () => {
    const look = vi.fn<Waiting['look']>(() => new Promise((resolve) => setTimeout(() => resolve(status()), 2_000)));
    const signal = new AbortController();
    const waiting = waitUntil('quiet', { look, news: newsroom().news, timeoutMs: 600_000, signal: signal.signal });
    await vi.advanceTimersByTimeAsync(20_000);
    expect(look.mock.calls.length).toBeGreaterThanOrEqual(4);
    expect(look.mock.calls.length).toBeLessThanOrEqual(6);
    signal.abort();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await waiting).toMatchObject({ refused: true, code: 'unavailable' });
  });

  it('is quiet where nothing works, settled or not', async () => {
    const stuck = status({ working: false });
    expect(
      await waitUntil('quiet', { look: async () => stuck, news: newsroom().news, timeoutMs: 0, signal: never }),
    ).toBe(stuck);
  });

  it('passes on that there is no such deployment', async () => {
    const refusal = refuse('not-found', 'there is none.');
    expect(
      await waitUntil('settled', { look: async () => refusal, news: newsroom().news, timeoutMs: 1_000, signal: never }),
    ).toBe(refusal);
  });

  it('ends on time although a look does not, and tells what it saw last', async () => {
    vi.useRealTimers();
    let looks = 0;
    const look = (): Promise<AnnealStatusView> =>
      (looks += 1) === 1 ? Promise.resolve(status()) : new Promise(() => undefined);
    const began = performance.now();
    const late = await waitUntil('settled', { look, news: async () => undefined, timeoutMs: 250, signal: never }).catch(
      (error: unknown) => error as Refused,
    );
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(looks).toBe(2);
    expect(late).toBeInstanceOf(Refused);
    expect((late as Refused).refusal).toMatchObject({
      code: 'timeout',
      fields: { status: { settled: false, counts: { todo: 1 } } },
    });
  });
});
