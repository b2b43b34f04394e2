import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { networkOf6 } from '#testkit';
import { succeeds } from '../../deploy/lab/command.js';
import { offerExchanges } from '../bench/dhcp6/perfdhcp.js';
import { Namespaces } from './dhcp6/namespaces.js';
import { Served } from './dhcp6/served.js';

const STORM_MS = 60_000;
const root = process.getuid?.() === 0 && (await succeeds('ip', ['netns', 'list']));
const perfdhcp = await succeeds('sh', ['-c', 'command -v perfdhcp']);
if (!root || !perfdhcp) console.log('dhcp6-storm: skipped. It takes root, and perfdhcp (Debian package kea-admin).');

describe.skipIf(!root || !perfdhcp)('two thousand clients of IPv6 in ten seconds', () => {
  const net = new Namespaces(`an6s-${process.pid}`);
  let served: Served;

  beforeAll(async () => {
    for (const name of ['server', 'client']) await net.add(name);
    await net.wire('server/s0', 'client/c0', ['52:54:00:77:00:f0', '52:54:00:77:00:f1']);
    await net.run('server', 'ip', ['-6', 'address', 'add', 'fd00:77:0:1::1/64', 'dev', 's0', 'nodad']);
    const pool = { name: 'dhcp', first: 'fd00:77:0:1::1:0', last: 'fd00:77:0:1::1:ffff' };
    served = new Served(net, 'server', {
      interfaces: [{ name: 's0', link: 'admin' }],
      networks: [networkOf6({ subnets: [{ family: 6, cidr: 'fd00:77:0:1::/64', pools: [pool], routes: [] }] })],
      machines: [],
      advertise: false,
      notes: false,
    });
    await served.start();
  }, STORM_MS);

  afterAll(async () => {
    await served?.stop();
    await net.close();
    served?.removeFolder();
  }, STORM_MS);

  const storm = (seconds: number) =>
    offerExchanges(net, { namespace: 'client', interface: 'c0', perSecond: 200, seconds, uniqueness: true });

  it(
    'all get an address, each another one',
    async () => {
      const { lostPercent, doubled, donePerSecond } = await storm(10);
      expect(lostPercent).toEqual({ solicit: 0, request: 0 });
      expect(doubled).toBe(0);
      expect(donePerSecond * 10).toBeGreaterThan(1_990);
    },
    STORM_MS,
  );

  it(
    'no address is promised to two when the server is killed among them, and it is back within two seconds',
    async () => {
      const storming = storm(10);
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      if (served.pid) process.kill(served.pid, 'SIGKILL');
      const killed = Date.now();
      await served.stop();
      await served.start();
      const backMs = Date.now() - killed;
      const { doubled, donePerSecond } = await storming;
      expect(doubled).toBe(0);
      // perfdhcp does not ask again: only those who came while nobody answered are without.
      expect(donePerSecond * 10).toBeGreaterThan(2_000 - 200 * (backMs / 1_000 + 1.5));
      expect(backMs).toBeLessThan(2_000);
    },
    STORM_MS,
  );
});
