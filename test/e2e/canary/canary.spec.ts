import { createServer as listen, type Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Redis } from 'ioredis';
import { createServer, type Server } from '../../../apps/server/src/server.js';
import { ServerLog } from '../../../apps/server/src/server-log.js';
import { leaderLoops } from '../../../apps/worker/src/leader-loops.js';
import { machineLoops } from '../../../apps/worker/src/machine-loops.js';
import { startWorker, type RunningWorker } from '../../../apps/worker/src/worker.js';
import { Log, openKey, SealedAttribs, storeOutputs, type JigOutcome, type JigRun } from '#app';
import type { Json } from '#core';
import { TestJig } from '#jigs';
import { ensureKeyPair, signatureOf, SshSession } from '#machine';
import { openQueue } from '#queue';
import { freshDatabase, testRedisUrl } from '#runtime';
import {
  accessStores,
  modelStores,
  openDatabase,
  openSecretBox,
  PgEngineRecords,
  PgNews,
  PgRunLog,
  PgUnitOfWork,
  RandomSecrets,
  TimeOrderedIds,
} from '#store';
import { EmulatedCloud } from '#testkit';
import { guidelineFile } from '../../integration/model/guideline-file.js';
import { CERTIFICATION } from '../rest/certification-barclamp.js';
import { PlayedTempest } from '../rest/played-tempest.js';
import { callerOf, type Caller, type Reply } from '../rest/running-server.js';

/**
 * One secret in every field that takes one, through the API, in a system that works: a server, a worker, a queue, a
 * webhook, a cloud that lends machines, a cloud that is certified. Then everything that they kept, sent or said is searched for each of them, as it is and in the ways in which
 * bytes are written down.
 */

const chance = randomBytes(6).toString('hex');
const canary = (field: string): string => `canary-${field}-${chance}`;
/** Base64, as the key of a DNS server has to be. */
const KEY_OF_DNS = Buffer.from(canary('dns')).toString('base64');

const FIELDS = {
  default: canary('default'),
  role: canary('role'),
  deployment: canary('deployment'),
  nodeRole: canary('noderole'),
  proposed: canary('proposed'),
  hint: canary('hint'),
  output: canary('output'),
  logged: canary('logged'),
  reason: canary('reason'),
  bmc: canary('bmc').slice(0, 20),
  hook: canary('hook'),
  dns: KEY_OF_DNS,
  user: canary('user'),
  provider: canary('provider'),
  endpoint: canary('endpoint'),
} as const;

const BARCLAMP = `
name: aviary
description: For tests.
version: "1"
attribs:
  - { name: cage-code, description: Of nodes., secret: true, schema: { type: string } }
roles:
  - name: nest
    jig: test
    description: Has secrets of every kind.
    wants-attribs: [cage-code]
    attribs:
      - { name: nest-default, secret: true, default: ${FIELDS.default}, schema: { type: string } }
      - { name: nest-role, secret: true, schema: { type: string } }
      - { name: nest-deployment, secret: true, map: deep/deployment, schema: { type: string } }
      - { name: nest-own, secret: true, schema: { type: string } }
      - { name: nest-made, secret: true, generate: { length: 32, alphabet: alnum }, schema: { type: string } }
      - { name: nest-lines, secret: true, schema: { type: array } }
      - { name: nest-outputs, secret: true, schema: { type: object } }
    outputs:
      - { name: nest-egg, secret: true, schema: { type: string } }
    events:
      - { on: node.changed, do: webhook, url: "http://127.0.0.1:9/", deadline_seconds: 1 }
  - name: fledgling
    jig: test
    description: Is given secrets of another role, and fails with one in its mouth.
    requires: [nest]
    wants-attribs: [nest-egg, nest-made]
    attribs:
      - { name: fledgling-fail, secret: true, schema: { type: string } }
`;

const NODE = 'n1.example.com';
const TESTER = 'n2.example.com';
const LENT = 'n3.example.com';
/** How long anything that is awaited may take, in milliseconds. */
const WITHIN_MS = 60_000;

/** Is given what a jig is given, and remembers it. */
class SeenJig extends TestJig {
  readonly seen = new Map<string, JigRun['attribs']>();

  override run(run: JigRun): Promise<JigOutcome> {
    this.seen.set(run.roleName, run.attribs);
    return super.run(run);
  }
}

