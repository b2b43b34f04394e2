import { randomBytes, randomUUID } from 'node:crypto';
import { installLoop } from '../../../apps/worker/src/install-loop.js';
import { startWorker, type RunningWorker } from '../../../apps/worker/src/worker.js';
import {
  INSTALL_PROGRAM,
  InstallSecrets,
  Jig,
  MachinePower,
  NodeSession,
  PlanInstall,
  SilentLog,
  storeOutputs,
  SystemClock,
  type ExecEnd,
  type ExecOptions,
  type JigOutcome,
  type PowerResult,
  type ProbeResult,
  type Reach,
  type Unreachable,
} from '#app';
import { ShippedFolder } from '#catalog';
import { isRefusal, type JsonObject, type NodeId, type PowerAction } from '#core';
import { InstallJig } from '#jigs';
import { MemoryQueue } from '#queue';
import {
  accessStores,
  modelStores,
  openDatabase,
  PgEngineRecords,
  PgNews,
  PgRunLog,
  PgUnitOfWork,
  RandomOrderTokens,
  TimeOrderedIds,
} from '#store';
import { startServer, type Caller, type Reply, type RunningServer } from './running-server.js';

/** How long anything that is awaited may take, in milliseconds. */
const WITHIN_MS = 30_000;
const IMAGE_SHA256 = 'c0'.repeat(32);
const GIB = 1_073_741_824;
const DISCOVERY_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGRpc2NvdmVyeQ';
export const INSTALLED_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGluc3RhbGxlZA';

/** An order as a machine reads it. */
export interface ReadOrder {
  readonly install: string;
  readonly token: string;
  readonly report_url: string;
  readonly disks: readonly { readonly id: string; readonly bytes: number; readonly serial: string | null }[];
  readonly image: { readonly url: string; readonly sha256: string };
  readonly files: readonly { readonly path: string; readonly content: string }[];
  readonly authorized_keys: readonly string[];
  readonly join: { readonly url: string; readonly token: string };
}

/** A machine as workers see it over SSH: what runs there answers, and takes orders when it can. */
export class ScriptedMachine extends NodeSession {
  /** Whether discovery runs there, which has the program that installs. */
  canInstall = true;
  /** Cut off from the network. */
  isAway = false;
  /** What the program exits with. */
  exitCode = 0;
  readonly orders: ReadOrder[] = [];
  readonly asked: string[] = [];
  /** Before an order is read; a test may make it wait. */
  beforeOrder: () => Promise<void> = () => Promise.resolve();

  override async exec(_reach: Reach, argv: readonly string[], options: ExecOptions = {}): Promise<ExecEnd> {
    this.asked.push(argv.join(' '));
    if (this.isAway) return { kind: 'unreachable', code: 'no-contact', reason: 'it does not answer' };
    if (argv[0] === 'test') return { kind: 'exited', exitCode: this.canInstall ? 0 : 1 };
    if (argv[0] === 'grep')
      return { kind: 'exited', exitCode: this.orders.some(({ install }) => install === argv[2]) ? 0 : 1 };
    if (argv[0] !== INSTALL_PROGRAM) return { kind: 'exited', exitCode: 127 };
    await this.beforeOrder();
    if (this.exitCode !== 0) {
      options.onLine?.('err', 'anneal-install: the order cannot be carried out: it is odd');
      return { kind: 'exited', exitCode: this.exitCode };
    }
    this.orders.push(JSON.parse(String(options.stdin)) as ReadOrder);
    return { kind: 'exited', exitCode: 0 };
  }

  override async probe(): Promise<ProbeResult> {
    return { kind: 'alive', tookMs: 1, hostKey: DISCOVERY_KEY };
  }

  override async hostKey(): Promise<{ kind: 'offered'; hostKey: string } | Unreachable> {
    return { kind: 'offered', hostKey: DISCOVERY_KEY };
  }

  override async upload(): Promise<ExecEnd> {
    return { kind: 'exited', exitCode: 0 };
  }

  override async close(): Promise<void> {}
}

/** Writes down what was asked of power. */
export class RecordedPower extends MachinePower {
  readonly acts: PowerAction[] = [];
  result: PowerResult = { kind: 'done', method: 'redfish', says: 'done' };

  override async state() {
    return { state: 'on', method: 'redfish', reason: null } as const;
  }

  override async act(_node: NodeId, action: PowerAction): Promise<PowerResult> {
    this.acts.push(action);
    return this.result;
  }

  override async actions() {
    return [];
  }

  override async close(): Promise<void> {}
}

/** Carries out whatever is not an install. */
class AlwaysJig extends Jig {
  constructor(readonly name: string) {
    super();
  }

  override async run(): Promise<JigOutcome> {
    return { kind: 'succeeded' };
  }
}

