import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SilentLog } from '#app';
import { idOf, type ViewChange } from '#core';
import { DnsServer } from '#netio';
import type { Bench, BenchResult } from './bench.js';
import { startBind, startKnot } from './dns/peers.js';

const ZONE = 'bench.example';
const NAMES = 10_000;
/** Seconds of each measurement, and of the one before it that does not count. */
const SECONDS = 6;
const WARM_UP_SECONDS = 1;

const names = Array.from({ length: NAMES }, (_, at) => [`node${at}`, `10.1.${at >> 8}.${at & 255}`] as const);

/** The same names as the peers have in their zone file, as they follow from machines. */
const view = (): ViewChange[] => [
  {
    kind: 'network',
    id: 'admin',
    body: {
      id: idOf('admin'),
      name: 'admin',
      category: 'admin',
      group: '',
      link: 'admin',
      // The load comes from here, and is that of clients of ours, who are not counted.
      subnets: [
        { family: 4, cidr: '10.1.0.0/16', pools: [], routes: [] },
        { family: 4, cidr: '127.0.0.0/8', pools: [], routes: [] },
      ],
      domain: ZONE,
      nameServers: ['127.0.0.1'],
      timeServers: [],
      poolLeaseSeconds: 60,
      reservedLeaseSeconds: 3_600,
      dhcp: 'serve',
    },
  },
  { kind: 'name-filter', id: 'all', body: { name: 'all', priority: 1, matcher: '', template: '{{node.name}}' } },
  ...names.map(([name, address]): ViewChange => ({
    kind: 'machine',
    id: name,
    body: {
      node: idOf(name),
      name: `${name}.${ZONE}`,
      deployment: 'bench',
      roles: [],
      macs: [],
      uuid: null,
      addresses: [{ network: 'admin', range: 'host', family: 4, address }],
      bootenv: 'local',
      secureBoot: false,
      params: {},
    },
  })),
];

interface Load {
  readonly qps: number;
  readonly lostPercent: number;
}

const dnsperf = async (port: number, queries: string, seconds: number): Promise<Load> => {
  const args = [
    '-s',
    '127.0.0.1',
    '-p',
    String(port),
    '-d',
    queries,
    '-l',
    String(seconds),
    '-c',
    '10',
    '-T',
    '1',
    '-q',
    '100',
  ];
  const { stdout } = await promisify(execFile)('dnsperf', args, { timeout: (seconds + 30) * 1_000 });
  const figure = (pattern: RegExp): number => {
    const found = pattern.exec(stdout)?.[1];
    if (found === undefined) throw new Error(`dnsperf says something else: ${stdout}`);
    return Number(found);
  };
  const good = figure(/NOERROR \d+ \(([\d.]+)%\)/);
  if (good < 99.9) throw new Error(`only ${good} % of the answers are NOERROR`);
  return { qps: figure(/Queries per second:\s+([\d.]+)/), lostPercent: figure(/Queries lost:\s+\d+ \(([\d.]+)%\)/) };
};

const ours = async (threads: number): Promise<{ readonly port: number; stop(): Promise<void> }> => {
  const server = await DnsServer.start({ addresses: ['127.0.0.1'], port: 0, threads, log: new SilentLog() });
  await server.apply(view(), 1);
  return server;
};

/** Questions for 10,000 A records over UDP on the loopback: ours, BIND 9 and Knot, each with one thread, one after the other. */
export const dnsBench: Bench = {
  name: 'dns',
  says: 'authoritative answers per second beside BIND 9 and Knot, one thread each (needs bind9, knot, dnsperf)',
  rounds: 3,
  async round(_args, progress): Promise<BenchResult> {
    const home = mkdtempSync(join(tmpdir(), 'anneal-bench-dns-'));
    const queries = join(home, 'queries');
    writeFileSync(queries, names.map(([name]) => `${name}.${ZONE} A\n`).join(''));
    const metrics: Record<string, number> = {};
    try {
      const contenders = [
        ['ours', () => ours(1)],
        ['bind', () => startBind(home, ZONE, names)],
        ['knot', () => startKnot(home, ZONE, names)],
        ['ours_2_threads', () => ours(2)],
      ] as const;
      for (const [name, start] of contenders) {
        const server = await start();
        try {
          await dnsperf(server.port, queries, WARM_UP_SECONDS);
          const before = process.cpuUsage();
          const { qps, lostPercent } = await dnsperf(server.port, queries, SECONDS);
          const { user, system } = process.cpuUsage(before);
          metrics[`${name}_qps`] = qps;
          progress(`${name}: ${Math.round(qps)} questions/s, ${lostPercent} % lost`);
          // Ours answers in this process. Where the load takes the other core, what a second thread brings is seen by this.
          if (name.startsWith('ours')) metrics[`${name}_per_cpu_second`] = (qps * SECONDS) / ((user + system) / 1e6);
        } finally {
          await server.stop();
        }
      }
    } finally {
      rmSync(home, { recursive: true, force: true });
    }
    metrics['ratio'] = (metrics['ours_qps'] as number) / (metrics['bind_qps'] as number);
    return { metrics, settings: { names: NAMES, seconds: SECONDS, clients: 10, outstanding: 100, client_threads: 1 } };
  },
};
