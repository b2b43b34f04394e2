import { createServer, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { PackageStore } from './store.js';

/**
 * A caching proxy for the packages of nodes that have no route out. It fetches from the mirrors it was started with and
 * refuses everything else, so it is no way for a node to reach anything. A package of a version never changes and is kept
 * for good; lists are asked for anew each time, and the last ones are given where the mirror does not answer.
 */
export interface PackageProxy {
  /** For example http://10.77.0.1:3142 */
  readonly address: string;
  close(): Promise<void>;
}

interface ProxyOrder {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Addresses of the mirrors, for example https://mirror.example.test/debian/ */
  readonly mirrors: readonly string[];
  readonly store: PackageStore;
}

/** A mirror that says nothing for so long is taken for one that does not answer. */
const MIRROR_SILENCE_MS = 30_000;
/** Whatever of a mirror's answer the client needs to decide about its own copy. */
const PASSED_ON = ['content-type', 'content-length', 'last-modified', 'etag'] as const;
const CONDITIONS = ['if-modified-since', 'if-none-match'] as const;

export async function servePackages(order: ProxyOrder): Promise<PackageProxy> {
  const fetching = new Map<string, Promise<void>>();
  const server = createServer((asked, answer) => {
    void serve(order, fetching, asked, answer).catch((cause: unknown) => {
      if (!answer.headersSent) refuse(answer, 502, cause instanceof Error ? cause.message : String(cause));
      else answer.destroy();
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: order.host, port: order.port, backlog: 256 }, resolve);
  });
  const { address, port } = server.address() as AddressInfo;
  return {
    address: `http://${address}:${port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function serve(
  { mirrors, store }: ProxyOrder,
  fetching: Map<string, Promise<void>>,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  if (asked.method !== 'GET' && asked.method !== 'HEAD') return refuse(answer, 405, 'only packages are fetched here');
  const url = mirrored(asked.url ?? '', mirrors);
  if (url === null) return refuse(answer, 403, 'this is no mirror of packages that the lab knows');

  if (isImmutable(url)) {
    // Several nodes ask for the same package at the same time: one of them fetches it.
    if ((await store.find(url)) === null) {
      let coming = fetching.get(url);
      if (coming === undefined) {
        coming = fetchInto(store, url).finally(() => fetching.delete(url));
        fetching.set(url, coming);
      }
      await coming;
    }
    return giveKept(store, url, asked, answer);
  }
  const conditions = Object.fromEntries(CONDITIONS.flatMap((name) => pair(name, asked.headers[name])));
  const given = await ask(url, conditions).catch((cause: unknown) => cause as Error);
  if (given instanceof Error || (given.statusCode ?? 500) >= 500) {
    if (!(given instanceof Error)) given.resume();
    if ((await store.find(url)) !== null) return giveKept(store, url, asked, answer);
    throw new Error(`${url} does not answer, and the lab has no copy of it`, { cause: given });
  }
  if (given.statusCode !== 200) {
    answer.writeHead(given.statusCode ?? 502, headersOf(given));
    return void (await pipeline(given, answer));
  }
  await store.keep(url, headersOf(given), given);
  return giveKept(store, url, asked, answer);
}

async function fetchInto(store: PackageStore, url: string): Promise<void> {
  const given = await ask(url, {});
  if (given.statusCode !== 200) {
    given.resume();
    throw new Error(`${url} was answered with ${given.statusCode}`);
  }
  await store.keep(url, headersOf(given), given);
}

async function giveKept(
  store: PackageStore,
  url: string,
  asked: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const kept = await store.find(url);
  if (kept === null) return refuse(answer, 502, `${url} broke off`);
  const range = /^bytes=(\d+)-$/.exec(asked.headers.range ?? '')?.[1];
  const start = range === undefined ? 0 : Number(range);
  if (start >= kept.size && start > 0) return refuse(answer, 416, 'there is no such part');
  answer.writeHead(range === undefined ? 200 : 206, {
    ...kept.headers,
    'content-length': String(kept.size - start),
    ...(range === undefined ? {} : { 'content-range': `bytes ${start}-${kept.size - 1}/${kept.size}` }),
  });
  if (asked.method === 'HEAD' || kept.size === 0) return void answer.end();
  await pipeline(kept.open({ start, end: kept.size - 1 }), answer);
}

/** Where the mirror has what was asked for; null for what no mirror of ours has. Nodes say http where we say https. */
function mirrored(asked: string, mirrors: readonly string[]): string | null {
  if (asked.includes('/../') || asked.includes('%2e') || asked.includes('%2E')) return null;
  for (const mirror of mirrors) {
    const plain = mirror.replace(/^https:/, 'http:');
    if (asked.startsWith(plain)) return mirror + asked.slice(plain.length);
  }
  return null;
}

/** Packages, and lists that are named by their digest. */
const isImmutable = (url: string): boolean => /\.u?deb$/.test(url) || url.includes('/by-hash/');

function ask(url: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const asking = request(url, { headers, timeout: MIRROR_SILENCE_MS }, resolve);
    asking.once('timeout', () => asking.destroy(new Error(`${url} is silent`)));
    asking.once('error', reject);
    asking.end();
  });
}

const headersOf = (given: IncomingMessage): Record<string, string> =>
  Object.fromEntries(PASSED_ON.flatMap((name) => pair(name, given.headers[name])));

const pair = (name: string, value: string | undefined): [string, string][] =>
  value === undefined ? [] : [[name, value]];

function refuse(answer: ServerResponse, status: number, why: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain' }).end(`${why}\n`);
}