export interface InstallSite extends RunningServer {
  readonly operator: Caller;
  readonly machine: ScriptedMachine;
  readonly power: RecordedPower;
  /** netboot answers from whatever is true; switched off, it falls behind. */
  readonly netboot: { follows: boolean };
  /** Starts one more worker, and gives what ends it. */
  hire(): Promise<{ readonly id: string; stop(): Promise<void> }>;
  /** A node in discovery with two disks and an address, to which the role that installs is bound. */
  makeNode(name: string, attribs?: JsonObject): Promise<string>;
  /** Commits everything on it, and what is in its deployment. */
  commit(node: string): Promise<void>;
  /** The newest install of a node, once it is as it should be. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  installOf(node: string, holds?: (install: any) => boolean): Promise<any>;
  /** Looks again and again until it is so. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  until(path: string, holds: (body: any) => boolean): Promise<any>;
  /** The next order that reaches the machine over SSH. */
  nextOrder(after?: number): Promise<ReadOrder>;
  /** What netboot answers a machine that fetches its secret file; the refusal's sentence where there is none. */
  fetchOrder(node: string): Promise<ReadOrder | string>;
  progress(order: ReadOrder, body?: JsonObject): Promise<Reply>;
  finish(order: ReadOrder, body?: JsonObject): Promise<Reply>;
  join(order: ReadOrder, body?: JsonObject): Promise<Reply>;
  events(kind: string): Promise<{ kind: string; data: JsonObject }[]>;
}

export const openInstallSite = async (name: string): Promise<InstallSite> => {
  const running = await startServer(name);
  const { operator, viewer, admin } = running.as;
  const must = async (answer: Promise<Reply>): Promise<Reply> => {
    const reply = await answer;
    if (reply.status >= 300) throw new Error(`refused with ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply;
  };
  await running.server.assembly.importShipped(new ShippedFolder()).execute('setup');
  await must(operator('POST', 'deployments', { body: { name: 'shop' } }));
  await must(
    operator('POST', 'networks', {
      body: {
        name: 'admin',
        conduit: '1g0',
        ranges: [
          { name: 'admin', first: '192.168.124.10/24', last: '192.168.124.11/24' },
          { name: 'host', first: '192.168.124.81/24', last: '192.168.124.160/24' },
        ],
        router: { address: '192.168.124.10/24', pref: 10 },
      },
    }),
  );
  await running.query(
    `INSERT INTO images (id, name, description, kind, os, sha256, bytes, raw_bytes, compression, layouts, firmware, bootenv)
     VALUES ($1, 'debian-12', '', 'image', '{"family": "debian", "version": "12", "codename": "bookworm", "arch": "x86_64"}',
       $2, 1000, 100000, 'zstd', '{plain,lvm,raid1}', '{bios,uefi}', 'install')`,
    [randomUUID(), IMAGE_SHA256],
  );
  await running.query(`INSERT INTO worker_keys (public_key, host) VALUES ('ssh-ed25519 WORKER', 'w')`);
  await running.query(
    `INSERT INTO netboot_server (id, host, addresses, services, generation) VALUES ($1, 'netboot-1', '{127.0.0.1}',
       '[{"service": "http", "state": "serving", "says": "", "port": 7780}]', 0)`,
    [randomUUID()],
  );
  const netboot = { follows: true };
  const following = setInterval(() => {
    const generation = netboot.follows ? '(SELECT last FROM event_counter)' : 'generation';
    void running.query(`UPDATE netboot_server SET seen_at = now(), generation = ${generation}`).catch(() => undefined);
  }, 25);

  const machine = new ScriptedMachine();
  const power = new RecordedPower();
  const workers: { stop(): Promise<void> }[] = [];
  const until: InstallSite['until'] = async (path, holds) => {
    const deadline = performance.now() + WITHIN_MS;
    for (;;) {
      const { body } = await must(viewer('GET', path));
      if (holds(body)) return body;
      if (performance.now() > deadline)
        throw new Error(`${path} did not come to be as it should: ${JSON.stringify(body)}`);
      await running.server.assembly.feed.next(AbortSignal.timeout(WITHIN_MS), 50);
    }
  };
  const nodeId = async (node: string): Promise<NodeId> => (await must(viewer('GET', `nodes/${node}`))).body.id;
  const post = (url: string, token: string | null, body: JsonObject) =>
    running.as.nobody('POST', new URL(url).pathname, {
      body,
      headers: token === null ? {} : { authorization: `Bearer ${token}` },
    });
  const secrets = new InstallSecrets({
    unitOfWork: running.server.assembly.unitOfWork,
    clock: new SystemClock(),
    tokens: new RandomOrderTokens(),
  });
  return {
    ...running,
    operator,
    machine,
    power,
    netboot,
    until,
    hire: async () => {
      const worker = await hire(running, machine, power);
      workers.push(worker);
      return worker;
    },
    makeNode: async (node, attribs = {}) => {
      await must(operator('POST', 'nodes', { body: { name: node, deployment: 'shop', probed: false, alive: true } }));
      const mac = `52:54:00:${randomBytes(3).toString('hex').match(/../g)!.join(':')}`;
      const disks = ['vda', 'vdb'].map((disk, at) => ({
        ...{
          name: disk,
          id: `serial:${disk}-${node}`,
          bytes: (at + 1) * 10 * GIB,
          sector_bytes: 512,
          serial: `${disk}-${node}`,
        },
        ...{ model: null, wwn: null, bus_path: `pci-0000:00:0${at + 4}.0`, rotational: false, removable: false },
        ...{ read_only: false, transport: 'virtio', holds: [] },
      }));
      const inventory = {
        ...{ version: 1, architecture: 'x86_64', system: { uuid: uuidOf(node) }, firmware: { mode: 'uefi' }, disks },
        network: {
          product: null,
          interfaces: [{ name: 'enp1s0', mac, bus_path: '0000:01:00.0', port: 0, speeds: [1000] }],
        },
      };
      await running.query(
        `UPDATE nodes SET inventory = $2, macs = $3, host_key = $4, address = '127.0.0.1', bootenv = 'discovery' WHERE name = $1`,
        [node, JSON.stringify(inventory), [mac], DISCOVERY_KEY],
      );
      const role = 'provisioner-os-install';
      const bound = await must(operator('POST', 'node_roles', { body: { role, node, deployment: 'shop' } }));
      for (const [attrib, value] of Object.entries(attribs))
        await must(operator('PUT', `node_roles/${role}@${node}/attribs/${attrib}`, { body: { value } }));
      return bound.body.id;
    },
    commit: async (node) => {
      await must(operator('PUT', `nodes/${node}/commit`));
      await must(operator('PUT', 'deployments/shop/commit', { body: {} }));
    },
    installOf: async (node, holds = () => true) => {
      const path = `installs?filter=${encodeURIComponent(`node eq "${node}"`)}`;
      const { items } = await until(path, ({ items: [first] }) => first !== undefined && holds(first));
      return items[0];
    },
    nextOrder: async (after = 0) => {
      const deadline = performance.now() + WITHIN_MS;
      while (machine.orders.length <= after) {
        if (performance.now() > deadline) {
          const { items } = (await viewer('GET', 'node_roles?limit=1000')).body;
          const states = items.map(({ name, state, status }: JsonObject) => `${name} ${state} ${status}`);
          throw new Error(`no order came: ${states.join(', ')}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      return machine.orders[after] as ReadOrder;
    },
    fetchOrder: async (node) => {
      const answer = await secrets.execute({
        ...{ node: await nodeId(node), bootenv: 'install', apiUrl: running.url },
        ...{ contentBase: 'http://127.0.0.1:7780', address: '192.168.124.81' },
      });
      return isRefusal(answer) ? answer.detail : (answer['install'] as unknown as ReadOrder);
    },
    progress: (order, body = {}) =>
      post(`${order.report_url}/progress`, order.token, { step: 'write', percent: 10, ...body }),
    finish: (order, body = {}) =>
      post(`${order.report_url}/finish`, order.token, {
        ...{ outcome: 'succeeded', disks: order.disks.map(({ id }) => id), host_key: INSTALLED_KEY, log_tail: [] },
        ...body,
      }),
    join: (order, body = {}) =>
      post(order.join.url, null, {
        ...{ token: order.join.token, boot_id: randomUUID(), host_key: INSTALLED_KEY },
        ...body,
      }),
    events: async (kind) =>
      (await must(admin('GET', `events?limit=1000&filter=${encodeURIComponent(`kind eq "${kind}"`)}`))).body.items,
    stop: async () => {
      clearInterval(following);
      for (const worker of workers) await worker.stop();
      await running.stop();
    },
  };
};

