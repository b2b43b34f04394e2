import { isDefaultRoute, type NetworkPlan, type PlannedLink } from '../plan.js';
import { BOND_MODES } from '../wanted.js';
import { BOND_MONITOR_MS, WRITTEN_BY, type NetworkFiles, type NetworkFile } from './rendered.js';

/** Before netplan's (10-) and the distributions' own: of all files that match a link the first by name counts. */
const PREFIX = '/etc/systemd/network/05-anneal-';

/**
 * Files for systemd-networkd: a .netdev for each link that has to be made, and a .network for every link. Addresses are set
 * with or without a carrier, and nothing is taken from router advertisements: what is configured is what Anneal gave.
 */
export function renderNetworkd(plan: NetworkPlan): NetworkFiles {
  const files = plan.links.flatMap((link): NetworkFile[] => {
    const network = { path: `${PREFIX}${link.name}.network`, mode: 0o644 as const, content: networkOf(link, plan) };
    if (link.kind === 'physical') return [network];
    return [{ path: `${PREFIX}${link.name}.netdev`, mode: 0o644, content: netdevOf(link) }, network];
  });
  return { files, settings: [] };
}

function netdevOf(link: PlannedLink): string {
  const netdev = [`Name=${link.name}`, `Kind=${link.kind}`, ...(link.mtu === null ? [] : [`MTUBytes=${link.mtu}`])];
  switch (link.kind) {
    case 'bond':
      return sections(
        ['NetDev', netdev],
        ['Bond', [`Mode=${BOND_MODES[link.bondMode!]}`, `MIIMonitorSec=${BOND_MONITOR_MS}ms`]],
      );
    case 'vlan':
      return sections(['NetDev', netdev], ['VLAN', [`Id=${link.vlan!.id}`]]);
    default:
      return sections(['NetDev', netdev], ['Bridge', ['STP=no', 'ForwardDelaySec=0']]);
  }
}

function networkOf(link: PlannedLink, plan: NetworkPlan): string {
  const master = plan.links.find(({ name }) => name === link.master);
  const vlans = plan.links.filter(({ vlan }) => vlan?.parent === link.name);
  const network = [
    ...(master ? [`${master.kind === 'bond' ? 'Bond' : 'Bridge'}=${master.name}`] : []),
    ...vlans.map(({ name }) => `VLAN=${name}`),
    'DHCP=no',
    'IPv6AcceptRA=no',
    `LinkLocalAddressing=${master ? 'no' : 'ipv6'}`,
    ...(master ? [] : ['ConfigureWithoutCarrier=yes']),
    ...link.addresses.map(({ address }) => `Address=${address}`),
    ...link.nameServers.map((server) => `DNS=${server}`),
    ...(link.searchDomains.length > 0 ? [`Domains=${link.searchDomains.join(' ')}`] : []),
  ];
  return sections(
    ['Match', [`Name=${link.name}`]],
    ...(link.mtu === null ? [] : [['Link', [`MTUBytes=${link.mtu}`]] satisfies Section]),
    ['Network', network],
    ...link.routes.map((route): Section => [
      'Route',
      [
        ...(isDefaultRoute(route) && route.via !== null ? [] : [`Destination=${route.destination}`]),
        ...(route.via !== null ? [`Gateway=${route.via}`] : route.family === 4 ? ['Scope=link'] : []),
        ...(route.table === null ? [] : [`Table=${route.table}`]),
      ],
    ]),
    ...link.rules.map(({ from, to, table, priority }): Section => [
      'RoutingPolicyRule',
      [
        ...(from === null ? [] : [`From=${from}`]),
        ...(to === null ? [] : [`To=${to}`]),
        `Table=${table}`,
        `Priority=${priority}`,
      ],
    ]),
  );
}

type Section = readonly [name: string, lines: readonly string[]];

const sections = (...all: readonly Section[]): string =>
  [WRITTEN_BY, ...all.flatMap(([name, lines]) => [`[${name}]`, ...lines, ''])].join('\n');
