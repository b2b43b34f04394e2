import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';
import { succeeds } from '../../deploy/lab/command.js';
import { LabInstallation } from './boot/installation.js';
import type { StormReport, StormWish } from './boot/storm-client.js';
import { perfdhcp } from './dhcp4/perfdhcp.js';
import { Wires, type Running } from './dhcp4/wire.js';

const SERVER = '10.8.0.1';
const MACHINES = 2_000;
const SECONDS = 10;
const STORM_MS = 180_000;
/** After the last ACK. */
const BOOTED_MS_MAX = 60_000;
const KERNEL_BYTES = 8 * 2 ** 20;
const LOADER_BYTES = 160_000;
const MANY = { name: 'storm-loader.efi', kernel: 'storm-kernel' };

const root = process.getuid?.() === 0 && (await succeeds('ip', ['netns', 'list']));
const programs = await Promise.all(
  ['perfdhcp', 'tcpdump'].map((program) => succeeds('sh', ['-c', `command -v ${program}`])),
);
const isPossible = root && programs.every(Boolean);
if (!isPossible) console.log('boot-storm: skipped. It takes root, perfdhcp (Debian package kea-admin) and tcpdump.');

/**
 * Two thousand machines in ten seconds against the netboot process as it is installed, with its database: an address by
 * DHCP, then loader, script and kernel. On a wire between two namespaces.
 */
