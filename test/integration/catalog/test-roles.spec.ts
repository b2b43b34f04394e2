import { describe, expect, it } from 'vitest';
import { loadShipped, type RoleDocument } from '#catalog';
import type { Json } from '#core';
import { TestJig } from '#jigs';
import { stageRun } from '#testkit';

/** The roles of the test barclamp with nothing but their defaults, carried out by the jig that they are for. */
const [barclamp] = await loadShipped(['test']);
const roles = new Map(barclamp!.roles.map((role) => [role.name, role]));

const stage = (role: RoleDocument, attempt: number) => {
  const defaults = role.attribs.filter((attrib) => attrib.default !== undefined);
  return stageRun({
    roleName: role.name,
    attempt,
    attribs: Object.fromEntries(defaults.map((attrib) => [attrib.name, attrib.default as Json])),
    outputs: role.outputs,
  });
};

const outcomeOf = (name: string, attempt = 1) => new TestJig().run(stage(roles.get(name)!, attempt));

/** Takes its time, and is told so by other means below. */
const SLOW = ['test-slow', 'test-timeout'];
/** Do something else than succeed at once. */
const ODD = ['test-fails', 'test-fails-alone', 'test-flaky', 'test-not-ready', 'test-callback'];

describe('a role of the test barclamp', () => {
  it.each([...roles.values()].filter(({ name }) => ![...SLOW, ...ODD].includes(name)).map(({ name }) => name))(
    '%s succeeds at once',
    async (name) => {
      expect(await outcomeOf(name)).toMatchObject({ kind: 'succeeded' });
    },
  );

  it.each(['test-fails', 'test-fails-alone'])('%s fails every time', async (name) => {
    expect(await outcomeOf(name, 1)).toMatchObject({ kind: 'failed' });
    expect(await outcomeOf(name, 9)).toMatchObject({ kind: 'failed' });
  });

  it('test-flaky succeeds in the third attempt, which its retries reach', async () => {
    expect(await outcomeOf('test-flaky', 2)).toMatchObject({ kind: 'failed' });
    expect(await outcomeOf('test-flaky', 3)).toMatchObject({ kind: 'succeeded' });
    expect(roles.get('test-flaky')!.retry!.max).toBeGreaterThanOrEqual(2);
  });

  it('test-not-ready asks to be tried again in two seconds', async () => {
    expect(await outcomeOf('test-not-ready')).toMatchObject({ kind: 'not-yet', retryAfterMs: 2_000 });
  });

  it('test-callback leaves its run open for a minute', async () => {
    const outcome = await outcomeOf('test-callback');
    expect(outcome.kind).toBe('waiting');
    expect(outcome.kind === 'waiting' && outcome.deadlineAt.getTime() - Date.now()).toBeGreaterThan(50_000);
  });

  it('test-writes and test-cluster write what others want of them', async () => {
    expect(await outcomeOf('test-writes')).toMatchObject({ outputs: { 'test-written': 42 } });
    expect(await outcomeOf('test-cluster')).toMatchObject({ outputs: { 'test-member': 'here' } });
  });

  it('test-reboots wishes for a reboot, and test-talks has a thousand lines to say', async () => {
    expect(await outcomeOf('test-reboots')).toMatchObject({ rebootNeeded: true });
    const talking = stage(roles.get('test-talks')!, 1);
    await new TestJig().run(talking);
    expect(talking.text()).toHaveLength(1_000);
  });

  it.each(SLOW)('%s ends at once when it is told to', async (name) => {
    const run = stage(roles.get(name)!, 1);
    const ended = new TestJig().run(run);
    run.abort('cancelled');
    expect(await ended).toMatchObject({ kind: 'aborted', cause: 'cancelled' });
  });
});
