import { afterEach, describe, expect, it } from 'vitest';
import type { EarlyReport, JigRun } from '#app';
import { drawn } from '#testkit';
import { Installation } from './installation.js';

/** A node may report the end of a run while the scripts that set it to work still run. */

let installation: Installation;
afterEach(() => installation.close());

const A_MINUTE_FROM_NOW = (): Date => new Date(Date.now() + 60_000);

const open = async (destructive = false) =>
  (installation = await Installation.open(drawn('A todo --> B blocked', { roles: { A: { destructive } } })));

const report = (run: JigRun, what: Partial<EarlyReport> = {}): Promise<void> =>
  installation.unitOfWork.write('node', (tx) =>
    tx.runs.keepReport(run.runId, { attempt: run.attempt, outcome: { kind: 'succeeded' }, ...what }),
  );

const runs = () =>
  installation.rows<{ state: string; attempt: number; reason: string; reboot_needed: boolean }>(
    'SELECT r.state, r.attempt, r.reason, r.reboot_needed FROM runs r JOIN node_roles nr ON nr.id = r.node_role_id ORDER BY nr.cohort',
  );

describe('a report that comes while the scripts still run', () => {
  it('ends the run when they are done, and nobody waits any more', async () => {
    await open();
    const held = installation.jig.hold('A');
    await installation.hire();
    const run = await held.begun;
    await report(run, { rebootNeeded: true });
    expect(await installation.stateOf('A')).toBe('transition');
    held.end({ kind: 'waiting', deadlineAt: A_MINUTE_FROM_NOW() });
    await installation.untilAllActive();
    expect(run.signal.aborted).toBe(false);
    expect((await runs())[0]).toMatchObject({ state: 'succeeded', reboot_needed: true });
  });

  it('of a failure fails it then', async () => {
    await open();
    const held = installation.jig.hold('A');
    await installation.hire();
    await report(await held.begun, { outcome: { kind: 'failed', reason: 'no disk' } });
    held.end({ kind: 'waiting', deadlineAt: A_MINUTE_FROM_NOW() });
    await installation.untilState('A', 'error');
    expect((await runs())[0]).toMatchObject({ state: 'failed', reason: 'no disk' });
  });

  it('counts less than a script that fails', async () => {
    await open();
    const held = installation.jig.hold('A');
    await installation.hire();
    await report(await held.begun);
    held.end({ kind: 'failed', reason: 'the last line went wrong' });
    await installation.untilState('A', 'error');
    expect((await runs())[0]).toMatchObject({ reason: 'the last line went wrong' });
  });

  it('counts when the connection is lost after it: the node has rebooted into what it installed', async () => {
    await open();
    const held = installation.jig.hold('A');
    await installation.hire();
    await report(await held.begun);
    held.end({ kind: 'lost-contact', reason: 'the connection broke' });
    await installation.untilAllActive();
    expect((await runs())[0]).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  it('counts when the worker vanished after it, and what destroys need not be looked at', async () => {
    await open(true);
    const held = installation.jig.hold('A');
    const { life } = await installation.hire();
    await report(await held.begun);
    life.die();
    await installation.hire();
    await installation.untilAllActive();
    expect(installation.jig.countOf('A')).toBe(1);
    expect((await runs())[0]).toMatchObject({ state: 'succeeded', attempt: 1 });
    expect(await installation.findings()).toEqual([]);
  });

  it('of an attempt that was replaced counts for nothing', async () => {
    await open();
    const held = installation.jig.hold('A');
    await installation.hire();
    const run = await held.begun;
    await report(run, { attempt: run.attempt + 1, outcome: { kind: 'failed', reason: 'of another attempt' } });
    held.end({ kind: 'waiting', deadlineAt: A_MINUTE_FROM_NOW() });
    await installation.until('it waits', async () => (await runs())[0]?.state === 'waiting');
  });
});

describe('a wish to cancel that comes just when the scripts are done', () => {
  it('is heard: nobody waits for a report', async () => {
    await open();
    installation.jig.tell('A', async (run) => {
      await installation.dataSource.query(`UPDATE runs SET cancel_requested_by = 'ada' WHERE id = $1`, [run.runId]);
      return { kind: 'waiting', deadlineAt: A_MINUTE_FROM_NOW() };
    });
    await installation.hire();
    await installation.untilState('A', 'error');
    expect((await runs())[0]).toMatchObject({ state: 'cancelled', reason: 'cancelled by ada' });
  });
});
