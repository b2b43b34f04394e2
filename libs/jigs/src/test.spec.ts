import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core';
import { RecordedEffects, stageRun } from '#testkit';
import { NoopJig } from './noop.js';
import { TEST_ATTRIBS, TestJig } from './test.js';

const now = new Date('2026-01-01T00:00:00Z');
const run = (attribs: Parameters<typeof stageRun>[0] & object, attempt = 1) => stageRun({ ...attribs, attempt });

describe('the test jig', () => {
  const jig = new TestJig({ now: () => now });
  it.each<[string, JsonObject, object]>([
    ['succeeds when asked for nothing', {}, { kind: 'succeeded' }],
    ['fails with the message it was given', { [TEST_ATTRIBS.fail]: 'no luck' }, { kind: 'failed', reason: 'no luck' }],
    ['does not fail when the message is false or null', { [TEST_ATTRIBS.fail]: false }, { kind: 'succeeded' }],
    ['says not yet', { [TEST_ATTRIBS.notYet]: 3 }, { kind: 'not-yet', retryAfterMs: 3_000 }],
    [
      'waits for a report',
      { [TEST_ATTRIBS.wait]: 60 },
      { kind: 'waiting', deadlineAt: new Date('2026-01-01T00:01:00Z') },
    ],
    ['asks for a reboot', { [TEST_ATTRIBS.reboot]: true }, { kind: 'succeeded', rebootNeeded: true }],
    ['refuses outputs that were not declared', { [TEST_ATTRIBS.outputs]: { x: 1 } }, { kind: 'failed', outputs: {} }],
    ['takes its time', { [TEST_ATTRIBS.delay]: 5 }, { kind: 'succeeded' }],
  ])('%s', async (_, attribs, outcome) => {
    expect(await jig.run(run({ attribs }))).toMatchObject(outcome);
  });

  it('fails in as many attempts as it was told to, and then succeeds', async () => {
    const attribs = { [TEST_ATTRIBS.failTimes]: 2 };
    const kinds = await Promise.all([1, 2, 3].map(async (attempt) => (await jig.run(run({ attribs }, attempt))).kind));
    expect(kinds).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('writes the lines it was given, or as many as it was told', async () => {
    const given = run({ attribs: { [TEST_ATTRIBS.lines]: ['a', 'b'] } });
    const counted = run({ attribs: { [TEST_ATTRIBS.lines]: 2 } });
    await jig.run(given);
    await jig.run(counted);
    expect([given.text(), counted.text()]).toEqual([
      ['a', 'b'],
      ['line 1', 'line 2'],
    ]);
  });

  it('hands outputs back on failure too', async () => {
    const outputs = [{ name: 'x', schema: null }];
    const attribs = { [TEST_ATTRIBS.outputs]: { x: 1 }, [TEST_ATTRIBS.fail]: 'no' };
    expect(await jig.run(run({ attribs, outputs }))).toEqual({ kind: 'failed', reason: 'no', outputs: { x: 1 } });
  });

  it('does nothing for an attempt that the effect sink refuses', async () => {
    const effects = new RecordedEffects();
    const sunk = new TestJig({ effects });
    const older = run({});
    const newer = run({ node: older.node, attribs: { [TEST_ATTRIBS.lines]: ['worked'] } });
    await sunk.run(newer);
    expect(await sunk.run(older)).toEqual({ kind: 'aborted', cause: 'superseded' });
    expect(effects.begun.map(({ fence }) => fence)).toEqual([newer.fence]);
    expect(effects.stale.map(({ fence }) => fence)).toEqual([older.fence]);
    expect(effects.open).toEqual([]);
  });
});

describe('the noop jig', () => {
  it('carries out well over 10,000 runs a second', async () => {
    const jig = new NoopJig();
    const began = performance.now();
    for (let count = 0; count < 10_000; count += 1) await jig.run();
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});
