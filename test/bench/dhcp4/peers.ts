import { chownSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { postgresAccount, startPostgres, temporaryHome } from '#runtime';
import { documents, labNetwork, startServer } from '../../lab/dhcp4/served.js';
import type { Running, Wires } from '../../lab/dhcp4/wire.js';

/** Starts a DHCPv4 server with an empty store on s0 of the host `server`; returns how to end it. */
export type StartPeer = () => Promise<() => Promise<void>>;

const FIRST = '10.1.0.0';
const LAST = '10.40.255.255';
const LEASE_SECONDS = 3_600;
const READY_MS_MAX = 15_000;
const LOOK_MS = 50;
/** Where Debian's kea-admin keeps the tables of Kea. */
const KEA_TABLES = '/usr/share/kea/scripts/pgsql/dhcpdb_create.pgsql';

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'anneal-bench-dhcp4-'));

/** Until the program has a socket that a DHCP server has. */
async function listening(wires: Wires, peer: Running, matches: RegExp): Promise<void> {
  for (const end = Date.now() + READY_MS_MAX; Date.now() < end; await pause(LOOK_MS))
    if (matches.test((await wires.run('server', 'ss', ['-Hlnp', '-0', '-u'])).output)) return;
  throw new Error(`a DHCP server does not listen: ${peer.output}`);
}

export const ours =
  (wires: Wires): StartPeer =>
  async () => {
    const folder = freshFolder();
    const server = await startServer(wires, 'server', ['s0'], documents([labNetwork()]), { folder });
    return async () => {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    };
  };

/** Threads of Kea where it may have more than one: two a core here, as a database mostly waits. */
const KEA_THREADS = 4;

/** `database`: what Kea calls lease-database; `threads`: 1 is what Debian's version does by default. */
const kea = async (wires: Wires, folder: string, database: Record<string, unknown>, threads = 1): Promise<Running> => {
  const file = join(folder, 'kea.json');
  const config = {
    Dhcp4: {
      'interfaces-config': { interfaces: ['s0'], 'dhcp-socket-type': 'raw' },
      'lease-database': database,
      ...(threads > 1 && {
        'multi-threading': { 'enable-multi-threading': true, 'thread-pool-size': threads, 'packet-queue-size': 64 },
      }),
      'valid-lifetime': LEASE_SECONDS,
      subnet4: [
        {
          subnet: '10.0.0.0/8',
          pools: [{ pool: `${FIRST} - ${LAST}` }],
          'option-data': [
            { name: 'routers', data: '10.0.0.1' },
            { name: 'domain-name-servers', data: '10.0.0.1' },
            { name: 'domain-name', data: 'example.com' },
          ],
        },
      ],
      loggers: [{ name: 'kea-dhcp4', severity: 'ERROR', output_options: [{ output: join(folder, 'log') }] }],
    },
  };
  writeFileSync(file, JSON.stringify(config));
  const env = { ...process.env, KEA_PIDFILE_DIR: folder, KEA_LOCKFILE_DIR: folder };
  const server = wires.start('server', 'kea-dhcp4', ['-c', file], env);
  await listening(wires, server, /kea-dhcp4/);
  return server;
};

/** Leases in a file, which Kea does not wait for; one thread, as Debian's version comes. */
export const keaMemfile =
  (wires: Wires): StartPeer =>
  async () => {
    const folder = freshFolder();
    const name = join(folder, 'leases.csv');
    const server = await kea(wires, folder, { type: 'memfile', persist: true, name, 'lfc-interval': 0 });
    return async () => {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    };
  };

/** Leases in PostgreSQL, each durable; reached by its socket, since the namespace has no way to this machine's loopback. */
export const keaPostgres = async (
  wires: Wires,
): Promise<{
  readonly start: StartPeer;
  readonly startThreaded: StartPeer;
  close(): Promise<void>;
}> => {
  const home = temporaryHome();
  const sockets = freshFolder();
  const account = postgresAccount();
  if (account) chownSync(sockets, account.uid, account.gid);
  const settings = { unix_socket_directories: sockets };
  const postgres = await startPostgres({ home, log: () => {}, externalUrl: null, settings });
  const url = new URL(postgres.url);
  let count = 0;
  const startWith = async (threads: number): Promise<() => Promise<void>> => {
    const folder = freshFolder();
    const name = `kea_${(count += 1)}`;
    await ask(postgres.url, `CREATE DATABASE ${name}`);
    await ask(Object.assign(new URL(url), { pathname: `/${name}` }).href, readFileSync(KEA_TABLES, 'utf8'));
    const { username: user, password, port } = url;
    const database = { type: 'postgresql', name, host: sockets, port: Number(port), user, password };
    const server = await kea(wires, folder, database, threads);
    return async () => {
      await server.end();
      await ask(postgres.url, `DROP DATABASE ${name} WITH (FORCE)`);
      rmSync(folder, { recursive: true, force: true });
    };
  };
  return {
    start: () => startWith(1),
    startThreaded: () => startWith(KEA_THREADS),
    async close() {
      await postgres.stop();
      home.remove();
      rmSync(sockets, { recursive: true, force: true });
    },
  };
};

async function ask(url: string, text: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

export const dnsmasq =
  (wires: Wires): StartPeer =>
  async () => {
    const folder = freshFolder();
    mkdirSync(folder, { recursive: true });
    const server = wires.start('server', 'dnsmasq', [
      ...[
        '--keep-in-foreground',
        '--conf-file=/dev/null',
        '--port=0',
        '--interface=s0',
        '--bind-interfaces',
        '--no-ping',
      ],
      ...[
        `--dhcp-range=${FIRST},${LAST},${LEASE_SECONDS}`,
        '--dhcp-lease-max=1000000',
        '--dhcp-authoritative',
        '--user=root',
      ],
      ...[
        `--dhcp-leasefile=${join(folder, 'leases')}`,
        `--pid-file=${join(folder, 'pid')}`,
        '--log-facility=/dev/null',
      ],
    ]);
    await listening(wires, server, /dnsmasq/);
    return async () => {
      await server.end();
      rmSync(folder, { recursive: true, force: true });
    };
  };
