import { hostname } from 'node:os';
import {
  KeepWorkerKey,
  PlanInstall,
  RecordBmcs,
  RecordedBmcs,
  RecordedCertifications,
  RecordedNetworks,
  SealedAttribs,
  storeOutputs,
  SystemClock,
  WaitAcknowledged,
  type Jig,
  type JobQueue,
  type Log,
  type NodeSession,
  type StageRuns,
} from '#app';
import { jigs } from '#jigs';
import { ensureKeyPair, NodeFirmware, NodePower, SshSession } from '#machine';
import { openQueue } from '#queue';
import {
  accessStores,
  modelStores,
  openSecretBox,
  openDatabase,
  PgEngineRecords,
  PgNews,
  PgNodeWatch,
  PgRunLog,
  PgUnitOfWork,
  RandomSecrets,
  TimeOrderedIds,
  type StoreFactory,
} from '#store';
import { makeBmcPassword } from './bmc-password.js';
import { callbackAccess } from './callback-access.js';
import { imageLoop } from './image-loop.js';
import { installLoop } from './install-loop.js';
import { leaderLoops } from './leader-loops.js';
import { machineLoops } from './machine-loops.js';
import type { WorkerParts } from './worker.js';

export interface WorkerSettings {
  readonly databaseUrl: string;
  /** Null: the queue lives in PostgreSQL. */
  readonly redisUrl: string | null;
  /** Where the SSH key of the installation is kept. */
  readonly home: string;
  /** Where nodes report to; `http://address:port` of a server that they reach. */
  readonly serverUrl: string;
  readonly log: Log;
}

/** The frozen inputs come from the attributes of each noderole. */
const stage: StageRuns = (tx, ids) => tx.attribs.stage(ids);

/** Puts the adapters behind the ports. Returns what a worker is made of, and how to let go of it. */
export const assemble = async (settings: WorkerSettings): Promise<{ parts: WorkerParts; close(): Promise<void> }> => {
  const { databaseUrl, redisUrl, home, log } = settings;
  const open = (applicationName: string): ReturnType<typeof openDatabase> =>
    openDatabase({ url: databaseUrl, applicationName, byIndex: true });
  // Passes have connections to themselves, which stay warm: a statement that is new to a connection costs it milliseconds.
  const engineSource = await open('anneal worker');
  const dataSource = await open('anneal loops');
  const stores: StoreFactory = (tx) => ({ ...modelStores(tx), ...accessStores(tx) });
  const engineWork = new PgUnitOfWork(engineSource, stores);
  const unitOfWork = new PgUnitOfWork(dataSource, stores);
  const ids = new TimeOrderedIds();
  const key = ensureKeyPair(home);
  await new KeepWorkerKey(unitOfWork).execute(hostname(), key.publicKey);
  const session: NodeSession = new SshSession({ privateKey: { path: key.privateKeyPath } });
  const secrets = openSecretBox(home);
  const sealed = new SealedAttribs(secrets, new RandomSecrets());
  const bmcs = new RecordedBmcs(unitOfWork, secrets);
  const power = new NodePower(bmcs, session);
  const queue: JobQueue = await openQueue({
    redisUrl: redisUrl ?? undefined,
    databaseUrl,
    onError: (error) => log.warn('the queue', { error: error.message }),
  });
  const [installation] = (await dataSource.query('SELECT id FROM installation')) as [{ id: string }];
  const all: Jig[] = jigs({
    session,
    installation: installation.id,
    privateKeyPath: key.privateKeyPath,
    callbackAccess: callbackAccess(unitOfWork, ids, settings.serverUrl),
    networks: new RecordedNetworks(unitOfWork),
    viewAcknowledged: (wish) => new WaitAcknowledged(unitOfWork).execute(wish),
    hardware: {
      planner: new RecordBmcs({ unitOfWork, ids, secrets, makePassword: makeBmcPassword }),
      power,
      firmware: new NodeFirmware(bmcs),
    },
    installer: new PlanInstall({ unitOfWork, clock: new SystemClock(), ids }),
    certifications: new RecordedCertifications({ unitOfWork, clock: new SystemClock(), ids, secrets }),
  });
  const parts: WorkerParts = {
    unitOfWork: engineWork,
    records: new PgEngineRecords(engineSource),
    queue,
    news: new PgNews(databaseUrl),
    runLog: new PgRunLog(dataSource),
    ids,
    log,
    jigs: all,
    stage,
    storeOutputs,
    sealed,
    liveness: { watch: new PgNodeWatch(dataSource), session },
    leaderLoops: [
      ...leaderLoops(unitOfWork, new Map(), log, secrets),
      imageLoop(unitOfWork, home),
      installLoop({ unitOfWork, session, power, log, apiUrl: settings.serverUrl }),
      ...machineLoops({ unitOfWork, ids, session, power, sealed, secrets, log }),
    ],
  };
  return {
    parts,
    close: async () => {
      await queue.close();
      await power.close();
      await session.close();
      await engineSource.destroy();
      await dataSource.destroy();
    },
  };
};
