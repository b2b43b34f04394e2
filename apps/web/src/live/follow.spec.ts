import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { follow, type LiveEvent } from './follow';

/** As a browser has it: a stream that is refused is closed for good, one that is cut off is opened again by the browser. */
class FakeSource {
  static readonly CLOSED = 2;
  static all: FakeSource[] = [];
  static get newest(): FakeSource {
    return FakeSource.all.at(-1) as FakeSource;
  }
  readyState = 0;
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onerror: (() => void) | null = null;
  private resynced: ((message: { lastEventId: string }) => void) | null = null;

  constructor(readonly url: string) {
    FakeSource.all.push(this);
  }
  addEventListener(_name: 'resync', listener: (message: { lastEventId: string }) => void): void {
    this.resynced = listener;
  }
  close(): void {
    this.readyState = 2;
  }
  get after(): number {
    return Number(new URL(this.url, 'http://anneal.test').searchParams.get('after'));
  }
  /** Answers as the server does whose history is at `last`: a position that it does not hold is told by `resync`. */
  answer(last: number): void {
    this.readyState = 1;
    this.onopen?.();
    if (this.after > last) this.resynced?.({ lastEventId: String(last) });
  }
  refuse(): void {
    this.readyState = 2;
    this.onerror?.();
  }
  tell(seq: number): void {
    this.onmessage?.({ data: JSON.stringify({ seq, kind: 'node.made' }) });
  }
}

const listening = () => {
  const told = { readings: 0, events: [] as number[], connected: [] as boolean[] };
  const stop = follow(
    { kind: 'node.*' },
    {
      news: (events: readonly LiveEvent[]) => told.events.push(...events.map(({ seq }) => seq)),
      resync: () => (told.readings += 1),
      connected: (yes) => told.connected.push(yes),
    },
  );
  return { told, stop };
};

describe('a listener to the news', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    vi.stubGlobal('EventSource', FakeSource);
    FakeSource.all = [];
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('reads anew when it begins, since what is shown may have been read long before', () => {
    const { told, stop } = listening();
    expect(told.readings).toBe(0);
    FakeSource.newest.answer(40);
    expect(told).toEqual({ readings: 1, events: [], connected: [true] });
    stop();
  });

  it('reads anew when it was refused before a first event, and only then takes what follows', async () => {
    const { told, stop } = listening();
    FakeSource.newest.refuse();
    for (const refusals of [1, 2]) {
      await vi.advanceTimersByTimeAsync(2_000);
      expect(FakeSource.all).toHaveLength(refusals + 1);
      FakeSource.newest.refuse();
    }
    expect(told.readings).toBe(0);
    await vi.advanceTimersByTimeAsync(2_000);
    FakeSource.newest.answer(50);
    FakeSource.newest.tell(51);
    await vi.advanceTimersByTimeAsync(500);
    expect(told).toEqual({ readings: 1, events: [51], connected: [false, false, false, true] });
    stop();
  });

  it('goes on where it was when it is refused later, and reads nothing anew', async () => {
    const { told, stop } = listening();
    FakeSource.newest.answer(50);
    FakeSource.newest.refuse();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(FakeSource.newest.after).toBe(50);
    FakeSource.newest.answer(60);
    FakeSource.newest.tell(51);
    FakeSource.newest.refuse();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(FakeSource.newest.after).toBe(51);
    expect(told).toMatchObject({ readings: 1, events: [51] });
    stop();
  });

  it('hears nothing any more when it has stopped', async () => {
    const { told, stop } = listening();
    FakeSource.newest.answer(1);
    FakeSource.newest.tell(2);
    FakeSource.newest.refuse();
    stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(FakeSource.all).toHaveLength(1);
    expect(told.events).toEqual([]);
  });
});
