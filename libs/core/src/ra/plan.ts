import type { ViewNetwork } from '../boot-view/document.js';
import { parseAddress6, parsePrefix6 } from '../dhcp6/address.js';
import { encodeName } from '../dhcp6/domain-name.js';
import { nameServersOn } from '../dhcp6/name-servers.js';
import type { AdvertisedPrefix, RouterAdvertisement } from './advertisement.js';
import { ADVERTISEMENT_INTERVAL_MS_MAX } from './schedule.js';

/**
 * What hosts of a link are told by router advertisements: that addresses and everything else come by DHCPv6, and which
 * prefixes are on the link. Only networks that Anneal serves are spoken for: where somebody else serves, somebody else
 * advertises.
 */

/** RFC 8106 §5.1, RFC 4861 §6.2.1: three intervals, so that two advertisements may be lost. */
const KEPT_SECONDS = (3 * ADVERTISEMENT_INTERVAL_MS_MAX) / 1_000;
/** RFC 4861 §6.2.1: the defaults for prefixes, 30 days and 7. */
const VALID_SECONDS = 2_592_000;
const PREFERRED_SECONDS = 604_800;
/** RFC 1700 and every host's own default. */
const HOP_LIMIT = 64;
/** What fits into one advertisement, with name servers and domains. */
const PREFIXES_MAX = 16;
const NAME_SERVERS_MAX = 8;
const DOMAINS_MAX = 2;
/** RFC 8200 §5: no link has less. */
const MTU_MIN = 1_280;

export interface AdvertisingInterface {
  /** Lower case, colons; null where it has none of six bytes. */
  readonly mac: string | null;
  /** Its own addresses, canonical text. */
  readonly addresses: readonly string[];
  /** Whether names are served on them, on the port that resolvers ask. */
  readonly servesNames?: boolean;
}

/** The advertisement for a link; null when no IPv6 network on it is ours to serve. */
export const planAdvertisement = (
  networks: readonly ViewNetwork[],
  { mac, addresses, servesNames = false }: AdvertisingInterface,
): RouterAdvertisement | null => {
  const served = networks.filter(
    ({ dhcp, subnets }) => dhcp === 'serve' && subnets.some(({ family, cidr }) => family === 6 && parsePrefix6(cidr)),
  );
  if (served.length === 0) return null;
  const subnets = served
    .flatMap((network) => network.subnets)
    .filter(({ family, cidr }) => family === 6 && parsePrefix6(cidr));
  const prefixes = subnets.slice(0, PREFIXES_MAX).map(({ cidr, autonomous }): AdvertisedPrefix => ({
    prefix: cidr,
    onLink: true,
    // RFC 4862 §5.5.3: hosts make addresses in prefixes of 64 bits only.
    autonomous: autonomous === true && cidr.endsWith('/64'),
    valid: VALID_SECONDS,
    preferred: PREFERRED_SECONDS,
  }));
  const mtus = served.map(({ mtu }) => mtu ?? 0).filter((mtu) => mtu >= MTU_MIN);
  const nameServers = [
    ...new Set(served.flatMap((network) => nameServersOn(network, servesNames ? addresses : []))),
  ].filter((address) => address.includes(':') && parseAddress6(address));
  const searchDomains = [...new Set(served.map(({ domain }) => domain))].filter(
    (domain) => domain !== '' && encodeName(domain),
  );
  const isRouter = subnets.some(({ router }) => router !== undefined && addresses.includes(router));
  return {
    hopLimit: HOP_LIMIT,
    managed: true,
    other: true,
    routerSeconds: isRouter ? KEPT_SECONDS : 0,
    mac,
    mtu: mtus.length > 0 ? Math.min(...mtus) : null,
    prefixes,
    nameServers: nameServers.slice(0, NAME_SERVERS_MAX),
    searchDomains: searchDomains.slice(0, DOMAINS_MAX),
    namesSeconds: KEPT_SECONDS,
  };
};
