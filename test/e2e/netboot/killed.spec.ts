import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgres, temporaryHome, type RunningService } from '#runtime';
import { dhcp4Asker, dnsAsker, type Dhcp4Asker } from './ask.js';
import { startNetboot, type NetbootProcess } from './netboot-process.js';
import { openSite, SUBNET, type Site } from './site.js';

/** DHCP message types. */
const [OFFER, ACK] = [2, 5];
const MACHINES = 120;
const ANSWER_MS = 300;
/** A machine gives up later than this, in milliseconds. */
const PATIENCE_MS = 60_000;

/** On a PostgreSQL of its own, because it is killed. */
describe('netboot, killed with its database in the middle of a storm', () => {
  const postgresHome = temporaryHome();
  const before = process.env['ANNEAL_TEST_DATABASE_URL'];
  let postgres: RunningService;
  let site: Site;
  let netboot: NetbootProcess;
  let dhcp: Dhcp4Asker;
  /** Every ACK that a machine heard: an address never goes to two. */
  const promised = new Map<string, string>();

  const mac = (n: number): string =>
    `52:54:00:0a:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`;
  const heard = (address: string, by: string): void => {
    const other = promised.get(address);
    if (other !== undefined && other !== by) throw new Error(`${address} was promised to ${other} and to ${by}`);
    promised.set(address, by);
  };
  /** Asks until it has an address, as firmware does. */
  const boots = async (n: number): Promise<string> => {
    const until = Date.now() + PATIENCE_MS;
    while (Date.now() < until) {
      const offer = await dhcp.discover(mac(n), SUBNET, ANSWER_MS);
      if (offer?.type !== OFFER) continue;
      const ack = await dhcp.request(mac(n), SUBNET, offer.address, offer.server, ANSWER_MS);
      if (ack?.type !== ACK) continue;
      heard(ack.address, mac(n));
      return ack.address;
    }
    throw new Error(`${mac(n)} heard nothing in ${PATIENCE_MS / 1_000} s`);
  };
  const killPostgres = (): boolean => process.kill(postgres.pid!, 'SIGKILL');
  const portOf = (url: string): number => Number(new URL(url).port);

  beforeAll(async () => {
    postgres = await startPostgres({ home: postgresHome, log: () => undefined, externalUrl: null });
    process.env['ANNEAL_TEST_DATABASE_URL'] = postgres.url;
    site = await openSite('killed');
    netboot = await startNetboot(site.databaseUrl, site.home);
    dhcp = await dhcp4Asker(netboot.ports.dhcp4);
    const last = await site.lastEvent();
    await netboot.until(({ kept }) => kept >= last);
  });
  afterAll(async () => {
    dhcp?.close();
    await netboot?.stop('SIGKILL');
    await site?.stop().catch(() => undefined);
    await postgres?.stop();
    postgresHome.remove();
    process.env['ANNEAL_TEST_DATABASE_URL'] = before;
  });

  it('promises no address twice, loses none, and is back in seconds', async () => {
    const known = '52:54:00:0b:00:01';
    await site.ask('POST', 'nodes', { name: 'known.example.com', macs: [known], bootenv: 'discovery', probed: false });
    const { items } = await site.ask('POST', 'networks/boot/allocate', { node: 'known.example.com' });
    const address = String(items[0].address).split('/')[0]!;
    const last = await site.lastEvent();
    await netboot.until(({ kept }) => kept >= last);

    const storm = Promise.all(Array.from({ length: MACHINES }, (_none, n) => boots(n)));
    await expect.poll(() => promised.size, { timeout: PATIENCE_MS, interval: 5 }).toBeGreaterThan(MACHINES / 4);
    killPostgres();
    const killedAt = performance.now();
    await netboot.stop('SIGKILL');
    // The database is gone: what it serves now comes from its disk.
    netboot = await startNetboot(site.databaseUrl, site.home, { ports: netboot.ports });
    const offer = await dhcp.discover(known, SUBNET, 2_000);
    expect(offer).toMatchObject({ type: OFFER, address });
    expect(performance.now() - killedAt).toBeLessThan(20_000);
    const names = await dnsAsker(netboot.ports.dns);
    expect(await names.addresses('known.example.com', 2_000)).toEqual([address]);
    names.close();
    const addresses = await storm;
    expect(new Set(addresses).size).toBe(MACHINES);

    // Nobody lost what was promised before: the same machines get the same addresses.
    expect(await Promise.all(Array.from({ length: MACHINES }, (_none, n) => boots(n)))).toEqual(addresses);
    expect((await netboot.health())['database']).toContain('away');

    const { url } = postgres;
    await postgres.stop().catch(() => undefined);
    postgres = await startPostgres({
      home: postgresHome,
      log: () => undefined,
      externalUrl: null,
      port: portOf(url),
    });
    await netboot.until(({ database, leases_waiting: waiting }) => database === 'answers' && waiting === 0, 60_000);
    const leases = await site.query<{ address: string; mac: string }>(
      `SELECT host(address) AS address, mac FROM dhcp_lease WHERE state = 'bound'`,
    );
    const copied = new Map(leases.map((lease) => [lease.address, lease.mac]));
    expect([...promised].filter(([one, by]) => copied.get(one) !== by)).toEqual([]);
  }, 180_000);
});
