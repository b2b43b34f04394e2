import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { DISCOVERED_MS, INSTALLED_MS, InstallSite, SETTLED_MS } from './machine/install-site.js';

/**
 * The networks of installed machines, whose kernel is their own: a bond of two cards, a VLAN on it, a bridge on that, and
 * addresses of both families. What container nodes cannot try.
 */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: networks of machines are skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

const CONFIGURED_MS = 180_000;
const CONFIRM_SECONDS = 20;
const VLAN = 7;
const STORAGE_ROUTER = '10.78.0.1/24';

describe.skipIf(gaps.length > 0)('the networks of installed machines', () => {
  let site: InstallSite;
  let nodes: SiteNode[];
  beforeAll(
    async () => {
      site = await InstallSite.start([
        { firmware: 'bios', cards: 3 },
        { firmware: 'uefi', cards: 3, bmc: 'redfish' },
      ]);
      await site.api.post('network_routers', { network: 'admin', address: `${adminRouter()}/24`, pref: 10 });
      nodes = [];
      for (const machine of site.lab.machines) nodes.push(await site.discover(machine));
      for (const node of nodes) await site.orderInstall(node);
      for (const node of nodes) await site.untilPhase(node, ['joined']);
      await site.api.post('networks', {
        name: 'storage',
        conduit: '?1g1,?1g2',
        use_team: true,
        team_mode: 1,
        use_vlan: true,
        vlan: VLAN,
        use_bridge: true,
        v6prefix: 'auto',
        ranges: [{ name: 'host', first: '10.78.0.11/24', last: '10.78.0.50/24' }],
        router: { address: STORAGE_ROUTER, pref: 5 },
      });
    },
    2 * DISCOVERED_MS + INSTALLED_MS,
  );
  afterAll(() => site?.close());

  const addressesOf = async (node: SiteNode): Promise<string[]> => {
    const { items } = await site.api.get<{ items: { network: string; address: string }[] }>(
      `nodes/${node.id}/addresses`,
    );
    return items.filter(({ network }) => network === 'storage').map(({ address }) => address.replace(/\/\d+$/, ''));
  };
  const adminRouter = (): string => site.lab.network.hostAddress;
  const wayOut = (node: SiteNode): Promise<string> => site.on(node, ['ip', '-4', 'route', 'show', 'default']);
  /** It is in error, or active with a warning when nobody noticed that it was away: it has what it had, which others rely on. */
  const undone = (node: SiteNode): Promise<void> =>
    expect
      .poll(() => site.nodeRole(node, 'network-admin'), { timeout: CONFIGURED_MS, interval: 1_000 })
      .toMatchObject({
        state: expect.stringMatching(/^(error|active)$/),
        status: expect.stringMatching(/the change was undone/),
      });
  const first = (): SiteNode => nodes[0] as SiteNode;
  const second = (): SiteNode => nodes[1] as SiteNode;

  it(
    'are a bond, a VLAN and a bridge, over which they reach each other in both families, and the preferred way out',
    async () => {
      for (const node of nodes) await site.bind(node, 'network-storage');
      for (const node of nodes) await site.untilState(node, 'network-storage', 'active', CONFIGURED_MS);
      const addresses = await addressesOf(second());
      expect(addresses.map((address) => address.includes(':'))).toEqual(expect.arrayContaining([true, false]));
      for (const address of addresses) await site.on(first(), ['ping', '-c', '1', '-W', '5', address]);
      const links = await site.on(first(), ['ip', '-d', 'link']);
      expect(links).toMatch(/bond mode active-backup/);
      expect(links).toMatch(new RegExp(`vlan protocol 802.1Q id ${VLAN}`));
      expect(links).toMatch(/bridge forward_delay/);
      // Both networks have a router; the lower number is preferred.
      expect(await wayOut(first())).toMatch(/^default via 10\.78\.0\.1 [^\n]*$/);
    },
    CONFIGURED_MS * 2,
  );

  it(
    'are the same after a power cut',
    async () => {
      await site.machine(0).powerCycle();
      const [address = ''] = await addressesOf(second());
      await expect
        .poll(() => site.on(first(), ['ping', '-c', '1', '-W', '5', address]).catch(() => ''), {
          timeout: DISCOVERED_MS,
          interval: 1_000,
        })
        .toContain(' 0% packet loss');
    },
    DISCOVERED_MS + 20_000,
  );

  it(
    'put back what they had when a change cuts the machine off, and say so',
    async () => {
      await site.untilState(first(), 'network-storage', 'active', SETTLED_MS);
      await site.api.put(`node_roles/network-server@${first().name}/attribs/network-confirm-seconds`, {
        value: CONFIRM_SECONDS,
      });
      await site.api.put('deployments/system/commit', { note: 'a test' });
      await site.untilState(first(), 'network-storage', 'active', SETTLED_MS);
      await site.api.patch('networks/admin', { use_vlan: true, vlan: 99 });
      await undone(first());
      // What ran on it runs again where it was found dead meanwhile, and does not cut it off once more.
      await site.untilAlive(first(), CONFIGURED_MS);
      await site.untilState(first(), 'network-server', 'active', SETTLED_MS);
      await undone(first());
      expect(await site.on(first(), ['hostname', '-f'])).toBe(first().name);
      await site.api.patch('networks/admin', { use_vlan: false, vlan: 0 });
      await site.again(first(), 'network-admin');
      await site.untilState(first(), 'network-admin', 'active', CONFIGURED_MS);
    },
    CONFIGURED_MS * 4 + SETTLED_MS * 2,
  );

  it(
    'are gone when nobody wants them any more',
    async () => {
      await site.untilState(first(), 'network-storage', 'active', CONFIGURED_MS);
      await site.unbind(first(), 'network-storage');
      await expect
        .poll(() => site.on(first(), ['ip', '-d', 'link']), { timeout: CONFIGURED_MS, interval: 2_000 })
        .not.toMatch(/bond mode/);
      await site.untilState(first(), 'network-admin', 'active', CONFIGURED_MS);
      expect(await wayOut(first())).toMatch(new RegExp(`^default via ${adminRouter()} `));
    },
    CONFIGURED_MS * 3 + 20_000,
  );
});
