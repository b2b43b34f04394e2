import type { Branded, NodeId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';

/**
 * What netboot answers from: a copy of the rows that DHCP, DNS and boot decisions depend on, as documents of a few
 * kinds. A document is self-contained and small, so that a change of one node is a change of one document (P9). The
 * generation of the view is the sequence number of the last event that it has taken in.
 */

export type NetworkId = Branded<'network'>;
export type BootenvId = Branded<'bootenv'>;

export type IpFamily = 4 | 6;

export interface AddressRange {
  readonly name: string;
  /** Lowest and highest address, without prefix length, in canonical text. */
  readonly first: string;
  readonly last: string;
}

export interface ViewSubnet {
  readonly family: IpFamily;
  /** The subnet as base address and prefix length: `192.168.124.0/24`, `fd12:3456:789a:1::/64`. */
  readonly cidr: string;
  /** Absent where hosts have no way out. */
  readonly router?: string;
  /** Addresses for machines that nobody knows (ranges named `dhcp`); empty: only known machines are served. */
  readonly pools: readonly AddressRange[];
  /** IPv6: hosts make themselves addresses of it (RFC 4862), beside those that DHCPv6 gives. Absent: they do not. */
  readonly autonomous?: boolean;
  /** Further ways out, RFC 3442: destination in CIDR, next hop. */
  readonly routes: readonly { readonly destination: string; readonly via: string }[];
}

export interface ViewNetwork {
  readonly id: NetworkId;
  readonly name: string;
  readonly category: string;
  readonly group: string;
  /** Networks of one link share a broadcast domain: their pools serve the same packets. */
  readonly link: string;
  readonly subnets: readonly ViewSubnet[];
  readonly domain: string;
  readonly nameServers: readonly string[];
  readonly timeServers: readonly string[];
  readonly mtu?: number;
  /** Seconds: for pool leases, and for reserved ones. */
  readonly poolLeaseSeconds: number;
  readonly reservedLeaseSeconds: number;
  /** `serve`: Anneal is the DHCP server. `proxy`: another one is, Anneal adds boot options (port 4011). `off`: neither. */
  readonly dhcp: 'serve' | 'proxy' | 'off';
  /** IPv4: whoever is on a port of the switch gets the address of that port, by what the relay says of it. Absent: no. */
  readonly byCircuit?: boolean;
}

export interface ViewAddress {
  readonly network: string;
  readonly range: string;
  readonly family: IpFamily;
  /** Without prefix length, in canonical text. */
  readonly address: string;
}

export interface ViewMachine {
  readonly node: NodeId;
  /** FQDN, in lower case. */
  readonly name: string;
  readonly deployment: string;
  readonly roles: readonly string[];
  /** Lower case, colons; those DHCP may know it by. */
  readonly macs: readonly string[];
  /** SMBIOS UUID in canonical text order (RFC 4122), lower case; null until an inventory told it. */
  readonly uuid: string | null;
  readonly addresses: readonly ViewAddress[];
  /** Name of the boot environment it gets: `discovery`, `local`, or another. */
  readonly bootenv: string;
  readonly secureBoot: boolean;
  /** Values for templates; no secret ever (P11). */
  readonly params: JsonObject;
}

export interface ViewBootenv {
  readonly name: string;
  /** Paths under the boot root, by architecture (`x86_64`, `aarch64`); with the digest their content must have. */
  readonly kernel: ViewFile | null;
  readonly initrds: readonly ViewFile[];
  /** Kernel parameters as typed list; LiquidJS templates, rendered for one node. */
  readonly params: readonly string[];
  /** Files that are rendered for one node, from LiquidJS. */
  readonly templates: readonly ViewTemplate[];
  /** Nothing is loaded: the machine starts from its own disk. */
  readonly local: boolean;
  /** Why it cannot be used; empty when it can. */
  readonly errors: readonly string[];
}

export interface ViewTemplate {
  /** Under which it is fetched, below the node's own path: `preseed.cfg`. */
  readonly path: string;
  readonly source: string;
  /** What it renders to holds something that only this node may see, and only once: it is fetched with a boot nonce. */
  readonly secret?: boolean;
}

export interface ViewFile {
  readonly path: string;
  /** SHA-256, hex. */
  readonly sha256: string;
  readonly bytes: number;
}

/** Rule that gives names to addresses; in order of priority, all that match make a record (reference: name filters). */
export interface ViewNameFilter {
  readonly name: string;
  readonly priority: number;
  /** `net.category == "admin", node.role has "dns-server"`; all terms must hold. */
  readonly matcher: string;
  /** `{{node.name}}.{{network.name}}`, relative to the zone. */
  readonly template: string;
  /** Networks, by name, whose clients see the names it makes; absent or empty: all that may see the zone. */
  readonly clients?: readonly string[];
}

/** A record that somebody wrote, beside those that follow from machines. */
export interface ViewRecord {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'CNAME' | 'PTR' | 'TXT' | 'SRV' | 'MX' | 'NS';
  readonly ttl: number;
  /** Presentation format (RFC 1035 §5). */
  readonly value: string;
}

export interface ViewZone {
  /** Without trailing dot: `example.com`; the root is `.`. Reverse zones follow from the networks. */
  readonly domain: string;
  readonly ttl: number;
  readonly records: readonly ViewRecord[];
  /**
   * Where questions go that no record here answers, `address` or `address#port`. With forwarders the zone is somebody
   * else's, to which we add names; the zone `.` with forwarders takes whatever belongs to no other zone.
   */
  readonly forwarders: readonly string[];
  /** Networks, by name, whose clients are answered; absent or empty: anybody. */
  readonly clients?: readonly string[];
  /** Networks, by name, whose clients are forwarded; absent or empty: all networks of ours, never strangers. */
  readonly forwardFor?: readonly string[];
}

export interface ViewServices {
  /** Names of boot environments for machines nobody knows, and for those that asked for none. */
  readonly unknownBootenv: string;
  readonly httpPort: number;
  /** Where nodes reach the API, without trailing slash. */
  readonly apiUrl: string;
}

export type ViewDocument =
  | { readonly kind: 'network'; readonly id: string; readonly body: ViewNetwork }
  | { readonly kind: 'machine'; readonly id: string; readonly body: ViewMachine }
  | { readonly kind: 'bootenv'; readonly id: string; readonly body: ViewBootenv }
  | { readonly kind: 'name-filter'; readonly id: string; readonly body: ViewNameFilter }
  | { readonly kind: 'zone'; readonly id: string; readonly body: ViewZone }
  | { readonly kind: 'services'; readonly id: 'services'; readonly body: ViewServices };

export type ViewDocumentKind = ViewDocument['kind'];

/** A document as it is now; without a body it is gone. */
export type ViewChange = ViewDocument | { readonly kind: ViewDocumentKind; readonly id: string; readonly body: null };
