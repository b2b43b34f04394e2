import type { DnsRecord, SoaData } from './record.js';

/**
 * A zone as it is served. It is declared by a document, or follows from a network: from its domain, or, in reverse, from
 * its subnets.
 */
export interface Zone {
  readonly domain: string;
  /** Seconds, for records that do not say otherwise. */
  readonly ttl: number;
  /** Where questions go that nothing here answers; then the zone is somebody else's, and we only add to it. */
  readonly forwarders: readonly string[];
  /** Networks whose clients are answered; null: anybody. */
  readonly clients: readonly string[] | null;
  /** Networks whose clients are forwarded; null: all of our own. */
  readonly forwardFor: readonly string[] | null;
  /** The server that the SOA names. */
  readonly primary: string;
  /** Generation in which its contents changed last. */
  serial: number;
}

/** Something that an answer hangs on: while its revision is the same, so is the answer. */
export interface Revisioned {
  revision: number;
}

/** Seconds of a zone that follows from a network alone. */
export const IMPLIED_TTL = 300;
/** Seconds that a "no" may be remembered (RFC 2308 §5): short, because machines appear at any time. */
export const NEGATIVE_TTL = 30;
/** RFC 1912 §2.2 suggests these for zones that change by the hour. */
const REFRESH = 3_600;
const RETRY = 600;
const EXPIRE = 604_800;

/** RFC 1982: serials are counted modulo 2^32. */
export const soaOf = (zone: Zone): DnsRecord & { readonly data: { readonly type: 'SOA' } & SoaData } => ({
  name: zone.domain,
  ttl: zone.ttl,
  data: {
    type: 'SOA',
    mname: zone.primary,
    rname: zone.domain === '' ? 'hostmaster' : `hostmaster.${zone.domain}`,
    serial: zone.serial % 2 ** 32,
    refresh: REFRESH,
    retry: RETRY,
    expire: EXPIRE,
    minimum: Math.min(zone.ttl, NEGATIVE_TTL),
  },
});

/** Who asks: the network whose subnet holds the address, if one does. */
export interface ClientScope {
  readonly network: string | null;
  /** The machine that the server runs on: it may ask for everything. */
  readonly local: boolean;
}

export const LOCAL_SCOPE: ClientScope = { network: null, local: true };
export const OUTSIDE_SCOPE: ClientScope = { network: null, local: false };

/** Whether something that is meant for some networks is meant for this client. */
export const mayAsk = (clients: readonly string[] | null, scope: ClientScope): boolean =>
  clients === null || scope.local || (scope.network !== null && clients.includes(scope.network));

/** Whether this client's questions are passed on; never for strangers, so that nobody is helped to flood a third (RFC 5358). */
export const mayForward = (zone: Zone, scope: ClientScope): boolean =>
  zone.forwarders.length > 0 &&
  (scope.local || (scope.network !== null && (zone.forwardFor === null || zone.forwardFor.includes(scope.network))));
