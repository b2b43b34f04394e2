import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  AdoptMachines,
  AdvanceProvided,
  FirstLogin,
  KeepWorkerKey,
  SealedAttribs,
  SilentLog,
  SystemClock,
  UnitOfWork,
  useCases,
  VETOES,
  type AdvanceParts,
  type Transaction,
  type UseCases,
} from '#app';
import { LiquidRenderer } from '#catalog';
import { isRefusal, type Refusal } from '#core';
import { CloudDrivers, ensureKeyPair, SshFirstLogin, SshInventory, SshSession } from '#machine';
import { freshDatabase } from '#runtime';
import {
  AjvValidator,
  KeyFileBox,
  modelStores,
  openDatabase,
  PgUnitOfWork,
  RandomSecrets,
  TimeOrderedIds,
} from '#store';
import { EmulatedCloud, startGuest, type Guest } from '#testkit';

const ACTOR = 'alice';
const ok = <Value>(value: Value | Refusal): Value => {
  if (isRefusal(value)) throw new Error(value.detail);
  return value;
};
/** Turns that are taken at the most until something is so. */
const TURNS_MAX = 120;
/** How long a machine may take to answer who adopts it, in milliseconds; the machine may be busy. */
const ADOPTED_MS_MAX = 60_000;
const SECRET = 'a "secret" of the cloud';