class KeptLog extends Log {
  constructor(private readonly lines: string[]) {
    super();
  }
  override info(...said: unknown[]): void {
    this.lines.push(JSON.stringify(said));
  }
  override warn(...said: unknown[]): void {
    this.lines.push(JSON.stringify(said));
  }
  override error(message: string, cause: unknown, more?: unknown): void {
    this.lines.push(JSON.stringify([message, cause instanceof Error ? cause.stack : cause, more]));
  }
}

describe('a secret in every field that takes one', () => {
  const home = mkdtempSync(join(tmpdir(), 'anneal-canary-'));
  const logs: string[] = [];
  const answers: string[] = [];
  const posted: { body: string; time: string; signature: string }[] = [];
  const jig = new SeenJig();
  const queueName = `canary-${randomUUID()}`;
  let database: Awaited<ReturnType<typeof freshDatabase>>;
  let server: Server;
  let worker: RunningWorker;
  let receiver: HttpServer;
  let cloud: EmulatedCloud;
  let played: PlayedTempest;
  const certifications: string[] = [];
  let admin: Caller;
  let url = '';
  let token = '';
  let queued = '';
  let closing: () => Promise<void>;

  const must = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const reply: Reply = await admin(method, path, { body, headers });
    answers.push(`${method} ${path}: ${JSON.stringify(reply.body)}`);
    if (reply.status >= 300) throw new Error(`${method} ${path} was answered with ${reply.status}: ${answers.at(-1)}`);
    return reply.body;
  };
  const query = async <Row>(sql: string, values: readonly unknown[] = []): Promise<Row[]> =>
    (await server.assembly.dataSource.query(sql, [...values])) as Row[];
  const until = async (path: string, holds: (body: Record<string, unknown>) => boolean): Promise<void> => {
    const deadline = performance.now() + WITHIN_MS;
    for (;;) {
      const body = await must('GET', path);
      if (holds(body)) return;
      if (performance.now() > deadline) throw new Error(`${path} did not come to be: ${JSON.stringify(body)}`);
      await server.assembly.feed.next(AbortSignal.timeout(WITHIN_MS), 50);
    }
  };
  const attrib = (target: string, name: string, value: unknown) =>
    must('PUT', `${target}/attribs/${name}`, { value }, { 'idempotency-key': randomUUID() });

  const certify = async (what: object): Promise<void> => {
    const goals = [{ guideline: '2031.01', program: 'compute' }];
    const { id } = await must('POST', 'certifications', { ...what, tester: TESTER, goals });
    await until(`certifications/${id}`, ({ ended_at: at }) => at !== null);
    certifications.push(id);
  };

  beforeAll(async () => {
    database = await freshDatabase('canary');
    const log = new ServerLog({ level: 'debug', stream: { write: (line: string) => void logs.push(line) } });
    server = await createServer({ databaseUrl: database.url, home, log });
    url = `http://127.0.0.1:${await server.listen(0, '127.0.0.1')}`;
    admin = callerOf(url, server.hostToken);
    receiver = listen((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'anneal-time': time, 'anneal-signature': signature } = request.headers;
        posted.push({ body: Buffer.concat(chunks).toString(), time: String(time), signature: String(signature) });
        response.end();
      });
    });
    await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
    const heard = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

    for (const barclamp of [BARCLAMP, CERTIFICATION])
      await must('POST', 'barclamps', barclamp, { 'content-type': 'application/yaml' });
    await must('PATCH', 'jigs/test', { active: true }, { 'if-match': '*' });
    await must('POST', 'guidelines', guidelineFile(), { 'content-type': 'application/octet-stream' });
    await must('POST', 'hooks', { name: 'bell', sink: { kind: 'webhook', url: heard }, signing_key: FIELDS.hook });
    await must('POST', 'deployments', { name: 'shop' });
    for (const name of [NODE, TESTER])
      await must('POST', 'nodes', { name, deployment: 'shop', probed: false, alive: true });
    await must('PUT', `nodes/${NODE}/bmc`, {
      address: '127.0.0.1',
      user: 'root',
      password: FIELDS.bmc,
      protocols: ['redfish'],
      redfish_port: 9,
    });
    await must('POST', 'dns/servers', {
      name: 'bind',
      address: '127.0.0.1',
      port: 9,
      zones: ['shop.example'],
      key_name: 'anneal',
      key_secret: FIELDS.dns,
    });
    cloud = await EmulatedCloud.start();
    cloud.state.secret = FIELDS.provider;
    // A machine that refuses whoever knocks: its key is kept as long as nobody has logged in.
    cloud.state.floatingPool = ['127.0.0.1'];
    const repeats = { message: `The password ${FIELDS.provider} of ${cloud.state.user} is not taken.` };
    cloud.faults.push({ service: 'identity', reply: { status: 401, body: { error: repeats } } });
    const { access } = cloud;
    const wish = { ssh_port: 9 };
    await must('POST', 'providers', { name: 'acme', access, wish, secret: 'another, to begin with' });
    await must('PATCH', 'providers/acme', { secret: FIELDS.provider }, { 'if-match': '*' });
    const { id: refused } = await must('POST', 'providers/acme/nodes', {});
    await must('POST', 'users', { name: 'ursula', role: 'viewer', password: FIELDS.user });
    token = (await admin('POST', 'tokens', { body: { name: 'tokyo', role: 'viewer' } })).body.secret;
    await must('POST', 'deployments/shop/bulk', { bind: [{ role: 'fledgling', node: NODE }] });
    await attrib('roles/nest', 'nest-role', FIELDS.role);
    await attrib('deployment_roles/nest@shop', 'nest-deployment', FIELDS.deployment);
    await attrib(`node_roles/nest@${NODE}`, 'nest-own', FIELDS.nodeRole);
    await attrib(`node_roles/nest@${NODE}`, 'nest-lines', [`said: ${FIELDS.logged}`, FIELDS.logged]);
    await attrib(`node_roles/nest@${NODE}`, 'nest-outputs', { 'nest-egg': FIELDS.output });
    await attrib(`node_roles/fledgling@${NODE}`, 'fledgling-fail', FIELDS.reason);
    await must('PATCH', `nodes/${NODE}`, { hints: { 'cage-code': FIELDS.hint } }, { 'if-match': '*' });
    await must('POST', 'deployments/shop/preview', {});

    const dataSource = await openDatabase({ url: database.url, connectionsMax: 8, byIndex: true });
    const unitOfWork = new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) }));
    const box = openSecretBox(home, undefined);
    const workerLog = new KeptLog(logs);
    played = new PlayedTempest(unitOfWork, home);
    const session = new SshSession({ privateKey: { path: ensureKeyPair(home).privateKeyPath } });
    const queue = await openQueue({
      redisUrl: testRedisUrl() ?? undefined,
      databaseUrl: database.url,
      name: queueName,
    });
    const parts = {
      unitOfWork,
      records: new PgEngineRecords(dataSource),
      queue,
      news: new PgNews(database.url),
      runLog: new PgRunLog(dataSource),
      ids: new TimeOrderedIds(),
      log: workerLog,
      jigs: [jig, played],
      stage: (tx, ids) => tx.attribs.stage(ids),
      storeOutputs,
      sealed: new SealedAttribs(box, new RandomSecrets()),
      leaderLoops: [
        ...leaderLoops(unitOfWork, new Map(), workerLog, box),
        ...machineLoops({ unitOfWork, session, ids: new TimeOrderedIds(), log: workerLog, secrets: box }),
      ],
    } satisfies Parameters<typeof startWorker>[0];
    // The leader carries nothing out itself, so that every run goes through the queue.
    worker = await startWorker({ ...parts, runsMax: 0 });
    const other = await startWorker({ ...parts, leaderLoops: [] });
    await must('PUT', 'deployments/shop/commit', { note: 'go' });
    await until(`node_roles/fledgling@${NODE}`, ({ state }) => state === 'error');
    await attrib(`node_roles/nest@${NODE}`, 'nest-own', FIELDS.proposed);
    await must('GET', `deployments/shop/preview`).catch(() => null);
    await certify({ deployment: 'shop' });
    const account = { username: 'admin', password: FIELDS.endpoint, project: 'admin' };
    await certify({ endpoint: { identity_url: 'https://cloud.example.com:5000/v3', admin: account } });
    await until(`providers/acme/nodes/${refused}`, ({ state }) => state === 'failed');
    await must('POST', 'providers/acme/nodes', { name: LENT });
    await until(`providers/acme/nodes/${LENT}`, ({ step, says }) => step === 'log-in' && says !== '');
    await until('hooks/bell', ({ position, failures }) => Number(position) > 0 && failures === 0);
    const redis = testRedisUrl();
    queued = redis === null ? '' : await everythingIn(redis);
    closing = async () => {
      await other.stop();
      await worker.stop();
      await queue.close();
      await session.close();
      await dataSource.destroy();
    };
  });
  afterAll(async () => {
    await closing?.();
    await cloud?.stop();
    await server?.stop();
    receiver?.close();
    await database?.drop();
    rmSync(home, { recursive: true, force: true });
  });

  const nowhere = (text: string, where: string, besides: Readonly<Record<string, string>> = {}): void => {
    for (const [field, secret] of Object.entries({ ...FIELDS, ...besides }))
      for (const written of formsOf(secret))
        expect(text.includes(written), `${field} in ${where}: ${written}`).toBe(false);
  };

  /** A line of the key of the machine that was asked for: it is nobody's but the worker's. */
  const keyOfLent = async (): Promise<string> => {
    const [row] = await query<{ id: string; key_sealed: string }>(
      'SELECT id, key_sealed FROM provided_nodes WHERE name = $1',
      [LENT],
    );
    const key = openSecretBox(home, undefined).open(row!.key_sealed, `provided_nodes/${row!.id}/key`);
    return key!.split('\n')[2]!;
  };

  it('was kept and put to use, or this would prove nothing', async () => {
    expect(jig.seen.get('nest')).toMatchObject({
      'nest-default': FIELDS.default,
      'nest-role': FIELDS.role,
      'nest-deployment': FIELDS.deployment,
      'nest-own': FIELDS.nodeRole,
      'cage-code': FIELDS.hint,
      'nest-made': expect.stringMatching(/^[A-Za-z0-9]{32}$/),
    });
    expect(jig.seen.get('fledgling')).toMatchObject({
      'nest-egg': FIELDS.output,
      'nest-made': jig.seen.get('nest')?.['nest-made'],
    });
    const [first] = posted;
    expect(first?.signature).toBe(signatureOf(FIELDS.hook, first!.time, first!.body));
    const box = openSecretBox(home, undefined);
    const [dns] = await query<{ id: string; key_secret: string }>('SELECT id, key_secret FROM dns_servers');
    expect(openKey(box, dns!.key_secret, { place: 'dns_servers', id: dns!.id })).toBe(FIELDS.dns);
    const [provider] = await query<{ id: string; secret: string }>('SELECT id, secret FROM providers');
    expect(openKey(box, provider!.secret, { place: 'providers', id: provider!.id })).toBe(FIELDS.provider);
    expect(cloud.state.logins).toBeGreaterThan(0);
    expect(played.seen).toMatchObject({ access: { admin: { password: FIELDS.endpoint } } });
    expect(certifications).toHaveLength(2);
    const [data] = await query<{ data: Json }>('SELECT jsonb_agg(to_jsonb(d)) AS data FROM node_role_data d');
    const opened = new SealedAttribs(box, new RandomSecrets()).open(data!.data);
    expect(JSON.stringify(opened)).toContain(FIELDS.proposed);
  });

  it('is in no row of any table', async () => {
    const tables = await query<{ name: string }>(
      `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')`,
    );
    expect(tables.length).toBeGreaterThan(40);
    const made = String(jig.seen.get('nest')?.['nest-made']);
    const key = await keyOfLent();
    for (const { name } of tables) {
      const rows = await query<{ row: string }>(`SELECT t::text AS row FROM ${name} t`);
      nowhere(rows.map(({ row }) => row).join('\n'), name, { token, made, key, host: server.hostToken });
    }
  });

  it('is in nothing that the queue holds', () => {
    if (testRedisUrl() === null) return expect(queued).toBe('');
    expect(queued).toContain(queueName);
    nowhere(queued, 'Redis');
  });

  it('is in no line of any log: of runs, of the server, of the worker', async () => {
    const lines = await query<{ text: string }>('SELECT text FROM run_log_lines');
    expect(lines.map(({ text }) => text)).toEqual(['(hidden)', '(hidden)']);
    nowhere(logs.join('\n'), 'the logs of processes', { token });
  });

  it('is in no event and in nothing that hooks were told', async () => {
    expect(posted.length).toBeGreaterThan(5);
    nowhere(posted.map(({ body }) => body).join('\n'), 'webhooks', { token });
  });

  it('is in no answer, not even to whoever gave it', async () => {
    const rendered = await admin('POST', `bootenvs/discovery/render?node=${NODE}`, { body: {} });
    answers.push(JSON.stringify(rendered.body));
    for (const path of [
      'runs',
      'events?limit=1000',
      'operations',
      'audit',
      'snapshots',
      `nodes/${NODE}/timeline`,
      `nodes/${NODE}/bmc`,
      'deployments/shop/snapshots/1',
    ])
      answers.push(JSON.stringify((await admin('GET', path)).body));
    for (const { id } of (await admin('GET', 'runs?limit=1000')).body.items)
      for (const part of ['', '/log']) answers.push(JSON.stringify((await admin('GET', `runs/${id}${part}`)).body));
    nowhere(answers.join('\n'), 'answers', { token });
  });

  it('is in nothing that is told of a machine that a cloud lends, though the cloud repeated it', async () => {
    const [failed] = await query<{ says: string }>(`SELECT says FROM provider_steps WHERE answer = 'no'`);
    expect(failed!.says).toContain('The password (hidden) of demo is not taken.');
    const key = await keyOfLent();
    for (const path of [
      'providers',
      'providers/acme',
      'providers/acme/nodes',
      'providers/acme/report',
      'events?limit=1000',
    ])
      nowhere(JSON.stringify((await admin('GET', path)).body), path, { key });
  });

  it('is in no evidence of a certification, and in no report', async () => {
    for (const id of certifications) {
      const answer = await fetch(`${url}/api/v2/certifications/${id}/evidence`, {
        headers: { authorization: `Bearer ${server.hostToken}` },
      });
      expect(answer.status).toBe(200);
      const bundle = Buffer.from(await answer.arrayBuffer()).toString('latin1');
      if (id === certifications[0]) expect(bundle, 'attributes are disclosed').toContain(`nest@${NODE}/nest-own`);
      nowhere(bundle, `the evidence of ${id}`, { token });
      for (const part of ['', '/report', '/report.html', '/junit', '/configuration'])
        nowhere(JSON.stringify((await admin('GET', `certifications/${id}${part}`)).body), part, { token });
    }
  });

  it('is in nothing that a machine is given to boot: no rendered file, no kernel command line', async () => {
    const { body } = await admin('GET', 'bootenvs?limit=100');
    for (const { name } of body.items) {
      const rendered = await admin('POST', `bootenvs/${name}/render?node=${NODE}`, { body: {} });
      nowhere(JSON.stringify(rendered.body), `boot environment ${name}`, { token });
    }
  });
});

