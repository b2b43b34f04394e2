import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { CHECKOUT, freshDatabase, startPostgres, temporaryHome } from '#runtime';
import { NEWS_CHANNEL } from '#store';
import { bootScript, dhcp4Asker, dnsAsker } from '../e2e/netboot/ask.js';
import { startNetboot } from '../e2e/netboot/netboot-process.js';
import { callerOf } from '../e2e/rest/running-server.js';
import type { Bench, BenchResult } from './bench.js';

/** Reservations that are in the view before anything is measured. */
const RESERVATIONS = 50_000;
/** Commits of each kind that are measured in a round. */
const COMMITS = 150;
/** A machine waits longer than this for its answer, in milliseconds, only when something is broken. */
const ANSWER_MS_MAX = 10_000;
/** Rest between two questions of the same kind, in milliseconds. */
const ASK_EVERY_MS = 1;
/** A question of DHCP that is not answered within this time, in milliseconds, is asked again: silence is no answer yet. */
const DHCP_WITHIN_MS = 3;
const READY_WITHIN_MS = 120_000;
const SUBNET = '10.9.0.0';

/**
 * From a commit over REST to the first correct answer of DHCP, DNS and boot, with 50,000 reservations in the view: a
 * server and a netboot as processes of their own, PostgreSQL as `anneal up` starts it. The clock starts at the commit, as
 * the database tells it to whoever listens, or at the server's answer when that is earlier; `from_request` starts when
 * the request is sent, so that it holds all that the server does before its commit.
 */
export const viewBench: Bench = {
  name: 'view',
  says: 'commit to first correct DHCP, DNS and boot answer, with 50,000 reservations',
  rounds: 3,
  async round(_args, progress): Promise<BenchResult> {
    const undo: (() => Promise<unknown> | void)[] = [];
    try {
      return await measure(progress, undo);
    } finally {
      for (const step of undo.toReversed()) await step();
    }
  },
};

async function measure(
  progress: (line: string) => void,
  undo: (() => Promise<unknown> | void)[],
): Promise<BenchResult> {
  const serviceHome = temporaryHome();
  undo.push(() => serviceHome.remove());
  const postgres = await startPostgres({ home: serviceHome, log: () => undefined, externalUrl: null });
  undo.push(() => postgres.stop());
  process.env['ANNEAL_TEST_DATABASE_URL'] = postgres.url;
  const database = await freshDatabase('bench_view');
  undo.push(() => database.drop());
  const home = mkdtempSync(join(tmpdir(), 'anneal-bench-view-'));
  undo.push(() => rmSync(home, { recursive: true, force: true }));

  const port = await freePort();
  const server = await startServer(database.url, home, port);
  undo.push(() => stop(server));
  const admin = callerOf(`http://127.0.0.1:${port}`, readFileSync(join(home, 'admin-token'), 'utf8').trim());
  const ask = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const answer = await admin(method, path, { body, headers });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer;
  };
  await ask('POST', 'nodes', { name: 'admin.example.com', admin: true, probed: false });
  await ask('POST', 'networks', {
    name: 'bulk',
    conduit: '10g0',
    dhcp: 'serve',
    domain: 'example.com',
    v6prefix: null,
    ranges: [{ name: 'host', first: '10.8.0.1/16', last: '10.8.255.254/16' }],
  });
  await ask('POST', 'networks', {
    name: 'boot',
    conduit: '1g0',
    dhcp: 'serve',
    domain: 'example.com',
    v6prefix: null,
    ranges: [{ name: 'host', first: '10.9.1.1/16', last: '10.9.250.254/16' }],
  });
  await ask('POST', 'dns/filters', { name: 'everybody', matcher: '', template: '{{node.name}}' });
  progress(`writing ${RESERVATIONS} reservations`);
  await fill(database.url);
  const machines = Array.from({ length: COMMITS }, (_none, n) => ({
    name: `m${n}.example.com`,
    mac: `52:54:00:99:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`,
    address: `10.9.${10 + (n >> 7)}.${1 + (n & 127)}`,
  }));
  for (const { name, mac } of machines)
    await ask('POST', 'nodes', { name, macs: [mac], bootenv: 'discovery', probed: false });

  const netboot = await startNetboot(database.url, home);
  undo.push(() => netboot.stop());
  const begun = performance.now();
  await netboot.until(
    ({ generation, documents }) => generation > 0 && Number(documents) > RESERVATIONS,
    READY_WITHIN_MS,
  );
  progress(`netboot has read the view, ${Math.round(performance.now() - begun)} ms after it was up`);
  const dhcp = await dhcp4Asker(netboot.ports.dhcp4);
  undo.push(() => dhcp.close());
  const dns = await dnsAsker(netboot.ports.dns);
  undo.push(() => dns.close());

  const times = { dhcp: [] as number[], dns: [] as number[], boot: [] as number[] };
  const fromRequest = { dhcp: [] as number[], dns: [] as number[], boot: [] as number[] };
  const take = (kind: keyof typeof times, sent: number, answered: number, correct: number): void => {
    fromRequest[kind].push(correct - sent);
    times[kind].push(Math.max(0, correct - Math.min(answered, commits.after(sent))));
  };
  const commits = await listenForCommits(database.url);
  undo.push(() => commits.close());
  for (const [n, { name, mac, address }] of machines.entries()) {
    const sent = performance.now();
    const [answered, gotAddress, gotName] = await Promise.all([
      ask('POST', 'networks/boot/allocate', { node: name, address }).then(() => performance.now()),
      until(async () => (await dhcp.discover(mac, SUBNET, DHCP_WITHIN_MS))?.address === address),
      until(async () => (await dns.addresses(name, 50)).includes(address)),
    ]);
    take('dhcp', sent, answered, gotAddress);
    take('dns', sent, answered, gotName);

    const before = await bootScript(netboot.ports.http, mac);
    const shown = await admin('GET', `nodes/${name}`);
    const etag = { 'if-match': shown.headers.get('etag') ?? '' };
    const patched = performance.now();
    const [told, gotScript] = await Promise.all([
      ask('PATCH', `nodes/${name}`, { bootenv: 'local' }, etag).then(() => performance.now()),
      until(async () => {
        const script = await bootScript(netboot.ports.http, mac);
        return script !== before && !script.includes('discovery');
      }),
    ]);
    take('boot', patched, told, gotScript);
    if ((n + 1) % 50 === 0) progress(`${n + 1} commits of each kind`);
  }
  const metrics: Record<string, number> = {};
  for (const kind of ['dhcp', 'dns', 'boot'] as const) {
    metrics[`${kind}_p50_ms`] = quantile(times[kind], 0.5);
    metrics[`${kind}_p99_ms`] = quantile(times[kind], 0.99);
    metrics[`${kind}_from_request_p99_ms`] = quantile(fromRequest[kind], 0.99);
  }
  return { metrics, settings: { reservations: RESERVATIONS, commits: COMMITS } };
}

