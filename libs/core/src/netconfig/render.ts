import type { NetworkPlan } from './plan.js';
import { renderIfupdown } from './render/ifupdown.js';
import { renderNetworkManager } from './render/network-manager.js';
import { renderNetworkd } from './render/networkd.js';
import { WRITTEN_BY, type NetworkFiles, type NetworkFile } from './render/rendered.js';
import { renderWicked } from './render/wicked.js';

/** What configures the network on a node: Debian's two, Red Hat's, SUSE's. */
export const CONFIG_FAMILIES = ['networkd', 'ifupdown', 'network-manager', 'wicked'] as const;
export type ConfigFamily = (typeof CONFIG_FAMILIES)[number];

/** Who owns /etc/resolv.conf: a service that learns of name servers from the links, or nobody, so that it is a plain file. */
export type Resolver = 'links' | 'file';

/** Writes a plan in the words of what configures the network there. The same plan gives the same bytes. */
export function renderNetwork(family: ConfigFamily, plan: NetworkPlan, resolver: Resolver): NetworkFiles {
  const { files, settings } = RENDERERS[family](plan);
  // These two are told by their own settings, whoever owns the file.
  const own = family === 'network-manager' || family === 'wicked';
  return {
    files: [...files, ...tableNames(plan), ...(resolver === 'file' && !own ? resolvConf(plan) : [])],
    settings,
  };
}

const RENDERERS: Readonly<Record<ConfigFamily, (plan: NetworkPlan) => NetworkFiles>> = {
  networkd: renderNetworkd,
  ifupdown: renderIfupdown,
  'network-manager': renderNetworkManager,
  wicked: renderWicked,
};

/** Names for the numbers of routing tables, so that people can read `ip rule`. */
function tableNames({ tables }: NetworkPlan): NetworkFile[] {
  const lines = Object.entries(tables).map(([name, number]) => `${number}\t${name}`);
  if (lines.length === 0) return [];
  const content = [WRITTEN_BY, ...lines, ''].join('\n');
  return [{ path: '/etc/iproute2/rt_tables.d/anneal.conf', mode: 0o644, content }];
}

/** Libraries look at no more name servers than these (resolv.conf(5)). */
const NAME_SERVERS_MAX = 3;

function resolvConf({ links }: NetworkPlan): NetworkFile[] {
  const servers = [...new Set(links.flatMap(({ nameServers }) => nameServers))].slice(0, NAME_SERVERS_MAX);
  const domains = [...new Set(links.flatMap(({ searchDomains }) => searchDomains))];
  if (servers.length === 0) return [];
  const lines = [
    WRITTEN_BY,
    ...(domains.length > 0 ? [`search ${domains.join(' ')}`] : []),
    ...servers.map((server) => `nameserver ${server}`),
    '',
  ];
  return [{ path: '/etc/resolv.conf', mode: 0o644, content: lines.join('\n') }];
}
