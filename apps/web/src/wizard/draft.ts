import type { components } from '../api/schema.gen';
import { addressText, dividedOf, numberOf, subnetOf } from './ipv4';

export type Site = components['schemas']['Site'];
type Network = NonNullable<Site['networks']>[number];
type ExternalService = components['schemas']['NewExternalService'];

/** Which addresses machines get. */
export type Families = 'v4' | 'both' | 'v6';

export interface ServiceDraft {
  readonly name: string;
  readonly kind: ExternalService['kind'];
  readonly addresses: readonly string[];
}

/** What the wizard is told, before it becomes a site. Kept on the server after every step; it holds no secret. */
export interface Draft {
  readonly fqdn: string;
  readonly domain: string;
  readonly families: Families;
  /** The host's address on the admin network, with prefix length; empty for a network of IPv6 alone. */
  readonly address: string;
  readonly router: string;
  readonly nodesFirst: string;
  readonly nodesLast: string;
  readonly poolFirst: string;
  readonly poolLast: string;
  /** `auto` makes a prefix of RFC 4193; else a prefix of 64 bits. */
  readonly v6prefix: string;
  readonly conduit: string;
  readonly dhcp: 'serve' | 'proxy' | 'off';
  readonly forwarders: readonly string[];
  readonly timeServers: readonly string[];
  readonly packageSource: 'online' | 'offline';
  readonly packageMirror: string;
  readonly packageProxy: string;
  /** What machines fetch through while they are installed. */
  readonly installProxy: string;
  readonly services: readonly ServiceDraft[];
  /** The image that machines get where nobody says otherwise; empty leaves it as it is. */
  readonly targetOs: string;
  /** Public keys of people who may log in to machines, a line each. */
  readonly accessKeys: readonly string[];
  /** What a file said that the steps have no field for; it is applied with the rest. */
  readonly more: Site;
}

export const EMPTY: Draft = {
  fqdn: '',
  domain: '',
  families: 'both',
  address: '',
  router: '',
  nodesFirst: '',
  nodesLast: '',
  poolFirst: '',
  poolLast: '',
  v6prefix: 'auto',
  conduit: '?1g0',
  dhcp: 'serve',
  forwarders: [],
  timeServers: [],
  packageSource: 'online',
  packageMirror: '',
  packageProxy: '',
  installProxy: '',
  services: [],
  targetOs: '',
  accessKeys: [],
  more: {},
};

const ADMIN = 'admin';
const OS_INSTALL = 'provisioner-os-install';
const ROOT_ZONE = '.';

/** Where the ranges begin and end, as parts of the subnet: known machines below, new ones above. */
const PROPOSED = { nodesFirst: 11 / 256, nodesLast: 99 / 256, poolFirst: 100 / 256, poolLast: 199 / 256 } as const;
/** In a smaller subnet there is nothing to divide. */
const PROPOSED_BITS_MAX = 26;

/** Ranges that fit the host's address, for who has no wishes. None where the subnet is small or the host is in the way. */
export const proposedRanges = (address: string): Partial<Draft> => {
  const subnet = subnetOf(address);
  if (!subnet || subnet.bits > PROPOSED_BITS_MAX) return {};
  const at = (share: number): number => subnet.first + Math.floor(share * Math.min(subnet.size, 256));
  const ends = Object.fromEntries(Object.entries(PROPOSED).map(([name, share]) => [name, at(share)])) as Record<
    keyof typeof PROPOSED,
    number
  >;
  const host = numberOf(address) ?? -1;
  if (host >= ends.nodesFirst && host <= ends.nodesLast) ends.nodesFirst = host + 1;
  if (host >= ends.poolFirst && host <= ends.poolLast) ends.poolFirst = host + 1;
  return Object.fromEntries(Object.entries(ends).map(([name, number]) => [name, addressText(number)]));
};

/** The site that a draft describes: what is applied, and what a file for `anneal apply` holds. */
export const siteOf = (draft: Draft): Site => {
  const { more } = draft;
  const role = {
    ...more.attribs?.[OS_INSTALL],
    ...(draft.targetOs ? { 'target-os': draft.targetOs } : {}),
    ...(draft.installProxy ? { 'install-proxy': draft.installProxy } : {}),
    ...(draft.accessKeys.length > 0 ? { 'install-access-keys': [...draft.accessKeys] } : {}),
  };
  const attribs = { ...more.attribs, ...(Object.keys(role).length > 0 ? { [OS_INSTALL]: role } : {}) };
  const services = [
    ...draft.services.map((service) => ({ ...service, addresses: [...service.addresses] })),
    ...(more.external_services ?? []),
  ];
  const zones = [
    ...(draft.forwarders.length > 0 ? [{ domain: ROOT_ZONE, forwarders: [...draft.forwarders] } as never] : []),
    ...(more.dns_zones ?? []),
  ];
  return {
    ...(draft.fqdn ? { admin_node: { name: draft.fqdn } } : {}),
    networks: [adminNetwork(draft), ...(more.networks ?? [])],
    ...(zones.length > 0 ? { dns_zones: zones } : {}),
    ...(services.length > 0 ? { external_services: services as ExternalService[] } : {}),
    settings: {
      ...more.settings,
      package_source: draft.packageSource,
      package_mirror: draft.packageMirror,
      package_proxy: draft.packageProxy,
    },
    ...(Object.keys(attribs).length > 0 ? { attribs } : {}),
  };
};