/** The same for the same name: what a machine says of itself. */
export const uuidOf = (node: string): string =>
  `00000000-0000-4000-8000-${Buffer.from(node).toString('hex').padEnd(12, '0').slice(0, 12)}`;

const hire = async (site: RunningServer, session: NodeSession, power: MachinePower) => {
  const dataSource = await openDatabase({ url: site.databaseUrl, connectionsMax: 8, byIndex: true });
  const unitOfWork = new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) }));
  const ids = new TimeOrderedIds();
  const worker: RunningWorker = await startWorker({
    unitOfWork,
    records: new PgEngineRecords(dataSource),
    queue: new MemoryQueue(),
    news: new PgNews(site.databaseUrl),
    runLog: new PgRunLog(dataSource),
    ids,
    log: new SilentLog(),
    jigs: [
      ...['noop', 'network', 'view', 'script'].map((name) => new AlwaysJig(name)),
      new InstallJig({ installer: new PlanInstall({ unitOfWork, clock: new SystemClock(), ids }) }),
    ],
    stage: (tx, nodeRoles) => tx.attribs.stage(nodeRoles),
    storeOutputs,
    leaderLoops: [installLoop({ unitOfWork, session, power, log: new SilentLog(), apiUrl: site.url })],
  });
  let stopped: Promise<void> | null = null;
  return {
    id: worker.id,
    stop: () => (stopped ??= worker.stop().then(() => dataSource.destroy())),
  };
};