/** When the database told of commits, by the clock of this process. */
async function listenForCommits(
  databaseUrl: string,
): Promise<{ after(moment: number): number; close(): Promise<void> }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  const moments: number[] = [];
  client.on('notification', () => void moments.push(performance.now()));
  await client.connect();
  await client.query(`LISTEN ${NEWS_CHANNEL}`);
  return {
    after: (moment) => moments.find((at) => at > moment) ?? Number.POSITIVE_INFINITY,
    close: () => client.end(),
  };
}

/** Resolves with the moment at which it first held. */
const until = async (isSo: () => Promise<boolean>): Promise<number> => {
  const begun = performance.now();
  for (;;) {
    if (await isSo()) return performance.now();
    if (performance.now() - begun > ANSWER_MS_MAX) throw new Error(`no correct answer in ${ANSWER_MS_MAX} ms`);
    await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
  }
};

const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return Math.round((sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] as number) * 100) / 100;
};

/** Machines with an address each, as rows: what REST would take an hour for. */
async function fill(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      `INSERT INTO nodes (id, name, deployment_id, probed, bootenv, macs)
       SELECT gen_random_uuid(), 'bulk' || n || '.example.com', (SELECT id FROM deployments WHERE system), false, 'local',
         ARRAY['52:54:01:' || to_hex(n / 65536 + 16) || ':' || lpad(to_hex(n / 256 % 256), 2, '0') || ':' || lpad(to_hex(n % 256), 2, '0')]
       FROM generate_series(0, $1::int - 1) AS n`,
      [RESERVATIONS],
    );
    await client.query(
      `INSERT INTO network_allocation (id, network_id, range_id, node_id, address, chosen)
       SELECT gen_random_uuid(), w.id, g.id, n.id, g.first_address + (row_number() OVER (ORDER BY n.id) - 1), 'first-free'
       FROM nodes n, network w JOIN network_range g ON g.network_id = w.id WHERE w.name = 'bulk' AND n.name LIKE 'bulk%'`,
    );
    await client.query(
      `UPDATE network_free f SET first_address = f.first_address + $1::bigint
       FROM network_range g JOIN network w ON w.id = g.network_id WHERE f.range_id = g.id AND w.name = 'bulk'`,
      [RESERVATIONS],
    );
    await client.query('COMMIT');
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

async function startServer(databaseUrl: string, home: string, port: number): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(CHECKOUT, 'dist', 'apps', 'server', 'src', 'main.js')], {
    // Its log, which holds nothing but errors here, goes where ours does.
    stdio: ['ignore', 2, 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      ANNEAL_HOME: home,
      ANNEAL_PORT: String(port),
      ANNEAL_LISTEN: '127.0.0.1',
      ANNEAL_LOG: 'error',
    },
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), READY_WITHIN_MS);
  await Promise.race([once(child, 'message'), once(child, 'exit')]);
  clearTimeout(timer);
  if (child.exitCode !== null) throw new Error(`the server ended with code ${child.exitCode} at its start`);
  return child;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  await ended;
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