/** A database, a cloud that speaks HTTP, and a real sshd as the machine that it starts. */
describe('a node that is asked of a cloud', () => {
  let home: string;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let dataSource: Awaited<ReturnType<typeof openDatabase>>;
  let model: UseCases;
  let parts: AdvanceParts;
  let session: SshSession;
  let cloud: EmulatedCloud;
  const guests: Promise<Guest>[] = [];
  const sql = async <Row>(text: string, values: unknown[] = []): Promise<Row[]> => dataSource.query(text, values);

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), 'anneal-providers-'));
    database = await freshDatabase('providers');
    dataSource = await openDatabase({ url: database.url, connectionsMax: 8 });
    const unitOfWork = new PgUnitOfWork(dataSource, modelStores);
    const secrets = new KeyFileBox([crypto.getRandomValues(new Uint8Array(32))]);
    const common = {
      ids: new TimeOrderedIds(),
      clock: new SystemClock(),
      schemas: new AjvValidator(),
      vetoes: VETOES,
      sealed: new SealedAttribs(secrets, new RandomSecrets()),
      secrets,
    };
    model = useCases(unitOfWork, { ...common, templates: new LiquidRenderer(), jigs: [] });
    ok(await model.installSystem.execute('test'));
    const key = ensureKeyPair(home);
    await new KeepWorkerKey(unitOfWork).execute('worker.test', key.publicKey);
    session = new SshSession({ privateKey: { path: key.privateKeyPath } });
    parts = {
      ...common,
      unitOfWork,
      log: new SilentLog(),
      login: new SshFirstLogin(session),
      drivers: new CloudDrivers(),
    };
  });
  afterAll(async () => {
    await session.close();
    await dataSource.destroy();
    await database.drop();
    rmSync(home, { recursive: true, force: true });
  });
  beforeEach(async () => {
    cloud = await EmulatedCloud.start();
    // Its floating addresses lead here, where the machine listens on a port of its own.
    cloud.state.floatingPool = ['127.0.0.1'];
    cloud.state.secret = SECRET;
    cloud.state.onServer = (_server, publicKey) => void guests.push(startGuest({ account: 'debian', publicKey }));
    await sql('DELETE FROM provided_nodes');
    await sql('DELETE FROM providers');
    const access = cloud.access;
    const nothing = { description: '', kind: 'openstack', nodesMax: 5, active: true };
    ok(await model.providers.create.execute(ACTOR, { ...nothing, name: 'acme', access, wish: {}, secret: SECRET }));
  });
  afterEach(async () => {
    for (const guest of guests.splice(0)) await (await guest).stop();
    await cloud.stop();
  });

  const ask = async (over: object = {}) =>
    ok(await model.requestNode.execute(ACTOR, { provider: 'acme', name: 'cloud-1.example.test', ...over }));
  const show = async (node: string) => ok(await model.showProvided.execute({ provider: 'acme', node }));
  const giveBack = (node: string) => model.returnNode.execute(ACTOR, { provider: 'acme', node });
  /** What the guest's port is, is known only when it runs: the wish is told then. */
  const tellPort = async (): Promise<void> => {
    const [guest] = await Promise.all(guests);
    if (guest)
      await sql(`UPDATE provided_nodes SET wish = wish || jsonb_build_object('ssh_port', $1::int)`, [guest.port]);
  };
  const turn = async (over: Partial<AdvanceParts> = {}): Promise<void> => {
    await tellPort();
    // What is to be asked again in some seconds is asked now.
    await sql(`UPDATE provided_nodes SET due_at = now()`);
    await new AdvanceProvided({ ...parts, ...over }).execute();
  };
  const until = async (node: string, states: readonly string[]) => {
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      const now = await show(node);
      if (states.includes(now.state)) return now;
      await turn();
    }
    const now = await show(node);
    throw new Error(`it is ${now.state} at ${now.step} after ${TURNS_MAX} turns: ${now.says}`);
  };
  const held = () => ({
    keys: cloud.state.keys.size,
    servers: cloud.state.servers.size,
    floating: cloud.state.floating.size,
  });

  it('becomes one by the door of every machine that runs already, and leaves nothing when it is given back', async () => {
    const { id } = await ask({ description: 'for the web' });
    const ready = await until(id, ['ready', 'failed']);
    expect(ready.steps.map(({ step, answer }) => [step, answer])).toEqual([
      ['add-key', 'yes'],
      ['read-offer', 'yes'],
      ['pick', 'yes'],
      ['request', 'yes'],
      ['address', 'partial'],
      ['log-in', 'yes'],
      ['secure', 'yes'],
      ['remove-key', 'yes'],
    ]);
    const [guest] = await Promise.all(guests);
    expect(ready).toMatchObject({ address: '127.0.0.1', account: 'debian', hostKey: guest!.hostKey });
    // The key of the node is gone from the cloud, and its private half from the rows.
    expect(held()).toEqual({ keys: 0, servers: 1, floating: 1 });
    expect(await sql('SELECT key_sealed FROM provided_nodes')).toEqual([{ key_sealed: null }]);
    // One that does not answer at once is asked again by the leader's next turn.
    await vi.waitFor(
      async () => {
        await new AdoptMachines({ ...parts, clock: new SystemClock(), asker: new SshInventory(session) }).execute();
        expect(await sql('SELECT state FROM adoptions')).toEqual([{ state: 'done' }]);
      },
      { timeout: ADOPTED_MS_MAX, interval: 500 },
    );
    const node = ok(await model.showNode.execute({ node: 'cloud-1.example.test' }));
    expect(node).toMatchObject({ description: 'for the web', address: '127.0.0.1', hostKey: guest!.hostKey });

    ok(await giveBack('cloud-1.example.test'));
    const returned = await until(id, ['returned', 'left']);
    expect(returned).toMatchObject({ state: 'returned', nodeId: null });
    expect(held()).toEqual({ keys: 0, servers: 0, floating: 0 });
    expect(isRefusal(await model.showNode.execute({ node: 'cloud-1.example.test' }))).toBe(true);
    expect(ok(await giveBack(id))).toMatchObject({ state: 'returned' });
    const kinds = await sql<{ kind: string }>(
      `SELECT DISTINCT kind FROM events WHERE kind LIKE 'provider.%' ORDER BY 1`,
    );
    expect(kinds.map(({ kind }) => kind)).toEqual([
      'provider.created',
      'provider.node_ready',
      'provider.node_requested',
      'provider.node_returned',
      'provider.node_returning',
      'provider.step',
    ]);
    // No word of the secret, nor of any private key, in rows or events.
    const [kept] = await sql<{ text: string }>(
      `SELECT (SELECT string_agg(p::text, ' ') FROM providers p) || (SELECT string_agg(n::text, ' ') FROM provided_nodes n)
         || (SELECT string_agg(e::text, ' ') FROM events e) AS text`,
    );
    expect(kept!.text).not.toMatch(/secret\\*" of the cloud|PRIVATE KEY/);
  }, 120_000);

  it('is got once although a process was killed after every call to the cloud', async () => {
    const { id } = await ask();
    for (let turns = 0; turns < TURNS_MAX; turns += 1) {
      const now = await show(id);
      if (now.state !== 'asked') break;
      await tellPort();
      await sql(`UPDATE provided_nodes SET due_at = now()`);
      // It does its work outside and dies before it writes a word; the next one knows nothing of that.
      const dying = new Dying(parts.unitOfWork);
      const killed = new AdvanceProvided({ ...parts, unitOfWork: dying, holdMs: 0 }).execute();
      await Promise.race([killed, dying.died]);
      await turn();
    }
    expect(await show(id)).toMatchObject({ state: 'ready' });
    expect(cloud.state.serversMade).toBe(1);
    expect(held()).toEqual({ keys: 0, servers: 1, floating: 1 });
    ok(await giveBack(id));
    await until(id, ['returned']);
    expect(held()).toEqual({ keys: 0, servers: 0, floating: 0 });
  }, 120_000);

  it.each([
    [
      'no valid host',
      () => void cloud.state.fates.push({ status: 'ERROR', fault: 'No valid host was found.' }),
      'request',
      /no host of the cloud can take/,
    ],
    ['a quota', () => void (cloud.state.quota.servers = 0), 'request', /Quota exceeded for instances/],
    [
      'no floating address',
      () => void (cloud.state.floatingPool = []),
      'address',
      /no floating address of public is to be had/,
    ],
    [
      'a wrong password',
      () => void (cloud.state.secret = 'another'),
      'add-key',
      /does not let demo for project demo in/,
    ],
    ['an image too large', () => void cloud.state.flavors.splice(1), 'pick', /no flavor has/],
  ])('fails by %s with the reason, and all that was held is freed', async (_what, breakIt, step, says) => {
    breakIt();
    const { id } = await ask();
    // Who is not let in cannot give back either; nothing is held then.
    const failed = await until(id, ['failed', 'ready', ...(step === 'add-key' ? ['returning'] : [])]);
    expect(failed.steps.at(-1)).toMatchObject({ step, answer: 'no', says: expect.stringMatching(says) });
    expect(failed.says).toMatch(says);
    expect(held()).toMatchObject({ servers: 0, floating: 0 });
    const report = ok(await model.reportProvider.execute({ key: 'acme' }));
    expect(report.steps.find((each) => each.step === step)).toMatchObject({ answer: 'no', no: 1 });
  });

  it('comes from a second server when the first one broke, which the report tells', async () => {
    cloud.state.fates.push({ status: 'ERROR', fault: 'libvirt: the disk vanished' });
    const { id } = await ask();
    const ready = await until(id, ['ready', 'failed']);
    expect(ready.steps[3]).toMatchObject({
      step: 'request',
      answer: 'partial',
      says: expect.stringMatching(/1 server before/),
    });
    expect(cloud.state.serversMade).toBe(2);
    ok(await giveBack(id));
    await until(id, ['returned']);
    expect(held()).toEqual({ keys: 0, servers: 0, floating: 0 });
  }, 120_000);

  it('is given up when a step takes longer than it may', async () => {
    class Deaf extends FirstLogin {
      override makeKey = () => new SshFirstLogin(session).makeKey();
      override logIn = async () => ({ kind: 'not-yet' as const, says: 'nobody answers' });
      override secure = async () => ({ kind: 'not-yet' as const, says: '' });
      override forgetKey = async () => ({ kind: 'not-yet' as const, says: '' });
    }
    const { id } = await ask();
    for (let turns = 0; turns < TURNS_MAX && (await show(id)).step !== 'log-in'; turns += 1) await turn();
    await turn({ login: new Deaf() });
    expect(await show(id)).toMatchObject({ state: 'asked', says: 'nobody answers' });
    await sql(`UPDATE provided_nodes SET until = now() - interval '1 second'`);
    await turn({ login: new Deaf() });
    expect((await until(id, ['failed'])).says).toBe('nobody answers; given up after 15 min');
    expect(held()).toEqual({ keys: 0, servers: 0, floating: 0 });
  }, 60_000);

  it('that cannot be given back in time is told of, and may be tried again', async () => {
    const { id } = await ask();
    for (let turns = 0; turns < TURNS_MAX && (await show(id)).step !== 'log-in'; turns += 1) await turn();
    ok(await giveBack(id));
    const deny = { status: 403, body: { forbidden: { code: 403, message: 'Policy does not allow it.' } } };
    cloud.faults.push({ service: 'compute', method: 'DELETE', reply: deny });
    await sql(`UPDATE provided_nodes SET until = now() - interval '1 second'`);
    await turn();
    expect(await show(id)).toMatchObject({
      state: 'left',
      says: expect.stringMatching(/is left in the cloud: deleting server .*Policy does not allow it/),
    });
    ok(await giveBack(id));
    await until(id, ['returned']);
    expect(held()).toEqual({ keys: 0, servers: 0, floating: 0 });
  }, 60_000);

  it('is refused where there is no room, a name is taken, or the provider is off or still holds something', async () => {
    const { id } = await ask();
    const again = await model.requestNode.execute(ACTOR, { provider: 'acme', name: 'cloud-1.example.test' });
    expect(again).toMatchObject({ code: 'already-exists' });
    ok(await model.providers.update.execute(ACTOR, { key: 'acme', change: { nodesMax: 1 } }));
    expect(await model.requestNode.execute(ACTOR, { provider: 'acme' })).toMatchObject({ code: 'too-large' });
    ok(await model.providers.update.execute(ACTOR, { key: 'acme', change: { active: false } }));
    expect(await model.requestNode.execute(ACTOR, { provider: 'acme' })).toMatchObject({ code: 'wrong-state' });
    expect(await model.providers.remove.execute(ACTOR, { key: 'acme' })).toMatchObject({ code: 'still-bound' });
    ok(await giveBack(id));
    await until(id, ['returned']);
    ok(await model.providers.remove.execute(ACTOR, { key: 'acme' }));
  });
});

/** The unit of work of a process that takes its turn and is killed when it comes to write what it found. */
class Dying extends UnitOfWork {
  private writes = 0;
  private die: () => void = () => {};
  readonly died = new Promise<void>((resolve) => (this.die = resolve));

  constructor(private readonly alive: UnitOfWork) {
    super();
  }

  override write<Result>(actor: string, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    this.writes += 1;
    if (this.writes === 1) return this.alive.write(actor, work);
    this.die();
    return new Promise(() => {});
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.alive.read(work);
  }
}
