import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { callbackAccess } from '../../../apps/worker/src/callback-access.js';
import { leaderLoops } from '../../../apps/worker/src/leader-loops.js';
import { startWorker, type RunningWorker } from '../../../apps/worker/src/worker.js';
import { SealedAttribs, SilentLog, storeOutputs, type Jig, type JigRun, type UnitOfWork } from '#app';
import { TestJig } from '#jigs';
import { MemoryQueue } from '#queue';
import { CHECKOUT } from '#runtime';
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
import { callerOf, startServer, type Caller, type Reply, type RunningServer } from './running-server.js';

/** How long anything that is awaited may take, in milliseconds. */
const WITHIN_MS = 30_000;

/** A barclamp with a secret, beside the shipped one for tests. */
const VAULT = `
name: vault
description: For tests.
version: "1"
roles:
  - name: vault
    jig: test
    description: Is given a secret and writes another.
    attribs:
      - { name: vault-door, description: No secret., default: oak, schema: { type: string } }
      - { name: vault-combination, description: Not for everybody., secret: true, default: twelve-left, schema: { type: string } }
      - { name: vault-outputs, description: What it writes., schema: { type: object }, default: { vault-content: gold } }
    outputs:
      - { name: vault-content, description: Not for everybody either., secret: true, schema: { type: string } }
`;

/** A server with a worker beside it whose jig does as it is told, the test barclamp, and a deployment `shop`. */
export interface Workshop extends RunningServer {
  readonly operator: Caller;
  readonly viewer: Caller;
  readonly admin: Caller;
  /** Starts the worker: until then nothing runs. Harmless twice. */
  work(): Promise<void>;
  /** Makes nodes in `shop` that are alive, and are told so by hand. */
  makeNodes(...names: string[]): Promise<void>;
  /** Binds a role and answers with its noderole. */
  bind(role: string, node: string): Promise<{ id: string; name: string; version: number }>;
  /** Sets an attribute of a noderole (`role@node`) or a node. */
  set(target: string, attrib: string, value: unknown): Promise<void>;
  /** Makes the deployment the wish of the system. */
  commit(body?: unknown): Promise<Reply>;
  /** Looks again and again until it is so, and answers with what it saw. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  until(path: string, holds: (body: any) => boolean): Promise<any>;
  /** A caller with the token that a run's node is given. */
  nodeOf(run: string): Promise<Caller>;
}

/** Jigs that a test brings beside the one that does as it is told. */
export type MoreJigs = (unitOfWork: UnitOfWork, home: string) => readonly Jig[];

export const openWorkshop = async (name: string, moreJigs: MoreJigs = () => []): Promise<Workshop> => {
  const running = await startServer(name);
  const { admin, operator, viewer } = running.as;
  const must = async (answer: Promise<Reply>): Promise<Reply> => {
    const reply = await answer;
    if (reply.status >= 300) throw new Error(`refused with ${reply.status}: ${JSON.stringify(reply.body)}`);
    return reply;
  };
  const yaml = { 'content-type': 'application/yaml' };
  for (const barclamp of [readFileSync(join(CHECKOUT, 'libs/catalog/barclamps/test/barclamp.yml'), 'utf8'), VAULT])
    await must(admin('POST', 'barclamps', { body: barclamp, headers: yaml }));
  await must(operator('POST', 'deployments', { body: { name: 'shop' } }));

  let worker: Promise<{ running: RunningWorker; close(): Promise<void> }> | null = null;
  const until: Workshop['until'] = async (path, holds) => {
    const deadline = performance.now() + WITHIN_MS;
    for (;;) {
      const { body } = await must(viewer('GET', path));
      if (holds(body)) return body;
      if (performance.now() > deadline)
        throw new Error(`${path} did not come to be as it should: ${JSON.stringify(body)}`);
      // Not everything that is awaited here is told: whether a run has begun, for example.
      await running.server.assembly.feed.next(AbortSignal.timeout(WITHIN_MS), 50);
    }
  };
  return {
    ...running,
    admin,
    operator,
    viewer,
    until,
    work: async () => {
      await (worker ??= hire(running, moreJigs));
    },
    makeNodes: async (...names) => {
      for (const node of names)
        await must(operator('POST', 'nodes', { body: { name: node, deployment: 'shop', probed: false, alive: true } }));
    },
    bind: async (role, node) =>
      (await must(operator('POST', 'node_roles', { body: { role, node, deployment: 'shop' } }))).body,
    set: async (target, attrib, value) => {
      await must(
        operator('PUT', `${target.includes('@') ? 'node_roles' : 'nodes'}/${target}/attribs/${attrib}`, {
          body: { value },
        }),
      );
    },
    commit: (body) => must(operator('PUT', 'deployments/shop/commit', { body: body ?? {} })),
    nodeOf: async (run) => {
      const { body } = await must(viewer('GET', `runs/${run}`));
      const give = callbackAccess(running.server.assembly.unitOfWork, new TimeOrderedIds(), running.url);
      const { token } = await give({ runId: body.id, node: { nodeId: body.node_id } } as JigRun);
      return callerOf(running.url, token);
    },
    stop: async () => {
      const hired = await worker;
      await hired?.running.stop();
      await hired?.close();
      await running.stop();
    },
  };
};

const hire = async ({ databaseUrl, home }: RunningServer, moreJigs: MoreJigs) => {
  const dataSource = await openDatabase({ url: databaseUrl, connectionsMax: 8, byIndex: true });
  const unitOfWork = new PgUnitOfWork(dataSource, (tx) => ({ ...modelStores(tx), ...accessStores(tx) }));
  const box = openSecretBox(home, undefined);
  const running = await startWorker({
    unitOfWork,
    records: new PgEngineRecords(dataSource),
    queue: new MemoryQueue(),
    news: new PgNews(databaseUrl),
    runLog: new PgRunLog(dataSource),
    ids: new TimeOrderedIds(),
    log: new SilentLog(),
    jigs: [new TestJig(), ...moreJigs(unitOfWork, home)],
    stage: (tx, ids) => tx.attribs.stage(ids),
    storeOutputs,
    sealed: new SealedAttribs(box, new RandomSecrets()),
    leaderLoops: leaderLoops(unitOfWork, new Map(), new SilentLog(), box),
  });
  return { running, close: () => dataSource.destroy() };
};
