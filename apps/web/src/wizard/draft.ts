import type { components } from '../api/schema.gen';

type Site = components['schemas']['Site'];

/** What the wizard is told, before it becomes a site. Kept on the server after every step. */
export interface Draft {
  readonly fqdn: string;
  readonly domain: string;
  /** The host's address on the admin network, with prefix length; empty for a network of IPv6 alone. */
  readonly address: string;
  readonly router: string;
  readonly nodesFirst: string;
  readonly nodesLast: string;
  readonly poolFirst: string;
  readonly poolLast: string;
  /** `auto` makes a prefix of RFC 4193; empty for none. */
  readonly v6prefix: string;
  readonly conduit: string;
  readonly dhcp: 'serve' | 'proxy' | 'off';
  readonly forwarders: readonly string[];
  readonly timeServers: readonly string[];
}

export const EMPTY: Draft = {
  fqdn: '',
  domain: '',
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
};

/** Hosts of a subnet by their place in it; only for prefixes of at most 24 bits is anything proposed. */
const PROPOSED = { nodesFirst: 11, nodesLast: 99, poolFirst: 100, poolLast: 199 } as const;

/** Ranges that fit the host's address, for who has no wishes: machines that are known below, new ones above. */
export const proposedRanges = (address: string): Partial<Draft> => {
  const [host = '', bits] = address.split('/');
  const parts = host.split('.');
  if (parts.length !== 4 || bits === undefined || Number(bits) > 24) return {};
  const base = parts.slice(0, 3).join('.');
  return Object.fromEntries(Object.entries(PROPOSED).map(([name, last]) => [name, `${base}.${last}`]));
};

/** The site that a draft describes: what is applied, and what a file for `anneal apply` holds. */
export const siteOf = (draft: Draft): Site => {
  const bits = draft.address.split('/')[1] ?? '24';
  const host = draft.address.split('/')[0] ?? '';
  const range = (name: string, first: string, last: string) => ({
    name,
    first: `${first}/${bits}`,
    last: `${last}/${bits}`,
  });
  const ranges = [
    ...(host ? [range('admin', host, host)] : []),
    ...(draft.nodesFirst && draft.nodesLast ? [range('host', draft.nodesFirst, draft.nodesLast)] : []),
    ...(draft.poolFirst && draft.poolLast ? [range('dhcp', draft.poolFirst, draft.poolLast)] : []),
  ];
  return {
    ...(draft.fqdn ? { admin_node: { name: draft.fqdn } } : {}),
    networks: [
      {
        name: 'admin',
        category: 'admin',
        conduit: draft.conduit,
        dhcp: draft.dhcp,
        v6prefix: draft.v6prefix || null,
        ...(draft.domain ? { domain: draft.domain } : {}),
        ...(draft.timeServers.length > 0 ? { time_servers: [...draft.timeServers] } : {}),
        ...(ranges.length > 0 ? { ranges } : {}),
        ...(draft.router ? { router: { address: `${draft.router}/${bits}`, pref: 10 } } : {}),
      },
    ],
    ...(draft.forwarders.length > 0
      ? { dns_zones: [{ domain: '.', forwarders: [...draft.forwarders] } as never] }
      : {}),
  };
};
