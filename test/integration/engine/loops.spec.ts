import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { testRedisUrl } from '#runtime';
import { drawn } from '#testkit';
import { Installation } from './installation.js';
import { Life } from './mortal.js';

/** What all the loops of a worker together owe: the four sentences that every loop has to keep. */
const CHAINS = `A todo --> B blocked --> C blocked
  A@n2 todo --> B@n2 blocked --> C@n2 blocked
  A@n3 todo --> B@n3 blocked --> C@n3 blocked
  B@n2 --> C@n3`;

let installation: Installation;
beforeEach(async () => {
  installation = await Installation.open(drawn(CHAINS));
});
afterEach(() => installation.close());

const runs = async (): Promise<number> =>
  (await installation.rows<{ n: number }>('SELECT count(*)::int AS n FROM runs'))[0]?.n ?? 0;

describe('the loops of a worker', () => {
  it('do their work', async () => {
    await installation.hire();
    await installation.untilAllActive();
    expect(await runs()).toBe(9);
    expect(await installation.findings()).toEqual([]);
  });

  it('do it twice harmlessly: many workers with all their loops do what one does', async () => {
    await Promise.all([installation.hire(), installation.hire(), installation.hire()]);
    await installation.untilAllActive();
    expect(await runs()).toBe(9);
    expect(installation.jig.runs).toHaveLength(9);
    expect(await installation.findings()).toEqual([]);
  });

  it('stop cleanly when told: the runs of the one that goes are taken on by the one that stays', async () => {
    const held = installation.jig.hold('B');
    const going = await installation.hire();
    await held.begun;
    const before = performance.now();
    await going.worker.stop();
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(await installation.rows('SELECT * FROM workers')).toEqual([]);
    const [lease] = await installation.rows<{ free: boolean }>('SELECT expires_at < now() AS free FROM leases');
    expect(lease?.free).toBe(true);
    installation.jig.tell('B', () => ({ kind: 'succeeded' }));
    await installation.hire();
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });

  it('stop cleanly when told while the database is not to be had', async () => {
    const { worker } = await installation.hire();
    await installation.untilAllActive();
    const reconnect = await installation.cutOff();
    const before = performance.now();
    await worker.stop().catch(() => undefined);
    expect(performance.now() - before).toBeLessThan(15_000);
    await reconnect();
  });

  it('are picked up after a crash: what the dead one led and carried is led and carried by another', async () => {
    const held = installation.jig.hold('A');
    const life = new Life();
    await installation.hire({ life });
    await held.begun;
    await installation.hire();
    life.die();
    installation.jig.tell('A', () => ({ kind: 'succeeded' }));
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });

  it('go on by themselves when the database comes back', async () => {
    const held = installation.jig.hold('A');
    await installation.hire();
    await held.begun;
    const reconnect = await installation.cutOff();
    // Ends that come back meanwhile are kept until they can be written.
    held.end({ kind: 'succeeded' });
    await reconnect();
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });

  it('share the work: what one worker has no room for is carried by the other', async () => {
    await installation.close();
    const fleet = ['n1', 'n2', 'n3'].map((node) => `A@${node} todo --> B@${node} blocked --> C@${node} blocked`);
    installation = await Installation.open(drawn(fleet.join('\n')), {
      cap: 1,
      queue: testRedisUrl() ? 'redis' : 'postgres',
    });
    const held = installation.jig.hold('A');
    const [one, other] = await Promise.all([
      installation.hire({ runsMax: 1, handlersMax: 1 }),
      installation.hire({ runsMax: 1, handlersMax: 1 }),
    ]);
    // One by one, each in an envelope of its own: the first fills a worker, the second may wait there for room, and for the
    // third that worker has no hand free.
    for (const count of [1, 2, 3]) {
      await installation.rows(`UPDATE settings SET value = $1 WHERE key = 'runs_at_once_max'`, [String(count)]);
      await installation.until(`${count} runs are planned`, async () => (await runs()) === count);
    }
    const bySomebody = `SELECT DISTINCT worker_id FROM runs WHERE worker_id IS NOT NULL`;
    await installation.until('both carry some', async () => (await installation.rows(bySomebody)).length === 2);
    const carriers = await installation.rows<{ worker_id: string }>(bySomebody);
    expect(carriers.map(({ worker_id }) => worker_id).sort()).toEqual([one.worker.id, other.worker.id].sort());
    held.end({ kind: 'succeeded' });
    await installation.untilAllActive();
    expect(await installation.findings()).toEqual([]);
  });
});
