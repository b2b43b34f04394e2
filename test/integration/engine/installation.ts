import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { startWorker, type RunningWorker, type WorkerParts } from '../../../apps/worker/src/worker.js';
import { SilentLog, type Jig, type JobQueue } from '#app';
import { audit, GraphDraft, isRefusal, stateOf, type Graph, type NodeRoleState, type Refusal } from '#core';
import { MemoryQueue, openQueue } from '#queue';
import { freshDatabase, testRedisUrl, type FreshDatabase } from '#runtime';
import { openDatabase, PgEngineRecords, PgNews, PgRunLog, PgUnitOfWork, TimeOrderedIds } from '#store';
import { HandJig } from './hand-jig.js';
import { layGraph, uuidOf } from './lay-graph.js';
import { Life } from './mortal.js';

type Database = Awaited<ReturnType<typeof openDatabase>>;
export type QueueKind = 'memory' | 'redis' | 'postgres';

/** How long anything that is awaited may take, in milliseconds. */
const WITHIN_MS = 30_000;

/** Limits that let a test see within seconds what follows from them; the heartbeat comes once a second. */
export const QUICK = {
  rescueLimits: { queuedMsMax: 1_000, silenceMsMax: 2_200, attemptsMax: 3, overdueMsMax: 1_500 },
  lease: { ms: 1_200, renewMs: 300 },
  heartbeatLostMs: 1_900,
} as const;

export interface Hired {
  readonly worker: RunningWorker;
  readonly life: Life;
}

/** An installation inside the test's process: a database with a drawn graph, a queue, and any number of workers. */
export class Installation {
  readonly jig = new HandJig();
  readonly unitOfWork: PgUnitOfWork;
  readonly records: PgEngineRecords;
  private readonly hired: Hired[] = [];
  private readonly queues: JobQueue[] = [];
  private readonly memory = new MemoryQueue();
  private readonly queueName = randomUUID();
  private readonly connections: Database[] = [];
  private closed = false;

  private constructor(
    private readonly fresh: FreshDatabase,
    readonly dataSource: Database,
    private readonly queueKind: QueueKind,
    private readonly byQueueAlone: boolean,
    private readonly redisUrl: string | null,
  ) {
    this.unitOfWork = new PgUnitOfWork(dataSource);
    this.records = new PgEngineRecords(dataSource);
  }

  /** With a `queue` that is named, every run goes through it; else the worker that plans carries its share itself. */
  static async open(
    graph: Graph,
    options: { queue?: QueueKind; cap?: number; redisUrl?: string } = {},
  ): Promise<Installation> {
    const fresh = await freshDatabase('engine');
    const dataSource = await openDatabase({ url: fresh.url, connectionsMax: 4 });
    await layGraph(dataSource, graph);
    if (options.cap)
      await dataSource.query(`UPDATE settings SET value = $1 WHERE key = 'runs_at_once_max'`, [
        JSON.stringify(options.cap),
      ]);
    const kind = options.queue ?? 'memory';
    return new Installation(fresh, dataSource, kind, options.queue !== undefined, options.redisUrl ?? testRedisUrl());
  }

  get url(): string {
    return this.fresh.url;
  }

  /** Starts a worker; with a `life`, one that may die. */
  async hire(more: Partial<WorkerParts> & { life?: Life; jig?: Jig } = {}): Promise<Hired> {
    const { life = new Life(), jig = this.jig, ...parts } = more;
    const dataSource = await openDatabase({ url: this.fresh.url, connectionsMax: 6, byIndex: true });
    this.connections.push(dataSource);
    const queue = await this.queue();
    // The dead take nothing off a queue, and are not told anything.
    const mortalQueue = life.mortal('queue', {
      deliver: (envelopes) => queue.deliver(envelopes),
      receive: async (handler, options) => {
        const receiver = await queue.receive(handler, options);
        life.onDeath(() => void receiver.close().catch(() => undefined));
        return receiver;
      },
      backend: queue.backend,
      waiting: () => queue.waiting(),
      close: () => queue.close(),
    } as JobQueue);
    const news = new PgNews(this.fresh.url);
    const worker = await startWorker({
      unitOfWork: life.mortal('unitOfWork', new PgUnitOfWork(dataSource)),
      records: life.mortal('records', new PgEngineRecords(dataSource)),
      queue: mortalQueue,
      news,
      runLog: life.mortal('runLog', new PgRunLog(dataSource)),
      ids: new TimeOrderedIds(),
      log: new SilentLog(),
      jigs: [jig],
      stage: async (_, ids) => new Map(ids.map((id) => [id, { attribs: {} }])),
      storeOutputs: async () => undefined,
      byQueueAlone: this.byQueueAlone,
      ...QUICK,
      ...parts,
    });
    const hired = { worker, life };
    this.hired.push(hired);
    return hired;
  }

  /** Another handle on the installation's queue. */
  async queue(): Promise<JobQueue> {
    if (this.queueKind === 'memory') return this.memory;
    const redisUrl = this.queueKind === 'redis' ? (this.redisUrl as string) : undefined;
    const queue = await openQueue({ redisUrl, databaseUrl: this.fresh.url, name: this.queueName });
    this.queues.push(queue);
    return queue;
  }