describe.skipIf(!isPossible)('two thousand machines that are switched on within ten seconds', () => {
  const wires = new Wires();
  let lab: LabInstallation;

  beforeAll(async () => {
    for (const host of ['server', 'client']) await wires.host(host);
    await wires.wire(['server', 's0', `${SERVER}/16`], ['client', 'c0', '10.8.0.2/16']);
    lab = await LabInstallation.open('boot_storm', wires, 'server');
    await lab.startNetboot();
    const kernel = Buffer.alloc(KERNEL_BYTES, 'kernel ');
    writeFileSync(join(lab.bootFiles, MANY.kernel), kernel);
    writeFileSync(join(lab.bootFiles, MANY.name), Buffer.alloc(LOADER_BYTES, 'loader '));
    const { site } = lab;
    await site.ask('POST', 'templates', {
      name: 'storm.ipxe',
      source: '#!ipxe\necho {{ boot.mac }}\nkernel {{ kernel.url }}\nboot\n',
    });
    await site.ask('POST', 'bootenvs', {
      name: 'storm',
      kernel: {
        path: MANY.kernel,
        sha256: createHash('sha256').update(kernel).digest('hex'),
        bytes: KERNEL_BYTES,
      },
      files: { 'boot.ipxe': 'storm.ipxe' },
    });
    const answer = await site.admin('PATCH', 'settings/unknown_bootenv', {
      body: { value: 'storm' },
      headers: { 'if-match': '*' },
    });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await site.ask('POST', 'networks', {
      name: 'storm',
      conduit: '10g0',
      dhcp: 'serve',
      domain: 'storm.example.com',
      v6prefix: null,
      ranges: [{ name: 'dhcp', first: '10.8.16.0/16', last: '10.8.95.255/16' }],
      router: { address: `${SERVER}/16` },
    });
    await lab.followed();
    await lab.netboot.says(/"dhcp4 is served"[^\n]*s0|"where":"[^"]*s0[^\n]*"dhcp4 is served"/);
    await lab.netboot.says(/"where":"10\.8\.0\.1#7780[^\n]*"http is served"/);
  }, STORM_MS);
  afterAll(async () => {
    await lab?.close();
    await wires.close();
  }, STORM_MS);

  const client = async (): Promise<Running> => {
    const wish: StormWish = {
      interface: 'c0',
      server: SERVER,
      httpPort: 7_780,
      loader: MANY.name,
      machines: MACHINES,
    };
    const program = join(CHECKOUT, 'dist/test/lab/boot/storm-client.js');
    const running = wires.start('client', process.execPath, [program, JSON.stringify(wish)]);
    await running.says(/^ready$/m);
    return running;
  };
  /** What came of it, when all have booted; or, when that takes too long, as it is then. */
  const reportOf = async (running: Running): Promise<StormReport> => {
    const report = /^report (.*)$/m;
    await running.says(report, BOOTED_MS_MAX).catch(() => undefined);
    await running.end();
    return JSON.parse(report.exec(running.output)?.[1] ?? '{}') as StormReport;
  };
  /** perfdhcp asks each machine's questions once, in the order of their hardware addresses. */
  const storm = (base: string) =>
    perfdhcp(wires, 'client', {
      interface: 'c0',
      rate: MACHINES / SECONDS,
      seconds: SECONDS,
      exchanges: MACHINES,
      clients: MACHINES,
      base,
    });
  const doubled = (report: StormReport) => report.acknowledged.filter(([, macs]) => macs.length > 1);
  const holdersOf = (report: StormReport) => new Map(report.acknowledged.map(([address, [mac]]) => [mac, address]));

  it(
    'all get an address, each another one, and all boot',
    async () => {
      const machines = await client();
      const seen = await storm('00:0c:01:00:00:00');
      const report = await reportOf(machines);
      console.log(
        `boot-storm: ${report.booted} machines booted, the last ${(report.lastMs / 1_000).toFixed(1)} s after the first ACK; from its ACK to its kernel a machine waited ${report.p50Ms} ms (p50), ${report.p99Ms} ms (p99); ${report.again} questions were repeated`,
      );
      expect(seen.dropped).toEqual([0, 0]);
      expect({ ...report, acknowledged: 0 }, lab.netboot.output.slice(-2_000)).toMatchObject({
        wrong: [],
        booted: MACHINES,
      });
      expect(doubled(report)).toEqual([]);
      expect(report.kernelBytes).toBe(MACHINES * 65_536);
      expect(report.loaderBytes).toBe((MACHINES / 2) * LOADER_BYTES);
    },
    STORM_MS,
  );

  it(
    'when netboot and the database are killed among them, no address is promised twice, none is lost, and it is back in seconds',
    async () => {
      const machines = await client();
      const base = '00:0d:01:00:00:00';
      const storming = storm(base);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      const killedAt = performance.now();
      lab.killPostgres();
      process.kill(lab.netboot.pid, 'SIGKILL');
      await lab.netboot.end('SIGKILL');
      // Its database is away: it serves from its own disk.
      await lab.startNetboot();
      const backMs = performance.now() - killedAt;
      const first = await storming;
      // perfdhcp asks once: those who came while nobody answered ask again, as machines do, and so do all others.
      const again = await storm(base);
      const report = await reportOf(machines);
      console.log(
        `boot-storm, killed: it served again ${(backMs / 1_000).toFixed(1)} s after the kill; ${first.received[1]} of ${first.sent[0]} machines had their address in the first storm, ${report.booted} booted in the end; ${report.again} questions were repeated`,
      );
      expect(backMs).toBeLessThan(10_000);
      expect(first.received[1]).toBeGreaterThan(MACHINES / 4);
      expect(again.dropped).toEqual([0, 0]);
      expect(doubled(report)).toEqual([]);
      // The same machine was told the same address before and after.
      expect(report.acknowledged).toHaveLength(MACHINES);
      expect(report.booted).toBe(MACHINES);
      expect(report.wrong).toEqual([]);

      await lab.restartPostgres();
      const copied = async (): Promise<Map<string, string>> => {
        const rows = await lab.site
          .query<{ address: string; mac: string }>(
            `SELECT host(address) AS address, mac FROM dhcp_lease WHERE state = 'bound'`,
          )
          .catch(() => []);
        return new Map(rows.map(({ address, mac }) => [mac, address]));
      };
      const promised = holdersOf(report);
      const missing = async () => {
        const there = await copied();
        return [...promised].filter(([mac, address]) => there.get(mac as string) !== address).length;
      };
      await expect.poll(missing, { timeout: 60_000, interval: 500 }).toBe(0);
    },
    STORM_MS,
  );
});
