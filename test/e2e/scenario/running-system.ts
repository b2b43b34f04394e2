import { randomUUID } from 'node:crypto';
import { setTimeout as passed } from 'node:timers/promises';
import { leaderLoops } from '../../../apps/worker/src/leader-loops.js';
import { startWorker } from '../../../apps/worker/src/worker.js';
import { ANNEAL_LEASE, storeOutputs } from '#app';
import { openQueue } from '#queue';
import { testRedisUrl } from '#runtime';
import { accessStores, modelStores, openDatabase, PgNews, PgRunLog, PgUnitOfWork, TimeOrderedIds } from '#store';
import { startServer, type Caller } from '../rest/running-server.js';
import { Bell } from './bell.js';
import { FaultLog } from './fault-log.js';
import { HeldJig } from './held-jig.js';
import { Quiet, WatchedRecords, WatchedUnitOfWork } from './quiet.js';

/** How often the worker asks whether it may lead, in milliseconds: often, as each pass waits for it. */
const LEASE_RENEW_MS = 30;
const LEASE_MS = 60_000;
/** How long a pass may take, in milliseconds, before the test gives up. */
const PASS_MS_MAX = 30_000;
/** Between two looks at whether the worker still leads, in milliseconds. */
const LOOK_AGAIN_MS = 5;
/** Connections of the worker to its database. */
const CONNECTIONS_MAX = 6;

/** A server and a worker on a database of their own, with a jig that holds every run. */
export interface RunningSystem {
  /** Speaks with the server as administrator. */
  readonly admin: Caller;
  readonly jig: HeldJig;
  /** Faults that the server and the worker logged. */
  readonly faults: readonly string[];
  /** Lets the worker plan until there is nothing more to plan. Nothing is planned at any other time. */
  pass(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts the system. That nothing begins between passes is the lease's doing: here is a second process that leads, and
 * plans nothing. It steps aside for a pass; when it leads again, the epoch fences off whatever the worker still had in mind.
 */
export const startSystem = async (name: string): Promise<RunningSystem> => {
  const server = await startServer(name);
  const { databaseUrl } = server;
  const dataSource = await openDatabase({
    url: databaseUrl,
    applicationName: 'anneal worker',
    connectionsMax: CONNECTIONS_MAX,
    byIndex: true,
  });
  const unitOfWork = new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) }));
  const quiet = new Quiet();
  const news = new Bell(new PgNews(databaseUrl));
  const jig = new HeldJig();
  const log = new FaultLog();
  const queue = await openQueue({ redisUrl: testRedisUrl() ?? undefined, databaseUrl, name: randomUUID() });

  const placeholder = randomUUID();
  const leadOurselves = () =>
    dataSource.query(
      `INSERT INTO leases AS l (name, holder, expires_at) VALUES ($1, $2, 'infinity')
       ON CONFLICT (name) DO UPDATE SET holder = $2, epoch = l.epoch + 1, expires_at = 'infinity'`,
      [ANNEAL_LEASE, placeholder],
    );
  const stepAside = () =>
    dataSource.query(`UPDATE leases SET expires_at = '-infinity' WHERE name = $1 AND holder = $2`, [
      ANNEAL_LEASE,
      placeholder,
    ]);

  await leadOurselves();
  const worker = await startWorker({
    unitOfWork: new WatchedUnitOfWork(unitOfWork, quiet),
    records: new WatchedRecords(dataSource, quiet),
    queue,
    news,
    runLog: new PgRunLog(dataSource),
    ids: new TimeOrderedIds(),
    log,
    jigs: [jig],
    stage: (tx, ids) => tx.attribs.stage(ids),
    storeOutputs,
    leaderLoops: leaderLoops(unitOfWork),
    lease: { ms: LEASE_MS, renewMs: LEASE_RENEW_MS },
  });
  return {
    admin: server.as.admin,
    jig,
    get faults() {
      return [...server.faults, ...log.faults];
    },
    pass: async () => {
      const planned = quiet.come(() => news.ring());
      await stepAside();
      await within(PASS_MS_MAX, planned, 'the worker still plans');
      await leadOurselves();
      // It knows within its next try to renew the lease.
      while (worker.leads()) await passed(LOOK_AGAIN_MS);
    },
    stop: async () => {
      await worker.stop();
      await queue.close();
      await dataSource.destroy();
      await server.stop();
    },
  };
};

const within = async (ms: number, work: Promise<void>, late: string): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>(
    (_, reject) => (timer = setTimeout(() => reject(new Error(`${late} after ${ms} ms`)), ms)),
  );
  await Promise.race([work, deadline]).finally(() => clearTimeout(timer));
};
