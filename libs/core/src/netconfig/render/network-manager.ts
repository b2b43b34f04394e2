import { familyOf, isDefaultRoute, type NetworkPlan, type PlannedLink } from '../plan.js';
import { BOND_MODES } from '../wanted.js';
import { BOND_MONITOR_MS, WRITTEN_BY, type NetworkFiles } from './rendered.js';

const FOLDER = '/etc/NetworkManager/system-connections';
/** Above the profiles that the installation or a person made for the same card (0 unless they say otherwise). */
const PRIORITY = 100;

/** The name of the profile of a link, as `nmcli connection up` wants it. */
export const connectionName = (link: string): string => `anneal-${link}`;

/**
 * Keyfiles for NetworkManager, one profile a link; it reads none that others than root may read. Members name their bond
 * or bridge by interface, so that no profile needs to know another's UUID.
 */
export function renderNetworkManager(plan: NetworkPlan): NetworkFiles {
  const files = plan.links.map((link) => ({
    path: `${FOLDER}/${connectionName(link.name)}.nmconnection`,
    mode: 0o600 as const,
    content: keyfileOf(link, plan),
  }));
  return { files, settings: [] };
}

const TYPES = { physical: 'ethernet', bond: 'bond', vlan: 'vlan', bridge: 'bridge' } as const;

function keyfileOf(link: PlannedLink, plan: NetworkPlan): string {
  const master = plan.links.find(({ name }) => name === link.master);
  const sections: Section[] = [
    [
      'connection',
      [
        `id=${connectionName(link.name)}`,
        `type=${TYPES[link.kind]}`,
        `interface-name=${link.name}`,
        'autoconnect=true',
        `autoconnect-priority=${PRIORITY}`,
        ...(master ? [`master=${master.name}`, `slave-type=${master.kind}`] : []),
      ],
    ],
    ...(link.kind === 'physical' || link.mtu !== null
      ? [['ethernet', link.mtu === null ? [] : [`mtu=${link.mtu}`]] satisfies Section]
      : []),
  ];
  if (link.kind === 'bond')
    sections.push(['bond', [`mode=${BOND_MODES[link.bondMode!]}`, `miimon=${BOND_MONITOR_MS}`]]);
  if (link.kind === 'vlan') sections.push(['vlan', ['flags=1', `id=${link.vlan!.id}`, `parent=${link.vlan!.parent}`]]);
  if (link.kind === 'bridge') sections.push(['bridge', ['stp=false']]);
  if (master) {
    if (master.kind === 'bridge') sections.push(['bridge-port', []]);
  } else sections.push(['ipv4', addressing(link, 4)], ['ipv6', addressing(link, 6)]);
  return [WRITTEN_BY, ...sections.flatMap(([name, lines]) => [`[${name}]`, ...lines, ''])].join('\n');
}

type Section = readonly [name: string, lines: readonly string[]];

function addressing(link: PlannedLink, family: 4 | 6): string[] {
  const addresses = link.addresses.filter(({ address }) => familyOf(address) === family);
  if (addresses.length === 0) return [family === 4 ? 'method=disabled' : 'method=link-local'];
  const routes = link.routes.filter((route) => route.family === family);
  const gateway = routes.find((route) => isDefaultRoute(route) && route.table === null);
  const servers = link.nameServers.filter((server) => familyOf(server) === family);
  return [
    'method=manual',
    ...addresses.map(({ address }, at) => `address${at + 1}=${address}`),
    ...(gateway?.via ? [`gateway=${gateway.via}`] : ['never-default=true']),
    ...routes
      .filter((route) => route !== gateway)
      .flatMap(({ destination, via, table }, at) => [
        `route${at + 1}=${destination}${via === null ? '' : `,${via}`}`,
        ...(table === null ? [] : [`route${at + 1}_options=table=${table}`]),
      ]),
    ...link.rules
      .filter((rule) => rule.family === family)
      .map(
        ({ from, to, table, priority }, at) =>
          `routing-rule${at + 1}=priority ${priority} ${from === null ? `to ${to}` : `from ${from}`} table ${table}`,
      ),
    ...(servers.length > 0 ? [`dns=${servers.map((server) => `${server};`).join('')}`] : []),
    ...(link.searchDomains.length > 0 ? [`dns-search=${link.searchDomains.map((name) => `${name};`).join('')}`] : []),
  ];
}