/** As it is, in hex as PostgreSQL writes bytes, and in base64 wherever it may begin. */
const formsOf = (secret: string): string[] => [
  secret,
  Buffer.from(secret).toString('hex'),
  ...[0, 1, 2].map((skip) => {
    const encoded = Buffer.from('x'.repeat(skip) + secret).toString('base64');
    // What the neighbours decide is cut off at both ends.
    return encoded.slice(skip === 0 ? 0 : 4, -4);
  }),
];

/** All keys and their values, as text. */
const everythingIn = async (url: string): Promise<string> => {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 });
  try {
    const found: string[] = [];
    for (let cursor = '0', begun = false; cursor !== '0' || !begun; begun = true) {
      const [next, keys] = await redis.scan(cursor, 'COUNT', 1_000);
      cursor = next;
      for (const key of keys)
        found.push(key, (await redis.dumpBuffer(key))?.toString('latin1') ?? '', await read(redis, key));
    }
    return found.join('\n');
  } finally {
    await redis.quit();
  }
};

const read = async (redis: Redis, key: string): Promise<string> => {
  const kind = await redis.type(key);
  const value =
    kind === 'hash'
      ? await redis.hgetall(key)
      : kind === 'list'
        ? await redis.lrange(key, 0, -1)
        : kind === 'zset'
          ? await redis.zrange(key, 0, -1)
          : kind === 'set'
            ? await redis.smembers(key)
            : kind === 'stream'
              ? await redis.xrange(key, '-', '+')
              : kind === 'string'
                ? await redis.get(key)
                : null;
  return JSON.stringify(value);
};
