import { describe, expect, it } from 'vitest';
import { LoopRecord } from './loop-record.js';

const record = () => new LoopRecord('rescue', 1_000);

describe('what a loop did last', () => {
  it('is nothing before its first turn', () => {
    expect(record().status).toEqual({
      ...{ name: 'rescue', periodMs: 1_000, turnSince: null },
      ...{ lastEndedAt: null, lastTookMs: null, failures: 0, lastError: null },
    });
  });

  it('says since when a turn goes on, and afterwards how long it took', () => {
    const loop = record();
    const before = Date.now();
    const end = loop.begin();
    expect(loop.status.turnSince).toBeGreaterThanOrEqual(before);
    expect(loop.status.lastEndedAt).toBeNull();
    end();
    expect(loop.status.turnSince).toBeNull();
    expect(loop.status.lastEndedAt).toBeGreaterThanOrEqual(before);
    expect(loop.status.lastTookMs).toBeGreaterThanOrEqual(0);
  });

  it('counts failures in a row with the last one’s sentence, until a turn goes well', () => {
    const loop = record();
    loop.begin()({ cause: new Error('the database is away\nwith much detail') });
    loop.begin()({ cause: 'nobody answers' });
    expect(loop.status).toMatchObject({ failures: 2, lastError: 'nobody answers' });
    loop.begin()();
    expect(loop.status).toMatchObject({ failures: 0, lastError: null });
  });

  it('keeps one line of a reason, and not all of a long one', () => {
    const loop = record();
    loop.begin()({ cause: new Error(`${'x'.repeat(1_000)}\nmore`) });
    expect(loop.status.lastError).toBe('x'.repeat(300));
    loop.begin()({ cause: new Error('') });
    expect(loop.status.lastError).toBe('it did not say why');
  });
});
