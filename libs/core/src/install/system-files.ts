import {
  planNetwork,
  renderNetwork,
  type ConfigFamily,
  type NetworkInventory,
  type PlanProblem,
  type WantedAttachment,
} from '../netconfig/index.js';
import type { InstallOrder } from './order.js';

/**
 * The files that make an installed system this machine: its name, its address on the admin network, where the time comes
 * from. Nothing else is configured here; roles do that once the system has joined.
 */
export interface InstalledSystem {
  /** FQDN. */
  readonly name: string;
  /** `debian`, `ubuntu`, `redhat`, `suse`. */
  readonly family: string;
  /** What the node has on networks of the category admin. */
  readonly attachments: readonly WantedAttachment[];
  readonly inventory: NetworkInventory;
  readonly timeServers: readonly string[];
}

export interface SystemFiles {
  readonly files: InstallOrder['files'];
  /** Networks that could not be configured. */
  readonly problems: readonly PlanProblem[];
}

/** What configures the network of an installed system, by its family; images are built for it. */
const NETWORK_FAMILY: Readonly<Record<string, ConfigFamily>> = {
  debian: 'networkd',
  ubuntu: 'networkd',
  redhat: 'network-manager',
  suse: 'wicked',
};

const READABLE = '0644';

export const systemFiles = (facts: InstalledSystem): SystemFiles => {
  const { name, attachments, inventory, timeServers } = facts;
  const family = NETWORK_FAMILY[facts.family] ?? 'networkd';
  const { plan, problems } = planNetwork({
    wanted: attachments,
    inventory,
    // Nothing of what the discovery system had is there any more.
    present: { links: [], routes: [], before: null },
  });
  const network = renderNetwork(family, plan, 'file').files.map(({ path, mode, content }) => ({
    path,
    mode: mode.toString(8).padStart(4, '0'),
    content,
  }));
  return {
    files: [
      { path: '/etc/hostname', mode: READABLE, content: `${name}\n` },
      { path: '/etc/hosts', mode: READABLE, content: hosts(name, attachments) },
      ...linkNames(inventory),
      ...network,
      ...(timeServers.length > 0 ? [timeFile(timeServers)] : []),
    ],
    problems,
  };
};

const hosts = (name: string, attachments: readonly WantedAttachment[]): string => {
  const [short = name] = name.split('.');
  const names = short === name ? name : `${name} ${short}`;
  const own = attachments.map(({ address }) => `${address.split('/')[0]} ${names}`);
  return ['127.0.0.1 localhost', '::1 localhost ip6-localhost ip6-loopback', ...own, ''].join('\n');
};

/**
 * The cards keep the names under which they were found: what is configured here, and later by the network role, speaks of
 * these. Matched by the card's own address, which a bond does not change.
 */
const linkNames = ({ interfaces }: NetworkInventory): InstallOrder['files'] =>
  interfaces.map(({ name, mac }) => ({
    path: `/etc/systemd/network/05-anneal-${name}.link`,
    mode: READABLE,
    content: ['[Match]', `PermanentMACAddress=${mac}`, '', '[Link]', `Name=${name}`, ''].join('\n'),
  }));

const timeFile = (servers: readonly string[]) => ({
  path: '/etc/systemd/timesyncd.conf.d/anneal.conf',
  mode: READABLE,
  content: ['[Time]', `NTP=${servers.join(' ')}`, ''].join('\n'),
});
