import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { imageLoop } from '../../apps/worker/src/image-loop.js';
import { installLoop } from '../../apps/worker/src/install-loop.js';
import { startWorker, type RunningWorker } from '../../apps/worker/src/worker.js';
import {
  Jig,
  KeepWorkerKey,
  PlanInstall,
  SilentLog,
  storeOutputs,
  SystemClock,
  WaitAcknowledged,
  type JigOutcome,
} from '#app';
import { ShippedFolder } from '#catalog';
import { InstallJig, NoopJig, ViewJig } from '#jigs';
import { MemoryQueue } from '#queue';
import {
  accessStores,
  modelStores,
  openDatabase,
  PgEngineRecords,
  PgNews,
  PgNodeWatch,
  PgRunLog,
  PgUnitOfWork,
  TimeOrderedIds,
} from '#store';
import { startNetboot, type NetbootProcess } from '../e2e/netboot/netboot-process.js';
import { startServer, type RunningServer } from '../e2e/rest/running-server.js';
import { browse, type Browsing } from './browse.js';
import { must } from './furnish.js';
import { MachineSession, MachineSwitch, SimulatedMachine } from './simulated-machine.js';

const ADMIN = 'admin.lab.test';
/** Boot environments that load the small system; what it is nobody looks into here. */
const SMALL_SYSTEM = ['discovery', 'install'];

/**
 * A server, a worker with its loops, netboot as a process, a browser, and one simulated machine. What is not real is what
 * would need hardware: SSH into the machine, its power, and the configuration of its cards.
 */
export interface MachineRoom extends Browsing {
  readonly running: RunningServer;
  readonly machine: SimulatedMachine;
}

export const openMachineRoom = async (name: string): Promise<MachineRoom> => {
  const undo: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const step of undo.splice(0).toReversed()) await step();
  };
  try {
    const running = await startServer(name);
    undo.push(() => running.stop());
    await furnish(running);
    const netboot = await startNetboot(running.databaseUrl, running.home, { env: { ANNEAL_SERVER_URL: running.url } });
    undo.push(() => netboot.stop());
    const machine = new SimulatedMachine(`http://127.0.0.1:${netboot.ports.http}`);
    const worker = await hire(running, machine);
    undo.push(() => worker.stop());
    await caughtUp(running, netboot);
    const browsing = await browse(running);
    undo.push(() => browsing.stop());
    return { ...browsing, running, machine, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};

/** An admin node, a network from which machines boot, and an image. */
const furnish = async ({ server, as: { admin }, home }: RunningServer): Promise<void> => {
  const { unitOfWork } = server.assembly;
  await server.assembly.importShipped(new ShippedFolder()).execute('setup');
  await new KeepWorkerKey(unitOfWork).execute('worker.test', 'ssh-ed25519 AAAA worker');
  const admin_node = { name: ADMIN };
  const ranges = [
    { name: 'admin', first: '10.77.1.1/24', last: '10.77.1.1/24' },
    { name: 'host', first: '10.77.1.11/24', last: '10.77.1.99/24' },
  ];
  const networks = [{ name: 'admin', category: 'admin', conduit: '?1g0', dhcp: 'serve', domain: 'lab.test', ranges }];
  await must(admin('PUT', 'site', { body: { admin_node, networks } }));
  const kernel = { path: 'small/vmlinuz', sha256: 'a'.repeat(64), bytes: 1 };
  const headers = { 'if-match': '*', 'content-type': 'application/merge-patch+json' };
  for (const bootenv of SMALL_SYSTEM) await must(admin('PATCH', `bootenvs/${bootenv}`, { body: { kernel }, headers }));

  const content = Buffer.from('an image');
  const sha256 = createHash('sha256').update(content).digest('hex');
  const folder = join(home, 'boot', 'files', 'images');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, sha256), content);
  const os = { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' };
  await must(
    admin('POST', 'images', {
      body: { name: 'debian-12', os, sha256, bytes: content.length, raw_bytes: 2_000, layouts: ['plain'] },
    }),
  );
  await must(admin('POST', 'deployments', { body: { name: 'web' } }));
};

/** Its cards are as they are. */
class LeavesCards extends Jig {
  readonly name = 'network';

  override async run(): Promise<JigOutcome> {
    return { kind: 'succeeded' };
  }
}

const hire = async ({ databaseUrl, home, url }: RunningServer, machine: SimulatedMachine) => {
  const dataSource = await openDatabase({ url: databaseUrl, connectionsMax: 8, byIndex: true });
  const unitOfWork = new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) }));
  const ids = new TimeOrderedIds();
  const [log, session, power] = [new SilentLog(), new MachineSession(machine), new MachineSwitch(machine)];
  const worker: RunningWorker = await startWorker({
    ...{ unitOfWork, ids, log, storeOutputs, queue: new MemoryQueue(), news: new PgNews(databaseUrl) },
    records: new PgEngineRecords(dataSource),
    runLog: new PgRunLog(dataSource),
    jigs: [
      new NoopJig(),
      new LeavesCards(),
      new ViewJig({ acknowledged: (wish) => new WaitAcknowledged(unitOfWork).execute(wish) }),
      new InstallJig({ installer: new PlanInstall({ unitOfWork, clock: new SystemClock(), ids }) }),
    ],
    stage: (tx, nodeRoles) => tx.attribs.stage(nodeRoles),
    liveness: { watch: new PgNodeWatch(dataSource), session },
    leaderLoops: [installLoop({ unitOfWork, session, power, log, apiUrl: url }), imageLoop(unitOfWork, home)],
  });
  return {
    stop: async () => {
      await worker.stop();
      await dataSource.destroy();
    },
  };
};

/** netboot has taken in everything that was told so far. */
const caughtUp = async (running: RunningServer, netboot: NetbootProcess): Promise<void> => {
  const [row] = await running.query<{ last: string }>('SELECT last FROM event_counter');
  await netboot.until(({ generation }) => generation >= Number(row?.last));
};
