import { isDefaultRoute, type NetworkPlan, type PlannedLink } from '../plan.js';
import { BOND_MODES } from '../wanted.js';
import { BOND_MONITOR_MS, WRITTEN_BY, type NetworkFiles, type NetworkFile } from './rendered.js';

const FOLDER = '/etc/sysconfig/network';

/**
 * Files for SUSE's wicked: ifcfg, ifroute and ifrule for each link that needs one. Name servers are not a matter of links
 * there but of netconfig, which has one file for the whole machine.
 */
export function renderWicked(plan: NetworkPlan): NetworkFiles {
  const files = plan.links.flatMap((link): NetworkFile[] => {
    const file = (kind: string, lines: readonly string[]): NetworkFile[] =>
      lines.length === 0
        ? []
        : [{ path: `${FOLDER}/${kind}-${link.name}`, mode: 0o644, content: [WRITTEN_BY, ...lines, ''].join('\n') }];
    return [...file('ifcfg', ifcfg(link, plan)), ...file('ifroute', ifroute(link)), ...file('ifrule', ifrule(link))];
  });
  const servers = [...new Set(plan.links.flatMap(({ nameServers }) => nameServers))];
  const domains = [...new Set(plan.links.flatMap(({ searchDomains }) => searchDomains))];
  const setting = (name: string, values: readonly string[]): NetworkFiles['settings'] =>
    values.length === 0 ? [] : [{ path: `${FOLDER}/config`, name, value: values.join(' ') }];
  return {
    files,
    settings: [
      ...setting('NETCONFIG_DNS_STATIC_SERVERS', servers),
      ...setting('NETCONFIG_DNS_STATIC_SEARCHLIST', domains),
    ],
  };
}

function ifcfg(link: PlannedLink, plan: NetworkPlan): string[] {
  const inBond = plan.links.some(({ kind, members }) => kind === 'bond' && members.includes(link.name));
  const settings: Record<string, string> = {
    // A member is brought up by its bond.
    STARTMODE: inBond ? 'hotplug' : 'auto',
    BOOTPROTO: link.addresses.length === 0 ? 'none' : 'static',
  };
  link.addresses.forEach(({ address }, at) => (settings[at === 0 ? 'IPADDR' : `IPADDR_${at}`] = address));
  if (link.mtu !== null) settings['MTU'] = String(link.mtu);
  if (link.kind === 'bond') {
    settings['BONDING_MASTER'] = 'yes';
    settings['BONDING_MODULE_OPTS'] = `mode=${BOND_MODES[link.bondMode!]} miimon=${BOND_MONITOR_MS}`;
    link.members.forEach((member, at) => (settings[`BONDING_SLAVE_${at}`] = member));
  }
  if (link.kind === 'vlan') {
    settings['ETHERDEVICE'] = link.vlan!.parent;
    settings['VLAN_ID'] = String(link.vlan!.id);
  }
  if (link.kind === 'bridge') {
    settings['BRIDGE'] = 'yes';
    settings['BRIDGE_PORTS'] = link.members.join(' ');
    settings['BRIDGE_STP'] = 'off';
    settings['BRIDGE_FORWARDDELAY'] = '0';
  }
  return Object.entries(settings).map(([name, value]) => `${name}='${value}'`);
}

/** Destination, gateway, the netmask that nobody writes any more, interface, options. */
const ifroute = ({ name, routes }: PlannedLink): string[] =>
  routes.map((route) =>
    [
      isDefaultRoute(route) ? 'default' : route.destination,
      route.via ?? '-',
      '-',
      name,
      ...(route.table === null ? [] : [`table ${route.table}`]),
    ].join(' '),
  );

const ifrule = ({ rules }: PlannedLink): string[] =>
  rules.map(({ family, from, to, table, priority }) =>
    [`ipv${family}`, from === null ? `to ${to}` : `from ${from}`, `table ${table}`, `pref ${priority}`].join(' '),
  );
