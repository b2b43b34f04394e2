import { planNetwork, type NetworkCard, type NetworkPlan, type WantedAttachment } from '#core';

/** Plans of every kind, for the golden files and for the checks with the real programs. */

const CARDS: readonly NetworkCard[] = ['eth0', 'eth1', 'eth2', 'eth3'].map((name, at) => ({
  name,
  mac: `02:00:00:00:00:0${at}`,
  busPath: `0000:00/0000:00:0${at + 1}.0`,
  port: 0,
  speeds: [1_000],
  driver: null,
  model: null,
}));

const attachment = (given: Partial<WantedAttachment> & { network: string; address: string }): WantedAttachment => ({
  category: 'general',
  range: 'host',
  conduit: '1g0',
  vlan: null,
  bondMode: null,
  bridge: false,
  mtu: null,
  policyTable: null,
  router: null,
  routes: [],
  nameServers: [],
  domain: '',
  ...given,
});

const v4 = attachment({
  network: 'admin',
  address: '192.168.124.81/24',
  router: { address: '192.168.124.10', preference: 10 },
  nameServers: ['192.168.124.10'],
  domain: 'example.com',
});
const v6 = attachment({
  network: 'admin',
  address: 'fd12:3456:789a:1::81/64',
  router: { address: 'fd12:3456:789a:1::1', preference: 10 },
  nameServers: ['fd12:3456:789a:1::1'],
  domain: 'example.com',
});
const storage = attachment({ network: 'storage', conduit: '1g1', address: '10.2.0.81/16', mtu: 9000 });
const team = { conduit: '1g1,1g2', bondMode: 4 };

const planned = (...wanted: WantedAttachment[]): NetworkPlan => {
  const { plan, problems } = planNetwork({
    wanted,
    inventory: { product: null, interfaces: CARDS },
    present: { links: [], routes: [], before: null },
  });
  if (problems.length > 0) throw new Error(problems.map(({ refusal }) => refusal.detail).join('; '));
  return plan;
};

export const NETWORK_EXAMPLES: Readonly<Record<string, NetworkPlan>> = {
  'plain, v4': planned(v4),
  'plain, v6 alone': planned(v6),
  'plain, both families': planned(v4, v6, storage),
  'two addresses of one family': planned(
    v4,
    attachment({
      network: 'second',
      address: '10.9.0.81/24',
      routes: [{ destination: '10.10.0.0/16', via: '10.9.0.1' }],
    }),
  ),
  bond: planned(v4, attachment({ ...storage, ...team })),
  vlan: planned(v4, v6, attachment({ ...storage, conduit: '1g0', vlan: 200 })),
  bridge: planned(attachment({ ...v4, bridge: true }), attachment({ ...v6, bridge: true })),
  'bond, vlan and bridge': planned(
    v4,
    attachment({ ...storage, ...team, vlan: 200 }),
    attachment({ network: 'tenants', ...team, vlan: 300, bridge: true, address: '10.3.0.81/24' }),
    attachment({ network: 'tenants', ...team, vlan: 300, bridge: true, address: 'fd12:3456:789a:3::81/64' }),
  ),
  'policy routing': planned(
    v4,
    attachment({
      network: 'public',
      conduit: '1g3',
      address: '203.0.113.81/24',
      policyTable: 'public',
      router: { address: '203.0.113.1', preference: 90 },
    }),
    attachment({
      network: 'public',
      conduit: '1g3',
      address: '2001:db8:113::81/64',
      policyTable: 'public',
      router: { address: 'fe80::1', preference: 90 },
    }),
  ),
  ...Object.fromEntries(
    [0, 1, 2, 3, 5, 6].map((bondMode) => [
      `bond of mode ${bondMode}`,
      planned(attachment({ network: 'a', conduit: '1g2,1g3', bondMode, address: '10.2.0.81/16' })),
    ]),
  ),
};
