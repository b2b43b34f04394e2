import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dhcp4Asker, type Dhcp4Asker, type Dhcp4Reply } from './ask.js';
import { startNetboot, type NetbootProcess } from './netboot-process.js';
import { openSite, SUBNET, type Site } from './site.js';

const [OFFER, ACK] = [2, 5];
const ANSWER_MS = 1_000;
const TAKE_OVER_MS = 30_000;

describe('two netboot servers where one pool is', () => {
  let site: Site;
  let first: NetbootProcess;
  let second: NetbootProcess;
  const otherHome = mkdtempSync(join(tmpdir(), 'anneal-netboot-other-'));
  const askers: Dhcp4Asker[] = [];

  const settled = async (netboot: NetbootProcess): Promise<void> => {
    const last = await site.lastEvent();
    await netboot.until(({ kept }) => kept >= last);
  };
  const askerOf = async ({ ports }: NetbootProcess): Promise<Dhcp4Asker> => {
    const asker = await dhcp4Asker(ports.dhcp4);
    askers.push(asker);
    return asker;
  };
  const leaseFrom = async (asker: Dhcp4Asker, mac: string): Promise<Dhcp4Reply | null> => {
    const offer = await asker.discover(mac, SUBNET, ANSWER_MS);
    if (offer?.type !== OFFER) return null;
    return asker.request(mac, SUBNET, offer.address, offer.server, ANSWER_MS);
  };
  const hosts = async () =>
    (
      await site.query<{ host: string }>(
        `SELECT s.host FROM dhcp_keeper k JOIN netboot_server s ON s.id = k.server_id ORDER BY 1`,
      )
    ).map(({ host }) => host);

  beforeAll(async () => {
    site = await openSite('standby');
    first = await startNetboot(site.databaseUrl, site.home, { env: { ANNEAL_NETBOOT_HOST: 'first' } });
    await settled(first);
    second = await startNetboot(site.databaseUrl, otherHome, { env: { ANNEAL_NETBOOT_HOST: 'second' } });
    await settled(second);
  });
  afterAll(async () => {
    for (const asker of askers) asker.close();
    await first?.stop('SIGKILL');
    await second?.stop('SIGKILL');
    await site?.stop();
    rmSync(otherHome, { recursive: true, force: true });
  });

  it('only the one that came first gives addresses; the other takes over, with every lease, when that one is stopped', async () => {
    const [one, two] = [await askerOf(first), await askerOf(second)];
    expect(await hosts()).toEqual(['first']);
    const given = await leaseFrom(one, '52:54:00:0c:00:01');
    expect(given?.type).toBe(ACK);
    expect(await two.discover('52:54:00:0c:00:01', SUBNET, ANSWER_MS)).toBeNull();
    expect(second.log.some(({ message }) => message?.includes('this one stands by'))).toBe(true);

    await first.stop();
    await expect
      .poll(async () => (await two.discover('52:54:00:0c:00:01', SUBNET, ANSWER_MS))?.address, {
        timeout: TAKE_OVER_MS,
      })
      .toBe(given?.address);
    expect(await hosts()).toEqual(['second']);
    // A stranger gets another address than the one that the first server promised.
    const stranger = await leaseFrom(two, '52:54:00:0c:00:02');
    expect(stranger?.type).toBe(ACK);
    expect(stranger?.address).not.toBe(given?.address);
  }, 60_000);

  it('one that was stopped stands by when it comes back, and one that was killed is replaced only when it is forgotten', async () => {
    first = await startNetboot(site.databaseUrl, site.home, { env: { ANNEAL_NETBOOT_HOST: 'first' } });
    await settled(first);
    const one = await askerOf(first);
    expect(await one.discover('52:54:00:0c:00:03', SUBNET, ANSWER_MS)).toBeNull();

    await second.stop('SIGKILL');
    // It may be cut off and still answer machines: nobody takes its place by himself.
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    expect(await one.discover('52:54:00:0c:00:03', SUBNET, ANSWER_MS)).toBeNull();
    const { items } = await site.ask('GET', 'netboot/servers');
    const dead = items.find(({ host }: { host: string }) => host === 'second');
    await site.ask('DELETE', `netboot/servers/${dead.id}`);
    await expect
      .poll(async () => (await one.discover('52:54:00:0c:00:03', SUBNET, ANSWER_MS))?.type, { timeout: TAKE_OVER_MS })
      .toBe(OFFER);
  }, 90_000);
});
