/**
 * The Redis that Anneal uses: the one that REDIS_URL names, else a `redis-server` on the PATH as our child, else none
 * (the queue then works on PostgreSQL). It keeps nothing on disk: PostgreSQL is the truth, and what Redis forgets is
 * handed to it again. Its password goes in by standard input, so that it is in no list of processes.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { freePort } from './free-port.js';
import type { Home, Log } from './home.js';
import { keptPassword } from './kept-password.js';
import { externalService, type RunningService } from './service.js';
import { programOnPath, startTied, stopTied, type TiedProcess } from './tied-process.js';

/** It takes about 50 ms. */
const READY_WITHIN_MS = 10_000;
/** A port may be taken between choosing and binding it. */
const PORT_TRIES_MAX = 5;
/** What of its output is kept to explain a failed start. */
const OUTPUT_CHARACTERS_MAX = 10_000;

export interface RedisOptions {
  readonly home: Home;
  readonly log: Log;
  /** Used instead of REDIS_URL; null starts our own whatever the environment says. */
  readonly externalUrl?: string | null;
  /** Start on this port or not at all: a Redis that comes back must be found where it was. */
  readonly port?: number;
}

/** Resolves when Redis answers, or with null when there is none to be had. Rejects when it is there and does not start. */
export async function startRedis(options: RedisOptions): Promise<RunningService | null> {
  const external = options.externalUrl === undefined ? process.env['REDIS_URL'] : options.externalUrl;
  if (external) return externalService(external);
  const program = programOnPath('redis-server');
  if (program === null) {
    options.log('no redis-server on the PATH: the queue works on PostgreSQL');
    return null;
  }
  const folder = join(options.home.path, 'redis');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const password = keptPassword(join(options.home.path, 'redis-password'));
  const tries = options.port === undefined ? PORT_TRIES_MAX : 1;
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort(attempt === 1 ? readPort(folder) : undefined));
    const started = await launch(program, folder, port, password);
    if (started.ready) {
      writeFileSync(join(folder, 'port'), `${port}\n`);
      return started.service;
    }
    if (attempt === tries || !/bind|in use/i.test(started.said)) {
      throw new Error(`redis-server does not start: ${started.said || 'it said nothing'}`);
    }
  }
}

type Launch =
  { readonly ready: true; readonly service: RunningService } | { readonly ready: false; readonly said: string };

async function launch(program: string, folder: string, port: number, password: string): Promise<Launch> {
  const server = await startTied(program, ['-'], {
    orphanSignal: 'SIGTERM',
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [server.child.stdout!, server.child.stderr!]) {
    stream.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-OUTPUT_CHARACTERS_MAX)));
  }
  // It may end before it has read everything; that end is what is reported then.
  server.child.stdin!.on('error', () => {}).end(configuration(folder, port, password));
  const url = `redis://:${password}@127.0.0.1:${port}/0`;
  const stop = async (): Promise<void> => {
    await stopTied(server, [{ signal: 'SIGTERM', waitMs: 5_000 }]);
  };
  if (await answers(server, url))
    return { ready: true, service: { url, pid: server.pid, exited: server.exited, stop } };
  await stop();
  return { ready: false, said: said.trim() };
}

const configuration = (folder: string, port: number, password: string): string =>
  [
    'bind 127.0.0.1',
    `port ${port}`,
    `requirepass ${password}`,
    `dir ${JSON.stringify(folder)}`,
    'save ""',
    'appendonly no',
    'daemonize no',
    // Jobs must never be thrown out to make room.
    'maxmemory-policy noeviction',
    '',
  ].join('\n');

async function answers(server: TiedProcess, url: string): Promise<boolean> {
  const client = new Redis(url, {
    lazyConnect: true,
    retryStrategy: () => 10,
    maxRetriesPerRequest: null,
    connectTimeout: READY_WITHIN_MS,
  });
  client.on('error', () => {});
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), READY_WITHIN_MS);
  try {
    return await Promise.race([
      client.ping().then(() => true),
      server.exited.then(() => false),
      new Promise<boolean>((resolve) => late.signal.addEventListener('abort', () => resolve(false))),
    ]);
  } finally {
    clearTimeout(timer);
    client.disconnect();
  }
}

function readPort(folder: string): number | undefined {
  try {
    return Number(readFileSync(join(folder, 'port'), 'utf8').trim()) || undefined;
  } catch {
    return undefined;
  }
}
