import { readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findNginx } from '#netio';
import { bootScript, dhcp4Asker, dnsAsker, type Dhcp4Asker, type DnsAsker } from './ask.js';
import { startNetboot, type NetbootProcess } from './netboot-process.js';
import { openSite, SUBNET, type Site } from './site.js';

/** DHCP message types. */
const [OFFER, ACK] = [2, 5];
/** A machine asks again when it hears nothing for so long, in milliseconds. */
const ANSWER_MS = 2_000;
/** nginx ends at once when it is told to; the rest is for a busy machine. */
const NGINX_GONE_MS = 10_000;

describe('netboot, from a commit over REST to what a machine hears', () => {
  let site: Site;
  let netboot: NetbootProcess;
  let dhcp: Dhcp4Asker;
  let dns: DnsAsker;

  const settled = async (): Promise<void> => {
    const last = await site.lastEvent();
    await netboot.until(({ kept }) => kept >= last);
  };
  /** A node with an address on the network; gives the address. */
  const machine = async (name: string, mac: string): Promise<string> => {
    await site.ask('POST', 'nodes', { name, macs: [mac], bootenv: 'discovery', probed: false });
    const { items } = await site.ask('POST', 'networks/boot/allocate', { node: name });
    await settled();
    return String(items[0].address).split('/')[0]!;
  };

  beforeAll(async () => {
    site = await openSite('netboot');
    netboot = await startNetboot(site.databaseUrl, site.home);
    dhcp = await dhcp4Asker(netboot.ports.dhcp4);
    dns = await dnsAsker(netboot.ports.dns);
    await settled();
  });
  afterAll(async () => {
    dhcp?.close();
    dns?.close();
    await netboot?.stop('SIGKILL');
    await site?.stop();
  });

  it('gives a machine its address, its name and its script', async () => {
    const mac = '52:54:00:00:09:01';
    const address = await machine('one.example.com', mac);
    const offer = await dhcp.discover(mac, SUBNET, ANSWER_MS);
    expect(offer).toMatchObject({ type: OFFER, address });
    const ack = await dhcp.request(mac, SUBNET, address, offer?.server ?? '', ANSWER_MS);
    const seen = await site.ask('GET', 'nodes/one.example.com/packets');
    expect(ack, JSON.stringify(seen)).toMatchObject({ type: ACK, address });
    expect(await dns.addresses('one.example.com', ANSWER_MS)).toEqual([address]);
    expect(await bootScript(netboot.ports.http, mac)).toContain('discovery');
  });

  it('says over REST what the machine would boot and why, who has which address, and what nobody knows', async () => {
    const boot = await site.ask('GET', 'nodes/one.example.com/boot');
    expect(boot.servers).toMatchObject([{ state: 'live', lag: 0 }]);
    const bios = boot.decisions.find(({ architecture }: { architecture: number }) => architecture === 0);
    expect(bios.reasons.join()).toContain('it is one.example.com, known by its address 52:54:00:00:09:01');
    const { items: reserved } = await site.ask('GET', 'dhcp/reservations');
    expect(reserved).toMatchObject([{ node: 'one.example.com', address: '10.9.1.0', network: 'boot' }]);

    const stranger = '52:54:00:00:09:ff';
    const offer = await dhcp.discover(stranger, SUBNET, ANSWER_MS);
    await dhcp.request(stranger, SUBNET, offer?.address ?? '', offer?.server ?? '', ANSWER_MS);
    await expect
      .poll(async () => (await site.ask('GET', 'dhcp/leases')).items, { timeout: 10_000 })
      .toMatchObject([
        { address: '10.9.1.0', mac: '52:54:00:00:09:01', node: 'one.example.com', state: 'bound' },
        { address: offer?.address, mac: stranger, node: null, state: 'bound' },
      ]);
    const unknown = await site.ask('GET', 'netboot/packets');
    expect(unknown.silent).toEqual([]);
    expect(
      unknown.packets.map(({ mac, answered }: { mac: string; answered: string }) => [mac, answered.split(' ')[0]]),
    ).toEqual([
      [stranger, 'OFFER'],
      [stranger, 'ACK'],
    ]);
  });

  it('is waited for by the roles of its databases, and named when it is gone', async () => {
    const [server] = (await site.ask('GET', 'netboot/servers')).items;
    expect(server.services.map(({ state }: { state: string }) => state)).toContain('serving');
    await netboot.stop();
    expect((await site.ask('GET', 'netboot/servers')).items).toMatchObject([{ id: server.id, state: 'stopped' }]);
    netboot = await startNetboot(site.databaseUrl, site.home, { ports: netboot.ports });
    await expect
      .poll(async () => (await site.ask('GET', 'netboot/servers')).items, { timeout: 10_000 })
      .toMatchObject([{ id: server.id, state: 'live', lag: 0 }]);
  });

  it.skipIf(findNginx() === null)('takes its nginx along when it is killed, and starts another', async () => {
    const [master] = nginxOf(netboot.child.pid!);
    const processes = [master!, ...nginxOf(master!)];
    expect(processes.length).toBeGreaterThan(1);
    await netboot.stop('SIGKILL');
    await expect.poll(() => processes.filter(isNginx), { timeout: NGINX_GONE_MS }).toEqual([]);
    netboot = await startNetboot(site.databaseUrl, site.home, { ports: netboot.ports });
    expect(nginxOf(netboot.child.pid!)).toHaveLength(1);
    expect(await bootScript(netboot.ports.http, '52:54:00:00:09:01')).toContain('discovery');
    await settled();
  });

  it('says how its services stand', async () => {
    const { services } = await netboot.health();
    expect(services).toMatchObject([
      { service: 'dhcp4', state: 'serving' },
      { service: 'dhcp6', state: 'off' },
      { service: 'ra', state: 'off' },
      { service: 'dns', state: 'serving' },
      { service: 'tftp', state: 'serving' },
      { service: 'http', state: 'serving' },
    ]);
  });
});

/** The nginx processes that a process started, by pid. */
const nginxOf = (parent: number): number[] =>
  readdirSync('/proc')
    .map(Number)
    .filter((pid) => isNginx(pid) && new RegExp(`^PPid:\\s*${parent}$`, 'm').test(ofProcess(pid, 'status')));

const isNginx = (pid: number): boolean => ofProcess(pid, 'cmdline').startsWith('nginx: ');

/** Empty when there is no such process. */
const ofProcess = (pid: number, file: 'cmdline' | 'status'): string => {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
};