  /** One decision by an operator. */
  async decide(
    roots: { nodeRoles?: string[]; nodes?: string[]; deployments?: string[] },
    rule: (draft: GraphDraft) => Refusal | null,
  ): Promise<Refusal | null> {
    const result = await this.unitOfWork.write('operator', async (tx) => {
      const graph = await tx.graph.slice({
        nodeRoleIds: (roots.nodeRoles ?? []).map((name) => uuidOf(name)),
        nodeIds: (roots.nodes ?? []).map((name) => uuidOf(name)),
        deploymentIds: (roots.deployments ?? []).map((name) => uuidOf(name)),
      });
      const draft = new GraphDraft(graph);
      const refusal = rule(draft);
      if (!refusal) await tx.graph.save(graph, draft.decision());
      return refusal;
    });
    return isRefusal(result) ? result : null;
  }

  async stateOf(name: string): Promise<NodeRoleState> {
    const [row] = await this.rows<{ state: number }>('SELECT state FROM node_roles WHERE id = $1', [uuidOf(name)]);
    return stateOf((row as { state: number }).state);
  }

  async rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.dataSource.query(text, values)) as Row[];
  }

  /** The history as lines: `A todo>transition`, with names for ids where `names` knows them. */
  async kinds(name: string): Promise<string[]> {
    const rows = await this.rows<{ kind: string }>('SELECT kind FROM events WHERE node_role_id = $1 ORDER BY seq', [
      uuidOf(name),
    ]);
    return rows.map(({ kind }) => kind.replace('node_role.', ''));
  }

  /** Resolves as soon as it is true; looks whenever something was committed. */
  async until(says: string, holds: () => Promise<boolean>, withinMs = WITHIN_MS): Promise<void> {
    let look: () => void = () => undefined;
    const listening = await new PgNews(this.fresh.url).listen(() => look());
    const deadline = performance.now() + withinMs;
    try {
      while (!(await holds())) {
        const left = deadline - performance.now();
        if (left <= 0)
          throw new Error(`it did not come to pass within ${withinMs} ms that ${says}: ${await this.summary()}`);
        await new Promise<void>((resolve) => {
          // Not everything that is written is told; what is not is looked for.
          const timer = setTimeout(resolve, Math.min(100, left));
          look = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    } finally {
      await listening.close();
    }
  }

  untilState(name: string, state: NodeRoleState): Promise<void> {
    return this.until(`${name} is ${state}`, async () => (await this.stateOf(name)) === state);
  }

  untilAllActive(): Promise<void> {
    return this.until('everything is active', async () => {
      const [row] = await this.rows<{ more: boolean }>(
        'SELECT EXISTS (SELECT FROM node_roles WHERE state <> 0 OR dirty) AS more',
      );
      return !row?.more;
    });
  }

  /** What the audit and the history's own numbers say; empty when all is well. */
  async findings(): Promise<string[]> {
    const graph = await this.unitOfWork.read((tx) => tx.graph.whole());
    const [count] = await this.rows<{ events: number; highest: number; last: number }>(
      `SELECT count(*)::int AS events, coalesce(max(seq), 0)::int AS highest, (SELECT last FROM event_counter)::int AS last FROM events`,
    );
    const { events, highest, last } = count as { events: number; highest: number; last: number };
    const gaps =
      events === highest && highest === last
        ? []
        : [`${events} events, the highest is ${highest}, the counter says ${last}`];
    return [...audit(graph).map(({ sentence }) => sentence), ...gaps];
  }

  /** Nobody can reach the database from now on, until what this returns is called. */
  async cutOff(): Promise<() => Promise<void>> {
    const name = new URL(this.fresh.url).pathname.slice(1);
    const asAdministrator = async (...statements: string[]): Promise<void> => {
      const client = new pg.Client({ connectionString: process.env['ANNEAL_TEST_DATABASE_URL'] });
      await client.connect();
      for (const statement of statements) await client.query(statement);
      await client.end();
    };
    await asAdministrator(
      `ALTER DATABASE ${name} ALLOW_CONNECTIONS false`,
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`,
    );
    return () => asAdministrator(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
  }

  /** Harmless twice. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const { worker } of this.hired) await worker.stop().catch(() => undefined);
    for (const queue of this.queues) await queue.close().catch(() => undefined);
    for (const dataSource of [...this.connections, this.dataSource]) await dataSource.destroy();
    await this.fresh.drop();
  }

  private async summary(): Promise<string> {
    const rows = await this.rows(
      `SELECT ro.name, nr.state, nr.unmet, nr.dirty, nr.status, r.state AS run, r.attempt FROM node_roles nr JOIN roles ro ON ro.id = nr.role_id
       LEFT JOIN runs r ON r.id = nr.run_id ORDER BY nr.cohort, ro.name`,
    );
    return JSON.stringify(rows);
  }
}
