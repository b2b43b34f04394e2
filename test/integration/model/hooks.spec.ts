import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CreateHook, DeliverHooks, DELIVERIES_MAX, ListDeadLetters, RetryDeadLetters, type HookView } from '#app';
import { isRefusal } from '#core';
import { HttpWebhooks } from '#machine';
import { freshDatabase, type FreshDatabase } from '#runtime';
import { modelStores, openDatabase, PgUnitOfWork, TimeOrderedIds } from '#store';

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** Somebody else's server, which answers as it is told. */
const receiver = async (answer: () => number) => {
  const received: Received[] = [];
  const server: Server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
      response.writeHead(answer()).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    received,
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/news`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
};

describe('hooks', () => {
  let database: FreshDatabase;
  let dataSource: Awaited<ReturnType<typeof openDatabase>>;
  let unitOfWork: PgUnitOfWork;
  const closing: (() => Promise<unknown>)[] = [];

  beforeEach(async () => {
    database = await freshDatabase('hooks');
    dataSource = await openDatabase({ url: database.url });
    unitOfWork = new PgUnitOfWork(dataSource, modelStores);
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await dataSource.destroy();
    await database.drop();
  });

  const tell = (...kinds: string[]) =>
    unitOfWork.write('tester', async (tx) => void kinds.forEach((kind) => tx.tell({ kind, data: { kind } })));
  const hook = async (input: Partial<Parameters<CreateHook['execute']>[1]> & { url?: string }): Promise<HookView> => {
    const { url, ...more } = input;
    const made = await new CreateHook({ unitOfWork, ids: new TimeOrderedIds() }).execute('tester', {
      name: 'watcher',
      sink: url ? { kind: 'webhook', url } : { kind: 'inproc', name: 'ear' },
      ...more,
    });
    if (isRefusal(made)) throw new Error(made.detail);
    return made;
  };
  const deliverer = (inProcess = new Map()) =>
    new DeliverHooks({ unitOfWork, webhooks: new HttpWebhooks(), inProcess });
  const listening = async (answer: () => number) => {
    const made = await receiver(answer);
    closing.push(made.close);
    return made;
  };
  const find = (name: string) => unitOfWork.read((tx) => tx.hooks.find(name)) as Promise<HookView>;

  it('tell a webhook of selected events only, in order, signed, and once', async () => {
    const { url, received } = await listening(() => 204);
    await tell('node.created');
    await hook({ url, selector: { kind: 'node.*' }, signingKey: 'a key' });
    await tell('node.alive', 'deployment.committed', 'node.dead');
    await deliverer().execute();
    await deliverer().execute();
    expect(received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)).toEqual([
      'node.alive',
      'node.dead',
    ]);
    const [first] = received as [Received];
    const expected = createHmac('sha256', 'a key')
      .update(`${first.headers['anneal-time'] as string}.${first.body}`)
      .digest('hex');
    expect(first.headers['anneal-signature']).toBe(`sha256=${expected}`);
    expect(first.headers['idempotency-key']).toMatch(/^[-0-9a-f]{36}:\d+$/);
  });

  it('try again with the same key after a failure, and keep the order', async () => {
    let status = 503;
    const { url, received } = await listening(() => status);
    await hook({ url, selector: { kind: 'node.*' } });
    await tell('node.alive', 'node.dead');
    await deliverer().execute();
    expect((await find('watcher')).failures).toBe(1);
    expect((await find('watcher')).lastError).toContain('answered 503');
    await deliverer().execute();
    expect(received).toHaveLength(1);

    status = 200;
    await dataSource.query(`UPDATE hooks SET retry_at = now() - interval '1 s'`);
    await deliverer().execute();
    expect(received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind)).toEqual([
      'node.alive',
      'node.alive',
      'node.dead',
    ]);
    expect(received[0]?.headers['idempotency-key']).toBe(received[1]?.headers['idempotency-key']);
    expect((await find('watcher')).failures).toBe(0);
  });

  it('bury an event that is refused too often, and go on with the next', async () => {
    const { url, received } = await listening(() => (received.length <= DELIVERIES_MAX ? 500 : 200));
    await hook({ url, selector: { kind: 'node.*' } });
    await tell('node.alive', 'node.dead');
    for (let delivery = 0; delivery < DELIVERIES_MAX; delivery += 1) {
      await dataSource.query(`UPDATE hooks SET retry_at = NULL`);
      await deliverer().execute();
    }
    const after = await find('watcher');
    expect(after.deadLetters).toBe(1);
    expect((JSON.parse(received.at(-1)?.body as string) as { kind: string }).kind).toBe('node.dead');
  });

  describe('with a dead letter', () => {
    let status: number;
    let received: Received[];
    const letters = async () => {
      const page = await new ListDeadLetters({ unitOfWork }).execute({ hook: 'watcher' }, {});
      if (isRefusal(page)) throw new Error(page.detail);
      return page.items;
    };
    const retry = (events?: number[]) =>
      new RetryDeadLetters({ unitOfWork }).execute('ada', { hook: 'watcher', ...(events ? { events } : {}) });
    const kinds = () => received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);

    beforeEach(async () => {
      status = 500;
      const server = await listening(() => status);
      received = server.received;
      await hook({ url: server.url, selector: { kind: 'node.*' } });
      await tell('node.alive', 'node.dead');
      for (let delivery = 0; delivery < 2 * DELIVERIES_MAX; delivery += 1) {
        await dataSource.query(`UPDATE hooks SET retry_at = NULL`);
        await deliverer().execute();
      }
      received.splice(0);
    });

    it('say what was missed and why', async () => {
      expect(await letters()).toEqual([
        {
          event: 2,
          kind: 'node.alive',
          at: expect.any(Date),
          buriedAt: expect.any(Date),
          error: expect.stringContaining('answered 500'),
          wanted: false,
        },
        {
          event: 3,
          kind: 'node.dead',
          at: expect.any(Date),
          buriedAt: expect.any(Date),
          error: expect.stringContaining('answered 500'),
          wanted: false,
        },
      ]);
    });

    it('are told of it once more when somebody asks, in order, also when the history has forgotten it', async () => {
      await deliverer().execute();
      expect(received).toEqual([]);
      await dataSource.query('DELETE FROM events WHERE seq < 4');
      expect(await retry()).toEqual({ wanted: 2 });
      expect((await letters()).map(({ wanted }) => wanted)).toEqual([true, true]);
      status = 204;
      await deliverer().execute();
      expect(kinds()).toEqual(['node.alive', 'node.dead']);
      expect(received[0]?.headers['idempotency-key']).toMatch(/:2$/);
      expect(await letters()).toEqual([]);
      await deliverer().execute();
      expect(received).toHaveLength(2);
    });

    it('are told of those alone that were named', async () => {
      expect(await retry([3])).toEqual({ wanted: 1 });
      status = 204;
      await deliverer().execute();
      expect(kinds()).toEqual(['node.dead']);
      expect((await letters()).map(({ event }) => event)).toEqual([2]);
      expect(await retry([2, 3])).toMatchObject({ code: 'not-found', fields: { events: [3] } });
      expect((await letters()).map(({ wanted }) => wanted)).toEqual([false]);
    });

    it('keep what fails again, and try it once for each time that somebody asks', async () => {
      await retry();
      await deliverer().execute();
      await deliverer().execute();
      expect(kinds()).toEqual(['node.alive', 'node.dead']);
      expect((await letters()).map(({ wanted }) => wanted)).toEqual([false, false]);
      expect((await find('watcher')).deadLetters).toBe(2);
    });

    it('are told of nothing while they are switched off', async () => {
      await dataSource.query('UPDATE hooks SET active = false');
      expect(await retry()).toMatchObject({
        code: 'wrong-state',
        detail: expect.stringContaining('anneal hooks enable watcher'),
      });
    });
  });

  it('end a delivery that takes longer than its deadline', async () => {
    await hook({ deadlineMs: 100 });
    await tell('node.alive');
    await deliverer(new Map([['ear', () => new Promise<void>(() => undefined)]])).execute();
    expect((await find('watcher')).lastError).toContain('before its deadline');
  });

  it('are refused where they could do harm or mean nothing', async () => {
    const create = new CreateHook({ unitOfWork, ids: new TimeOrderedIds() });
    const refused = async (input: Parameters<CreateHook['execute']>[1]) => {
      const result = await create.execute('tester', input);
      return isRefusal(result) ? result.code : 'made';
    };
    expect(await refused({ name: 'a b', sink: { kind: 'inproc', name: 'ear' } })).toBe('invalid');
    expect(await refused({ name: 'file', sink: { kind: 'webhook', url: 'file:///etc/passwd' } })).toBe('invalid');
    expect(
      await refused({ name: 'key', sink: { kind: 'webhook', url: 'http://a' }, selector: { colour: 'red' } as object }),
    ).toBe('invalid');
    expect(await refused({ name: 'good', sink: { kind: 'webhook', url: 'https://a.example' } })).toBe('made');
    expect(await refused({ name: 'good', sink: { kind: 'webhook', url: 'https://b.example' } })).toBe('already-exists');
  });
});
