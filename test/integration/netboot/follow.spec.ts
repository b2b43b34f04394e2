import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FollowBootView, SilentLog, WaitAcknowledged, type NetbootServerId } from '#app';
import { BootView } from '#core';
import { PgNews } from '#store';
import { DatabaseWhenThere } from '../../../apps/netboot/src/database.js';
import { ViewFile } from '../../../apps/netboot/src/copy/view-file.js';
import { ACTOR, ok, openWorld, type World } from '../model/world.js';
import { wayTo, type Cut } from './cut.js';

const log = new SilentLog();
/** A server of the test's own name. */
const SERVER = '00000000-0000-4000-8000-000000000001' as NetbootServerId;

describe('whoever follows the boot view', () => {
  let world: World;
  let way: Cut;
  let folder: string;
  const open: Following[] = [];

  interface Following {
    readonly view: BootView;
    readonly follower: FollowBootView;
    readonly kept: number[];
    stop(): Promise<void>;
  }

  const follow = async (): Promise<Following> => {
    const database = new DatabaseWhenThere(way.url);
    const view = new BootView();
    const kept: number[] = [];
    const copy = new ViewFile(join(folder, 'view'), log);
    const follower = new FollowBootView(
      {
        unitOfWork: database,
        news: new PgNews(way.url),
        copy,
        log,
        onKept: (generation) => void kept.push(generation),
      },
      view,
    );
    await follower.loadCopy();
    follower.start();
    const following = {
      view,
      follower,
      kept,
      stop: async () => {
        await follower.stop();
        await copy.close();
        await database.close();
      },
    };
    open.push(following);
    return following;
  };

  const lastEvent = async () => Number((await world.sql<{ last: string }>('SELECT last FROM event_counter'))[0]!.last);
  const caughtUp = async ({ kept }: Following) => {
    const last = await lastEvent();
    await vi.waitFor(() => expect(kept.at(-1) ?? 0).toBeGreaterThanOrEqual(last), { timeout: 10_000, interval: 5 });
  };
  const create = async (name: string, macs: string[] = []) =>
    ok(await world.createNode.execute(ACTOR, { name, macs, bootenv: 'discovery' }));

  beforeAll(async () => {
    world = await openWorld({ name: 'follow' });
    way = await wayTo((world.dataSource.options as { url: string }).url);
  });
  afterAll(async () => {
    await way.close();
    await world.close();
  });
  beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'follow-'))));
  afterEach(async () => {
    way.mend();
    for (const following of open.splice(0)) await following.stop();
    await rm(folder, { recursive: true });
  });

  it('sees a node that is made, changed and deleted, each time within one look', async () => {
    const following = await follow();
    await caughtUp(following);
    const readAll = following.follower.status.readAll;
    await create('a.example.com', ['52:54:00:00:00:0a']);
    await caughtUp(following);
    expect(following.view.machineByMac('52:54:00:00:00:0a')).toMatchObject({
      name: 'a.example.com',
      bootenv: 'discovery',
      deployment: 'system',
    });
    ok(await world.updateNode.execute(ACTOR, { node: 'a.example.com', bootenv: 'local', macs: ['52:54:00:00:00:0b'] }));
    await caughtUp(following);
    expect(following.view.machineByMac('52:54:00:00:00:0a')).toBeUndefined();
    expect(following.view.machineByMac('52:54:00:00:00:0b')?.bootenv).toBe('local');
    ok(await world.deleteNode.execute(ACTOR, { node: 'a.example.com' }));
    await caughtUp(following);
    expect(following.view.machineByName('a.example.com')).toBeUndefined();
    expect(following.follower.status.readAll).toBe(readAll);
  });

  it('starts from its disk while the database is away, serves, and catches up without reading everything', async () => {
    const first = await follow();
    await create('b.example.com');
    await caughtUp(first);
    await open.pop()!.stop();

    way.cut();
    const second = await follow();
    expect(second.view.machineByName('b.example.com')?.bootenv).toBe('discovery');
    await vi.waitFor(() => expect(second.follower.status.away?.why).toBeTruthy(), { timeout: 5_000 });
    await create('c.example.com');
    way.mend();
    await caughtUp(second);
    expect(second.view.machineByName('c.example.com')).toBeDefined();
    expect(second.follower.status).toMatchObject({ away: null, readAll: 0 });
  });

  it('goes on after the connection was lost in the middle', async () => {
    const following = await follow();
    await caughtUp(following);
    for (let n = 0; n < 5; n += 1) {
      way.cut();
      await create(`lost${n}.example.com`);
      way.mend();
    }
    await caughtUp(following);
    expect([0, 1, 2, 3, 4].filter((n) => !following.view.machineByName(`lost${n}.example.com`))).toEqual([]);
  });

  it('reads everything again when the history between was forgotten, and when it is another history', async () => {
    const first = await follow();
    await caughtUp(first);
    await open.pop()!.stop();
    await create('d.example.com');
    await create('e.example.com');
    await world.sql('DELETE FROM events WHERE seq < (SELECT last FROM event_counter)');
    const second = await follow();
    await caughtUp(second);
    expect(second.follower.status.readAll).toBe(1);
    expect(second.view.machineByName('d.example.com')).toBeDefined();
    await open.pop()!.stop();

    // As after a restore from a backup: the number is there, what happened then is something else.
    await world.sql(`UPDATE events SET at = at - interval '1 day' WHERE seq = (SELECT last FROM event_counter)`);
    await create('f.example.com');
    const third = await follow();
    await caughtUp(third);
    expect(third.follower.status.readAll).toBe(1);
    expect(third.view.machineByName('f.example.com')).toBeDefined();
  });

  it('ends where a view ends that reads everything, after a storm of changes', async () => {
    const following = await follow();
    await caughtUp(following);
    await Promise.all(
      Array.from({ length: 40 }, async (_none, n) => {
        const name = `storm${n}.example.com`;
        await create(name, [`52:54:00:00:01:${n.toString(16).padStart(2, '0')}`]);
        if (n % 3 === 0) ok(await world.updateNode.execute(ACTOR, { node: name, bootenv: 'local' }));
        if (n % 5 === 0) ok(await world.deleteNode.execute(ACTOR, { node: name }));
      }),
    );
    await caughtUp(following);
    await rm(join(folder, 'view'));
    const fresh = await follow();
    await caughtUp(fresh);
    const documents = (view: BootView) => [...view.documents()].map((document) => JSON.stringify(document)).sort();
    expect(documents(following.view)).toEqual(documents(fresh.view));
    expect(following.view.machineByName('storm1.example.com')).toBeDefined();
  });

  it('is waited for until it has acknowledged, and named when it does not', async () => {
    const wait = new WaitAcknowledged(world.unitOfWork);
    expect(await wait.execute({ deadlineMs: 1_000 })).toMatchObject({ kind: 'no-server' });
    const beat = (generation: number) =>
      world.unitOfWork.write(ACTOR, (tx) =>
        tx.netboot.beat({
          id: SERVER,
          host: 'rack1',
          addresses: ['10.0.0.1', 'fd00::1'],
          services: [],
          generation,
          controlUrl: '',
          controlKey: 'k',
          ticketKey: 't',
        }),
      );
    await beat(0);
    const late = await wait.execute({ deadlineMs: 60 });
    expect(late).toMatchObject({ kind: 'late' });
    expect(late.kind === 'late' && late.detail).toContain('rack1 is at generation 0');
    const waiting = wait.execute({ deadlineMs: 10_000 });
    await beat(await lastEvent());
    expect(await waiting).toMatchObject({ kind: 'acknowledged', hosts: ['rack1'] });
    await world.sql(`UPDATE netboot_server SET seen_at = now() - interval '1 minute', generation = 0`);
    const silent = await wait.execute({ deadlineMs: 60 });
    expect(silent.kind === 'late' && silent.detail).toContain('start it, or forget it');
    const booting = () => wait.execute({ servers: 'booting', deadlineMs: 60 });
    await world.sql(`UPDATE netboot_server SET services = '[{"service": "dns", "state": "serving", "says": ""}]'`);
    expect(await booting(), 'one that answers names alone boots nothing').toMatchObject({
      kind: 'no-server',
      stopped: [],
    });
    const off = '{"service": "dhcp4", "state": "off", "says": ""}';
    await world.sql(
      `UPDATE netboot_server SET services = '[${off}, {"service": "http", "state": "idle", "says": ""}]'`,
    );
    expect(await booting()).toMatchObject({ kind: 'late' });
    await world.sql(`UPDATE netboot_server SET services = '[${off}]'`);
    expect(await booting()).toMatchObject({ kind: 'no-server', stopped: [] });
    await world.sql(`UPDATE netboot_server SET services = '[]'`);
    await world.unitOfWork.write(ACTOR, (tx) => tx.netboot.stopped(SERVER));
    expect(await wait.execute({ deadlineMs: 60 })).toMatchObject({ kind: 'no-server', stopped: ['rack1'] });
    expect(await booting()).toMatchObject({ kind: 'no-server', stopped: ['rack1'] });
  });
});