const adminNetwork = (draft: Draft): Network => {
  const { families } = draft;
  const hasV4 = families !== 'v6' && draft.address !== '';
  const bits = draft.address.split('/')[1] ?? '24';
  const host = draft.address.split('/')[0] ?? '';
  const range = (name: string, first: string, last: string) => ({
    name,
    first: `${first}/${bits}`,
    last: `${last}/${bits}`,
  });
  const ranges = hasV4
    ? [
        range('admin', host, host),
        ...(draft.nodesFirst && draft.nodesLast ? [range('host', draft.nodesFirst, draft.nodesLast)] : []),
        ...(draft.poolFirst && draft.poolLast ? [range('dhcp', draft.poolFirst, draft.poolLast)] : []),
      ]
    : [];
  return {
    name: ADMIN,
    category: 'admin',
    conduit: draft.conduit,
    dhcp: draft.dhcp,
    v6prefix: families === 'v4' ? null : draft.v6prefix || 'auto',
    ...(draft.domain ? { domain: draft.domain } : {}),
    ...(draft.timeServers.length > 0 ? { time_servers: [...draft.timeServers] } : {}),
    ...(ranges.length > 0 ? { ranges } : {}),
    ...(hasV4 && draft.router ? { router: { address: `${draft.router}/${bits}`, pref: 10 } } : {}),
  } as Network;
};

/** A draft out of a site: of a file that somebody has, or of what is there already. */
export const draftOf = (site: Site): Draft => {
  const networks = site.networks ?? [];
  const admin = networks.find(({ name }) => name === ADMIN);
  const { ends, families } = endsOf(admin);
  const root = (site.dns_zones ?? []).find(({ domain }) => domain === ROOT_ZONE);
  const { package_source: source, package_mirror: mirror, package_proxy: proxy, ...settings } = site.settings ?? {};
  const { [OS_INSTALL]: role = {}, ...otherRoles } = site.attribs ?? {};
  const { 'target-os': os, 'install-proxy': installProxy, 'install-access-keys': keys, ...otherAttribs } = role;
  const attribs = { ...otherRoles, ...(Object.keys(otherAttribs).length > 0 ? { [OS_INSTALL]: otherAttribs } : {}) };
  const simple = (service: ExternalService): boolean => (service.networks ?? []).length === 0;
  const services = site.external_services ?? [];
  const more: Site = {
    ...nonEmpty(
      'networks',
      networks.filter(({ name }) => name !== ADMIN),
    ),
    ...nonEmpty(
      'dns_zones',
      (site.dns_zones ?? []).filter((zone) => zone !== root),
    ),
    ...nonEmpty(
      'external_services',
      services.filter((service) => !simple(service)),
    ),
    ...(Object.keys(settings).length > 0 ? { settings } : {}),
    ...(Object.keys(attribs).length > 0 ? { attribs } : {}),
  };
  return {
    ...EMPTY,
    ...ends,
    families,
    fqdn: site.admin_node?.name ?? '',
    domain: admin?.domain ?? '',
    conduit: admin?.conduit ?? EMPTY.conduit,
    dhcp: (admin?.dhcp ?? EMPTY.dhcp) as Draft['dhcp'],
    forwarders: root?.forwarders ?? [],
    timeServers: admin?.time_servers ?? [],
    packageSource: source === 'offline' ? 'offline' : 'online',
    packageMirror: text(mirror),
    packageProxy: text(proxy),
    installProxy: text(installProxy),
    targetOs: text(os),
    accessKeys: Array.isArray(keys) ? (keys as string[]) : [],
    services: services.filter(simple).map(({ name, kind, addresses = [] }) => ({ name, kind, addresses })),
    more,
  };
};

const endsOf = (admin: Network | undefined): { ends: Partial<Draft>; families: Families } => {
  const ranges = admin?.ranges ?? [];
  const ipv4 = (name: string) => ranges.find((range) => range.name === name && !range.first.includes(':'));
  const bare = (address: string | undefined): string => address?.split('/')[0] ?? '';
  const [own, nodes, pool] = [ipv4('admin'), ipv4('host'), ipv4('dhcp')];
  const routers = [...(admin?.router ? [admin.router] : []), ...(admin?.routers ?? [])];
  const hasV6 = admin === undefined || (admin.v6prefix !== null && admin.v6prefix !== undefined);
  return {
    families: own ? (hasV6 ? 'both' : 'v4') : hasV6 && admin ? 'v6' : 'both',
    ends: {
      address: own?.first ?? '',
      nodesFirst: bare(nodes?.first),
      nodesLast: bare(nodes?.last),
      poolFirst: bare(pool?.first),
      poolLast: bare(pool?.last),
      router: bare(routers.find(({ address }) => !address.includes(':'))?.address),
      v6prefix: admin?.v6prefix ?? EMPTY.v6prefix,
    },
  };
};

const nonEmpty = <Name extends string, Item>(name: Name, items: readonly Item[]) =>
  items.length > 0 ? ({ [name]: items } as { readonly [Key in Name]: Item[] }) : {};

const text = (value: unknown): string => (typeof value === 'string' ? value : '');

/** What keeps the ranges from fitting together, in sentences; the server has the last word. */
export const rangeProblems = (draft: Draft): readonly string[] =>
  draft.families === 'v6' || draft.address === '' ? [] : dividedOf(draft).problems;
