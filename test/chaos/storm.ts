import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort, startTied, stopTied, temporaryHome, type TiedProcess } from '#runtime';
import { openDatabase } from '#store';
import { Chance } from '#testkit';
import { Acts } from './acts.js';
import { Crew } from './crew.js';
import { Faults, type Fault } from './faults.js';
import { writeFleet } from './fleet.js';
import { readEffects, readHistory } from './history/read-history.js';
import type { History } from './history/history.js';
import { Operator } from './operator.js';
import { READY } from './ready.js';
import { Rest } from './rest.js';
import { Services } from './services.js';
import { BROKEN_ROLE } from './work.js';

export interface StormOptions {
  readonly seed: number;
  /** At least so many faults, and so many runs. */
  readonly faults: number;
  readonly runs: number;
  readonly nodes: number;
  readonly workers: number;
  /** They carry what the operator does; with none it is written into the database directly. */
  readonly servers: number;
  readonly cap: number;
  /** What a run takes on average, in milliseconds. */
  readonly workMs: number;
  /** Mean pause between two faults, and between two acts of the operator, in milliseconds. */
  readonly faultEveryMs: number;
  readonly actEveryMs: number;
  readonly pauseMs: { readonly long: readonly [number, number]; readonly nearly: readonly [number, number] };
  readonly pausedMax: number;
  /** Without Redis the queue lives in PostgreSQL. */
  readonly redis: boolean;
  /** Shorter limits than an installation has, so that a short storm sees as much of what follows from them. */
  readonly hasty: boolean;
  /** How long everything may take to settle once the faults are over, in milliseconds. */
  readonly settleMsMax: number;
}

export interface Storm {
  readonly options: StormOptions;
  readonly faults: readonly Fault[];
  readonly acts: ReadonlyMap<string, number>;
  readonly history: History;
  /** How often servers did what they were asked; null where there was none. */
  readonly answers: { readonly done: number; readonly refused: number; readonly unanswered: number } | null;
  /** What went wrong with processes: ends that nobody caused, stops that did not come. */
  readonly complaints: readonly string[];
  /** False when time ran out before everything had settled. */
  readonly settled: boolean;
  /** Milliseconds from the last fault until everything had settled. */
  readonly settleMs: number;
  readonly tookMs: number;
  /** Where the logs of the processes are. Remove it when they are not wanted. */
  readonly folder: string;
  remove(): void;
}

/** So many times the cap has to be at work or to wait for it: else there is too little that a fault could break. */
const RESTLESS_FACTOR = 5;

const program = (name: string): string => fileURLToPath(new URL(`./${name}.js`, import.meta.url));

