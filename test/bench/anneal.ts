import { randomUUID } from 'node:crypto';
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { leaderLoops } from '../../apps/worker/src/leader-loops.js';
import { startWorker } from '../../apps/worker/src/worker.js';
import {
  CreateHook,
  SilentLog,
  storeOutputs,
  SystemClock,
  useCases,
  Jig,
  type JigOutcome,
  type JigRun,
  type StageRuns,
} from '#app';
import { isRefusal } from '#core';
import { LiquidRenderer } from '#catalog';
import { NoopJig } from '#jigs';
import { openQueue } from '#queue';
import { freshDatabase, startPostgres, startRedis, temporaryHome } from '#runtime';
import {
  AjvValidator,
  modelStores,
  openDatabase,
  PgEngineRecords,
  PgNews,
  PgRunLog,
  PgUnitOfWork,
  TimeOrderedIds,
} from '#store';
import { writeGraph } from '#testkit';
import type { Bench, BenchResult } from './bench.js';

const CAPS = [10, 50, 500];
const ROLES_PER_NODE = 20;
/** Roles of every node that also need the admin node's last one: the longest chain is 40, as in a real system deployment. */
const CROSS_ROLES = [0, 10];
/** How long one pass over the whole graph may take, in milliseconds, before the bench gives up. */
const SETTLE_MS_MAX = 600_000;
const RAW_JOBS = 20_000;

interface Services {
  readonly databaseUrl: string;
  readonly redisUrl: string;
  stop(): Promise<void>;
}

/** PostgreSQL as `anneal up` starts it, with fsync on, and a Redis beside it. */
const startServices = async (): Promise<Services> => {
  const home = temporaryHome();
  const log = (): void => undefined;
  const postgres = await startPostgres({ home, log, externalUrl: null });
  const redis = await startRedis({ home, log, externalUrl: null });
  if (!redis) throw new Error('this bench compares with BullMQ on Redis: install redis-server');
  process.env['ANNEAL_TEST_DATABASE_URL'] = postgres.url;
  return {
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    stop: async () => {
      await redis.stop();
      await postgres.stop();
      home.remove();
    },
  };
};

/** BullMQ alone on the same Redis: jobs that do nothing, added by the thousand and drained by fifty at a time. */
const rawJobsPerSecond = async (redisUrl: string): Promise<number> => {
  const name = `raw-${randomUUID()}`;
  const connections = [0, 1].map(() => new Redis(redisUrl, { maxRetriesPerRequest: null }));
  const queue = new Queue(name, { connection: connections[0] as Redis });
  let done = 0;
  let finish: () => void = () => undefined;
  const drained = new Promise<void>((resolve) => (finish = resolve));
  const begun = performance.now();
  for (let at = 0; at < RAW_JOBS; at += 1_000)
    await queue.addBulk(
      Array.from({ length: 1_000 }, (_, job) => ({
        name: 'noop',
        data: { job: at + job },
        opts: { removeOnComplete: true },
      })),
    );
  const worker = new Worker(name, async () => void ((done += 1) === RAW_JOBS && finish()), {
    connection: connections[1] as Redis,
    concurrency: 50,
  });
  await drained;
  const perSecond = RAW_JOBS / ((performance.now() - begun) / 1_000);
  await worker.close();
  await queue.close();
  for (const connection of connections) connection.disconnect();
  return perSecond;
};

/** The noop jig, which notes when each noderole's run reached it, by the clock that the database here goes by. */
class NotingJig extends Jig {
  readonly name = 'noop';
  readonly begunAt = new Map<string, number>();
  private readonly noop = new NoopJig();

  override run(run: JigRun): Promise<JigOutcome> {
    this.begunAt.set(run.nodeRoleId, Date.now());
    return this.noop.run();
  }
}

interface Settling {
  readonly settledPerSecond: number;
  readonly transitionsPerSecond: number;
  readonly commitSeconds: number;
  readonly previewSeconds: number;
  readonly startP99Ms: number;
  readonly rssMb: number;
}

