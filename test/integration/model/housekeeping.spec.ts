import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ACTOR, no, ok, openWorld, role, type World } from './world.js';

let world: World;
let now: number;
const DAY_MS = 86_400_000;

beforeEach(async () => {
  now = Date.now();
  world = await openWorld({ name: 'housekeeping', now: () => now });
});
afterEach(() => world.close());

describe('settings', () => {
  it('are listed with what they mean, and changed one at a time', async () => {
    const before = (await world.listSettings.execute()).find(({ key }) => key === 'runs_at_once_max');
    expect(before).toMatchObject({ value: 10, fallback: 10, says: expect.stringContaining('flight') });
    ok(await world.changeSetting.execute(ACTOR, { key: 'runs_at_once_max', value: 50, version: before!.version }));
    expect((await world.listSettings.execute()).find(({ key }) => key === 'runs_at_once_max')?.value).toBe(50);
    expect(
      no(await world.changeSetting.execute(ACTOR, { key: 'runs_at_once_max', value: 9, version: before!.version }))
        .code,
    ).toBe('stale-version');
  });

  it.each([
    ['runs_at_once_max', 0, 'invalid'],
    ['runs_at_once_max', 1.5, 'invalid'],
    ['runs_at_once_max', '10', 'invalid'],
    ['colour', 1, 'not-found'],
    ['__proto__', 1, 'not-found'],
  ])('refuse %s = %j', async (key, value, code) => {
    expect(no(await world.changeSetting.execute(ACTOR, { key, value })).code).toBe(code);
  });
});

describe('groups', () => {
  it('are made, renamed, joined, left and deleted', async () => {
    ok(await world.createGroup.execute(ACTOR, { category: 'rack', name: 'r1' }));
    expect(no(await world.createGroup.execute(ACTOR, { category: 'rack', name: 'r1' })).code).toBe('already-exists');
    expect(no(await world.createGroup.execute(ACTOR, { category: 'Rack', name: 'r1' })).code).toBe('invalid');
    ok(await world.createNode.execute(ACTOR, { name: 'n1.example.com', groups: ['zone/a'] }));
    for (let twice = 0; twice < 2; twice += 1)
      ok(await world.changeMembership.execute(ACTOR, { group: 'rack/r1', node: 'n1.example.com', member: true }));
    ok(await world.updateGroup.execute(ACTOR, { group: 'rack/r1', name: 'r2', description: 'by the door' }));
    expect(ok(await world.showGroup.execute({ group: 'rack/r2' }))).toMatchObject({
      nodes: 1,
      description: 'by the door',
      members: [{ name: 'n1.example.com' }],
    });
    expect(ok(await world.showNode.execute({ node: 'n1.example.com' })).groups).toEqual(['rack/r2', 'zone/a']);
    ok(await world.updateNode.execute(ACTOR, { node: 'n1.example.com', groups: ['tag/fast'] }));
    expect(
      ok(await world.listGroups.execute({})).items.map(({ category, name, nodes }) => [category, name, nodes]),
    ).toEqual([
      ['rack', 'r2', 0],
      ['tag', 'fast', 1],
      ['zone', 'a', 0],
    ]);
    ok(await world.deleteGroup.execute(ACTOR, { group: 'tag/fast' }));
    expect(ok(await world.showNode.execute({ node: 'n1.example.com' })).groups).toEqual([]);
    expect(no(await world.showGroup.execute({ group: 'tag/fast' })).code).toBe('not-found');
  });
});

describe('what is old', () => {
  it('is forgotten when the settings say so, and the last run of each noderole stays with its log', async () => {
    await world.import({ name: 'x', roles: [role('a')] });
    ok(await world.createNode.execute(ACTOR, { name: 'n1.example.com' }));
    ok(await world.bindRole.execute(ACTOR, { role: 'a', node: 'n1.example.com' }));
    await world.sql(
      `INSERT INTO runs (id, node_role_id, node_id, jig, input, state, reason, queued_at, finished_at)
       SELECT gen_random_uuid(), nr.id, nr.node_id, 'noop', '{}', 'succeeded', age::text, now() - age * interval '1 day', now() - age * interval '1 day'
       FROM node_roles nr, unnest(ARRAY[10, 40, 50, 200]) AS age`,
    );
    await world.sql(
      `INSERT INTO run_log_lines (run_id, line, attempt, stream, text) SELECT id, 1, 1, 'out', reason FROM runs`,
    );
    await world.sql(
      `INSERT INTO idempotency_keys (actor, key, fingerprint, created_at) VALUES ('a', 'new', '', now()), ('a', 'old', '', now() - interval '25 hours')`,
    );
    await world.sql(
      `INSERT INTO audit (actor, action, subject, status, at) VALUES ('a', 'old', '', 200, now() - interval '400 days'), ('a', 'new', '', 200, now())`,
    );

    await world.sql(
      `INSERT INTO workers (id, host, pid, heartbeat_at) VALUES (gen_random_uuid(), 'vanished', 1, now() - interval '2 hours'), (gen_random_uuid(), 'silent', 2, now() - interval '50 minutes')`,
    );

    expect(await world.forgetOld.execute()).toEqual({
      idempotencyKeys: 1,
      events: 0,
      runs: 1,
      runLogs: 2,
      audit: 1,
      workers: 1,
      bootSessions: 0,
      providedNodes: 0,
      certificationStreams: 0,
    });
    expect(await world.sql(`SELECT reason FROM runs ORDER BY queued_at DESC`)).toEqual([
      { reason: '10' },
      { reason: '40' },
      { reason: '50' },
    ]);
    expect(await world.sql(`SELECT text FROM run_log_lines`)).toEqual([{ text: '10' }]);
    expect(await world.sql(`SELECT key FROM idempotency_keys`)).toEqual([{ key: 'new' }]);
    expect(await world.sql(`SELECT host FROM workers`)).toEqual([{ host: 'silent' }]);

    now += 400 * DAY_MS;
    ok(await world.changeSetting.execute(ACTOR, { key: 'run_log_days', value: 0 }));
    expect(await world.forgetOld.execute()).toMatchObject({ runs: 2, runLogs: 0 });
    expect(await world.sql(`SELECT reason FROM runs`)).toEqual([{ reason: '10' }]);
  });

  it('stays in the history until every hook has heard of it, and goes from the front', async () => {
    await world.import({
      name: 'x',
      roles: [role('a', { events: [{ on: 'node.*', do: 'rerun', deadlineSeconds: 10 }] })],
    });
    for (let index = 1; index <= 4; index += 1)
      ok(await world.createNode.execute(ACTOR, { name: `n${index}.example.com` }));
    await world.sql(`UPDATE events SET at = now() - interval '100 days' WHERE seq <= 5`);
    await world.sql(`UPDATE hooks SET position = 3`);
    expect(await world.forgetOld.execute()).toMatchObject({ events: 3 });
    await world.sql(`UPDATE hooks SET active = false`);
    expect(await world.forgetOld.execute()).toMatchObject({ events: 2 });
    expect((await world.sql<{ first: string }>(`SELECT min(seq) AS first FROM events`))[0]?.first).toBe('6');
  });
});
