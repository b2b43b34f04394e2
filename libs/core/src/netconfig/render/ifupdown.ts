import { familyOf, type NetworkPlan, type PlannedLink, type PlannedRoute, type PlannedRule } from '../plan.js';
import { BOND_MODES } from '../wanted.js';
import { BOND_MONITOR_MS, WRITTEN_BY, type NetworkFiles } from './rendered.js';

/** Without a dot in its name: some releases read no others from this folder. */
const PATH = '/etc/network/interfaces.d/anneal';

/**
 * One file for Debian's ifupdown. Bonds, VLANs and bridges are made with `ip`, which every node has, and not by the hooks
 * of ifenslave, vlan and bridge-utils, which it may lack. Every line may run twice.
 */
export function renderIfupdown(plan: NetworkPlan): NetworkFiles {
  if (plan.links.length === 0) return { files: [], settings: [] };
  const stanzas = plan.links.flatMap((link) => stanzasOf(link, plan));
  return { files: [{ path: PATH, mode: 0o644, content: [WRITTEN_BY, '', ...stanzas].join('\n') }], settings: [] };
}

function stanzasOf(link: PlannedLink, plan: NetworkPlan): string[] {
  const { name } = link;
  const first = [...making(link), ...joining(link, plan)];
  const last = leaving(link);
  const inBond = plan.links.some(({ kind, members }) => kind === 'bond' && members.includes(name));
  const bodies: { method: string; lines: string[] }[] = link.addresses.map(({ address }, at) => {
    const family = familyOf(address);
    const isLastOfFamily = !link.addresses.slice(at + 1).some((next) => familyOf(next.address) === family);
    return {
      method: family === 4 ? 'inet static' : 'inet6 static',
      lines: [
        `address ${address}`,
        ...(family === 6 ? ['accept_ra 0', 'autoconf 0'] : []),
        ...(at === 0 ? naming(link) : []),
        ...(isLastOfFamily ? ways(link, family) : []),
      ],
    };
  });
  if (bodies.length === 0)
    bodies.push({
      method: 'inet manual',
      lines: inBond ? [] : ['up ip link set dev $IFACE up', 'down ip link set dev $IFACE down'],
    });
  bodies[0]!.lines.unshift(...first);
  bodies.at(-1)!.lines.push(...last);
  return [
    // The bond brings its members up itself.
    ...(inBond ? [] : [`auto ${name}`]),
    ...bodies.flatMap(({ method, lines }) => [`iface ${name} ${method}`, ...lines.map((line) => `    ${line}`)]),
    '',
  ];
}

function making({ kind, bondMode, vlan, mtu }: PlannedLink): string[] {
  const unlessThere = (what: string): string => `pre-up [ -e /sys/class/net/$IFACE ] || ip link add ${what}`;
  const withMtu = mtu === null ? [] : [`pre-up ip link set dev $IFACE mtu ${mtu}`];
  switch (kind) {
    case 'bond':
      return [unlessThere(`name $IFACE type bond mode ${BOND_MODES[bondMode!]} miimon ${BOND_MONITOR_MS}`), ...withMtu];
    case 'vlan':
      return [unlessThere(`link ${vlan!.parent} name $IFACE type vlan id ${vlan!.id}`), ...withMtu];
    case 'bridge':
      return [unlessThere('name $IFACE type bridge stp_state 0 forward_delay 0'), ...withMtu];
    default:
      return withMtu;
  }
}

/** Members go into a bond while they are down; a port goes into its bridge as it is. */
function joining({ kind, members, vlan }: PlannedLink, plan: NetworkPlan): string[] {
  if (kind === 'bond')
    return members.flatMap((member) => [
      `pre-up ip link set dev ${member} down`,
      `pre-up ip link set dev ${member} master $IFACE`,
      `pre-up ip link set dev ${member} up`,
    ]);
  if (kind === 'bridge')
    return members.flatMap((member) => [
      `pre-up ip link set dev ${member} master $IFACE`,
      `pre-up ip link set dev ${member} up`,
    ]);
  // The parent may be down when it has a stanza of its own that was not brought up.
  return vlan && plan.links.some(({ name }) => name === vlan.parent)
    ? [`pre-up ip link set dev ${vlan.parent} up`]
    : [];
}

/** What we made is gone when it is brought down. */
const leaving = ({ kind }: PlannedLink): string[] =>
  kind === 'physical' ? [] : ['post-down ip link del dev $IFACE || true'];

/** For resolvconf, where it is installed. */
const naming = ({ nameServers, searchDomains }: PlannedLink): string[] => [
  ...(nameServers.length > 0 ? [`dns-nameservers ${nameServers.join(' ')}`] : []),
  ...(searchDomains.length > 0 ? [`dns-search ${searchDomains.join(' ')}`] : []),
];

function ways({ routes, rules }: PlannedLink, family: 4 | 6): string[] {
  return [
    ...routes.filter((route) => route.family === family).map((route) => `up ${routeCommand(route)}`),
    ...rules
      .filter((rule) => rule.family === family)
      .flatMap((rule) => [`up ${ruleCommand('add', rule)} || true`, `down ${ruleCommand('del', rule)} || true`]),
  ];
}

const routeCommand = ({ family, destination, via, table }: PlannedRoute): string =>
  [
    `ip -${family} route replace ${destination}`,
    ...(via === null ? [] : [`via ${via}`]),
    'dev $IFACE',
    ...(table === null ? [] : [`table ${table}`]),
  ].join(' ');

const ruleCommand = (verb: 'add' | 'del', { family, from, to, table, priority }: PlannedRule): string =>
  [
    `ip -${family} rule ${verb}`,
    ...(from === null ? [] : [`from ${from}`]),
    ...(to === null ? [] : [`to ${to}`]),
    `lookup ${table} priority ${priority}`,
  ].join(' ');