/** Commits a fresh graph and waits until every noderole is active; then looks at all of it. */
const settleOnce = async (services: Services, nodes: number, cap: number): Promise<Settling> => {
  const fresh = await freshDatabase('bench');
  const dataSource = await openDatabase({ url: fresh.url, applicationName: 'anneal bench' });
  try {
    const graph = await writeGraph(dataSource, {
      nodes,
      rolesPerNode: ROLES_PER_NODE,
      jig: 'noop',
      crossRoles: CROSS_ROLES,
    });
    await dataSource.query(`UPDATE settings SET value = $1 WHERE key = 'runs_at_once_max'`, [JSON.stringify(cap)]);
    const engineSource = await openDatabase({ url: fresh.url, applicationName: 'anneal worker', byIndex: true });
    const unitOfWork = new PgUnitOfWork(engineSource, modelStores);
    const stage: StageRuns = (tx, ids) => tx.attribs.stage(ids);
    // Somebody listens to the history, as a monitoring system would.
    const ear = new Map([['ear', async () => undefined]]);
    const queue = await openQueue({ redisUrl: services.redisUrl, databaseUrl: fresh.url, name: randomUUID() });
    const jig = new NotingJig();
    const worker = await startWorker({
      unitOfWork,
      records: new PgEngineRecords(engineSource),
      queue,
      news: new PgNews(fresh.url),
      runLog: new PgRunLog(engineSource),
      ids: new TimeOrderedIds(),
      log: new SilentLog(),
      jigs: [jig],
      stage,
      storeOutputs,
      leaderLoops: leaderLoops(unitOfWork, ear),
    });
    const model = useCases(new PgUnitOfWork(dataSource, modelStores), {
      ids: new TimeOrderedIds(),
      clock: new SystemClock(),
      schemas: new AjvValidator(),
      templates: new LiquidRenderer(),
      vetoes: [],
      jigs: [],
    });
    await answered(
      new CreateHook({ unitOfWork, ids: new TimeOrderedIds() }).execute('bench', {
        name: 'ear',
        sink: { kind: 'inproc', name: 'ear' },
        selector: { kind: 'deployment.*' },
      }),
    );
    const previewSeconds = await seconds(async () => answered(model.previewCommit.execute({ deployment: 'fleet' })));
    const commitSeconds = await seconds(async () =>
      answered(model.commitDeployment.execute('bench', { deployment: 'fleet' })),
    );
    await allActive(dataSource);
    const [time] = (await dataSource.query(
      `SELECT extract(epoch FROM max(at) - min(at))::float8 AS seconds, count(*)::int AS transitions FROM events
       WHERE kind IN ('node_role.todo', 'node_role.transition', 'node_role.active')`,
    )) as [{ seconds: number; transitions: number }];
    await check(dataSource, graph.nodeRoles);
    const planned = (await dataSource.query(
      `SELECT node_role_id AS id, extract(epoch FROM at)::float8 * 1000 AS at FROM events WHERE kind = 'node_role.transition'`,
    )) as { id: string; at: number }[];
    const waits = planned.map(({ id, at }) => (jig.begunAt.get(id) as number) - at).sort((a, b) => a - b);
    const rssMb = process.memoryUsage.rss() / 2 ** 20;
    await worker.stop();
    await queue.close();
    await engineSource.destroy();
    return {
      settledPerSecond: graph.nodeRoles / time.seconds,
      transitionsPerSecond: time.transitions / time.seconds,
      commitSeconds,
      previewSeconds,
      startP99Ms: waits[Math.floor(waits.length * 0.99)] as number,
      rssMb,
    };
  } finally {
    await dataSource.destroy();
    await fresh.drop();
  }
};

const answered = async <Answer>(work: Promise<Answer>): Promise<Answer> => {
  const answer = await work;
  if (isRefusal(answer)) throw new Error(answer.detail);
  return answer;
};

const seconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = performance.now();
  await work();
  return (performance.now() - begun) / 1_000;
};

type Database = Awaited<ReturnType<typeof openDatabase>>;

const allActive = async (dataSource: Database): Promise<void> => {
  const deadline = performance.now() + SETTLE_MS_MAX;
  for (;;) {
    const [row] = (await dataSource.query(`SELECT EXISTS (SELECT FROM node_roles WHERE state <> 0) AS more`)) as [
      { more: boolean },
    ];
    if (!row.more) return;
    if (performance.now() > deadline) throw new Error(`the graph did not settle within ${SETTLE_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
};

/** A fast result that is wrong is worth nothing. */
const check = async (dataSource: Database, nodeRoles: number): Promise<void> => {
  const [row] = (await dataSource.query(
    `SELECT (SELECT count(*) FROM runs WHERE state = 'succeeded')::int AS runs, (SELECT count(*) FROM events)::int AS events,
            (SELECT last FROM event_counter)::int AS last, (SELECT sum(unmet) FROM node_roles)::int AS unmet`,
  )) as [{ runs: number; events: number; last: number; unmet: number }];
  if (row.runs !== nodeRoles || row.unmet !== 0 || row.events !== row.last)
    throw new Error(`the graph settled wrongly: ${JSON.stringify(row)}`);
};

export const annealBench: Bench = {
  name: 'anneal',
  says: 'noderoles settled per second beside raw BullMQ [--nodes N] [--caps 10,50,500]',
  rounds: 3,
  async round(args, progress): Promise<BenchResult> {
    const nodes = Number(args[args.indexOf('--nodes') + 1] ?? NaN) || 1_000;
    const given = args[args.indexOf('--caps') + 1];
    const caps = args.includes('--caps') && given ? given.split(',').map(Number) : CAPS;
    const services = await startServices();
    try {
      const raw = [await rawJobsPerSecond(services.redisUrl)];
      progress(`raw BullMQ: ${raw[0]?.toFixed(0)} jobs/s`);
      const settling = new Map<number, Settling>();
      for (const cap of caps) {
        const result = await settleOnce(services, nodes, cap);
        settling.set(cap, result);
        progress(
          `cap ${cap}: ${result.settledPerSecond.toFixed(0)} noderoles/s, commit ${result.commitSeconds.toFixed(2)} s, preview ${result.previewSeconds.toFixed(2)} s, start p99 ${result.startP99Ms.toFixed(1)} ms`,
        );
      }
      raw.push(await rawJobsPerSecond(services.redisUrl));
      const jobs = (raw[0] as number) / 2 + (raw[1] as number) / 2;
      return {
        metrics: metricsOf(settling, jobs),
        settings: { nodes, roles_per_node: ROLES_PER_NODE, caps, fsync: 'on', workers: 1, queue: 'redis' },
      };
    } finally {
      await services.stop();
    }
  },
};

/** The middle cap speaks for what is told once. */
const metricsOf = (settling: ReadonlyMap<number, Settling>, jobsPerSecond: number): Record<string, number> => {
  const all = [...settling];
  const [, usual] = (all.find(([cap]) => cap === 50) ?? all[0]) as [number, Settling];
  return {
    ...Object.fromEntries(all.map(([cap, { settledPerSecond }]) => [`noderoles_per_s_cap${cap}`, settledPerSecond])),
    transitions_per_s: usual.transitionsPerSecond,
    bullmq_jobs_per_s: jobsPerSecond,
    ...Object.fromEntries(
      all
        .filter(([cap]) => cap !== 10)
        .map(([cap, { settledPerSecond }]) => [`ratio_cap${cap}`, settledPerSecond / jobsPerSecond]),
    ),
    commit_s: usual.commitSeconds,
    preview_s: usual.previewSeconds,
    start_p99_ms: usual.startP99Ms,
    rss_mb: Math.max(...all.map(([, { rssMb }]) => rssMb)),
  };
};