/** Lets faults loose on a running installation and gives back what it left behind. */
export const storm = async (options: StormOptions, say: (line: string) => void): Promise<Storm> => {
  const home = temporaryHome();
  const folder = join(home.path, 'chaos');
  mkdirSync(folder);
  const begun = performance.now();
  const services = await Services.start(home, options);
  const dataSource = await openDatabase({ url: services.databaseUrl, applicationName: 'anneal chaos' });
  const socket = join(folder, 'effects.sock');
  const effectLog = join(folder, 'effects.log');
  const recorder = await startRecorder(socket, effectLog);
  const workers = new Crew({
    name: 'worker',
    size: options.workers,
    program: program('worker'),
    folder,
    ready: READY,
    env: (index, start) => ({
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl ?? '',
      CHAOS_EFFECTS: socket,
      CHAOS_SEED: String(options.seed + index * 1_000 + start),
      CHAOS_WORK_MS: String(options.workMs),
      CHAOS_HASTY: options.hasty ? '1' : '',
    }),
  });
  const ports = await Promise.all(Array.from({ length: options.servers }, () => freePort()));
  const servers = new Crew({
    name: 'server',
    size: options.servers,
    program: fileURLToPath(new URL('../../apps/server/src/main.js', import.meta.url)),
    folder,
    ready: 'the server listens',
    env: (index) => ({
      DATABASE_URL: services.databaseUrl,
      ANNEAL_HOME: folder,
      ANNEAL_PORT: String(ports[index]),
      ANNEAL_LISTEN: '127.0.0.1',
      ANNEAL_SHIPPED_BARCLAMPS: 'no',
    }),
  });
  const chance = new Chance(options.seed);
  const urls = ports.map((port) => `http://127.0.0.1:${port}`);
  const rest = urls.length > 0 ? new Rest(urls, join(folder, 'admin-token'), new Chance(options.seed + 2)) : null;
  const operator = new Operator(dataSource, rest);
  const acts = new Acts(operator, new Chance(options.seed + 1), options.actEveryMs, options.cap * RESTLESS_FACTOR);
  const faults = new Faults({
    chance,
    services,
    workers,
    servers: options.servers > 0 ? servers : null,
    operator,
    pauseMs: options.pauseMs,
    pausedMax: options.pausedMax,
  });
  const struck: Fault[] = [];
  let settled = false;
  try {
    await writeFleet(dataSource, options.nodes, options.cap);
    await servers.start();
    await workers.start();
    say(`${options.workers} workers and ${options.servers} servers are up; the faults begin`);
    const over = new AbortController();
    const acting = acts.run(over.signal);
    let runs = 0;
    while (struck.length < options.faults || runs < options.runs) {
      await sleep(options.faultEveryMs * 2 * chance.next());
      const fault = await faults.strike();
      if (fault) struck.push(fault);
      runs = await operator.restless().then(
        (now) => now.runs,
        () => runs,
      );
      if (fault && struck.length % 10 === 0) say(`${struck.length} faults, ${runs} runs`);
    }
    over.abort();
    await acting;
    const lastFault = performance.now();
    say(`${struck.length} faults, ${runs} runs; the faults are over, everything has to settle`);
    settled = await settle(operator, acts, options.settleMsMax, say);
    const settleMs = performance.now() - lastFault;
    await Promise.all([workers.close(), servers.close()]);
    await recorder.stop();
    await recorder.broken;
    const history = await readHistory(services.databaseUrl, readEffects(effectLog), BROKEN_ROLE);
    return {
      options,
      faults: struck,
      acts: acts.counts,
      history,
      answers: rest?.counts ?? null,
      complaints: [...workers.complaints, ...servers.complaints],
      settled,
      settleMs,
      tookMs: performance.now() - begun,
      folder,
      remove: () => home.remove(),
    };
  } finally {
    await Promise.all([workers.close(), servers.close()]);
    await recorder.stop();
    await dataSource.destroy().catch(() => undefined);
    await services.stop();
  }
};

/** Gives everything back and mends what is broken until nothing moves; false when that does not come to an end. */
const settle = async (
  operator: Operator,
  acts: Acts,
  withinMs: number,
  say: (line: string) => void,
): Promise<boolean> => {
  const until = performance.now() + withinMs;
  const idle = { open: 1, wanting: 1, errors: 1 };
  let now: typeof idle = idle;
  while (performance.now() < until) {
    await acts.giveBack().catch(() => undefined);
    await operator.mend(1_000).catch(() => 0);
    now = await operator.restless().catch(() => idle);
    if (now.open + now.wanting + now.errors === 0) return true;
    await sleep(250);
  }
  say(`not settled: ${now.open} in transition, ${now.wanting} that wait, ${now.errors} in error`);
  return false;
};

const startRecorder = async (
  socket: string,
  log: string,
): Promise<{ broken: Promise<void>; stop(): Promise<void> }> => {
  const recorder: TiedProcess = await startTied(
    process.execPath,
    ['--enable-source-maps', program('effects/recorder'), socket, log],
    {
      orphanSignal: 'SIGKILL',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  await Promise.race([
    new Promise<void>((resolve) => recorder.child.stdout?.once('data', () => resolve())),
    recorder.exited.then(({ code }) => Promise.reject(new Error(`the effect recorder ended with ${code}`))),
  ]);
  let stopping = false;
  const broken = recorder.exited.then(({ code, signal }) => {
    if (!stopping)
      throw new Error(`the effect recorder ended by itself with ${code ?? signal}: what was seen is worth nothing`);
  });
  broken.catch(() => undefined);
  return {
    broken,
    stop: async () => {
      stopping = true;
      await stopTied(recorder, [{ signal: 'SIGTERM', waitMs: 5_000 }]);
    },
  };
};
