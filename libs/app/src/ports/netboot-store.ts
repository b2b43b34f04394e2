import type { IpFamily, Lease, NetworkId, NodeId, Refusal } from '#core';
import type { NetbootServerId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

/** One of the services of a netboot process, and how it stands. */
export interface NetbootService {
  readonly service: string;
  /** `off` by its settings; `idle` because no network wants it here; `failed` because something keeps it from serving. */
  readonly state: 'serving' | 'idle' | 'off' | 'failed';
  /** Where it listens, or what keeps it from it and what to do. */
  readonly says: string;
  /** The port that others must know, as that of HTTP boot; absent where nobody asks for it. */
  readonly port?: number;
  /** Of HTTP boot: where the machines that it boots are told to reach the API; absent while it has no address. */
  readonly apiUrl?: string;
  /** Other DHCP servers that were noticed on its links lately; absent where there were none. */
  readonly others?: readonly OtherDhcpServer[];
}

/** A DHCP server that is none of ours, where Anneal gives out addresses. */
export interface OtherDhcpServer {
  readonly server: string;
  readonly interface: string | null;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface NetbootBeat {
  readonly id: NetbootServerId;
  readonly host: string;
  readonly addresses: readonly string[];
  readonly services: readonly NetbootService[];
  readonly generation: number;
  readonly controlUrl: string;
  readonly controlKey: string;
  /** Seals the boot tickets of this server; in no answer of the API. */
  readonly ticketKey: string;
}

export interface NetbootServerView {
  readonly id: NetbootServerId;
  readonly host: string;
  readonly addresses: readonly string[];
  readonly services: readonly NetbootService[];
  /** The last event that its copy has taken in. */
  readonly generation: number;
  /** How many events it is behind. */
  readonly lag: number;
  /** `silent`: it has not been heard of for some time and was not told to stop. */
  readonly state: 'live' | 'silent' | 'stopped';
  readonly startedAt: Date;
  readonly seenAt: Date;
}

/** Where to ask a netboot server what came by the wire. */
export interface NetbootControl {
  readonly id: NetbootServerId;
  readonly host: string;
  readonly url: string;
  readonly key: string;
}

export interface LeaseView {
  readonly address: string;
  readonly family: IpFamily;
  readonly networkId: NetworkId;
  /** Null when the network is gone. */
  readonly network: string | null;
  readonly holder: string;
  readonly mac: string | null;
  readonly nodeId: NodeId | null;
  readonly node: string | null;
  readonly hostname: string | null;
  readonly state: 'bound' | 'released' | 'declined' | 'expired';
  readonly since: Date;
  readonly until: Date;
  /** The host of the netboot server that gave it; null when that one was forgotten. */
  readonly server: string | null;
}

/** An address that a machine gets whenever it asks, because it was allocated. */
export interface ReservationView {
  readonly address: string;
  readonly family: IpFamily;
  readonly network: string;
  readonly range: string;
  readonly nodeId: NodeId;
  readonly node: string;
  readonly macs: readonly string[];
}

export interface NetbootStore {
  /** Writes that a server lives, and what it has taken in. Told without a history: it happens every few seconds. */
  beat(beat: NetbootBeat): Promise<void>;
  /** It was told to stop. */
  stopped(id: NetbootServerId): Promise<void>;
  /** By host. Those of which nothing was heard for `silentAfterMs` are silent. */
  servers(silentAfterMs: number): Promise<NetbootServerView[]>;
  /**
   * Gives these links to a server where nobody keeps them, or whoever does was stopped in order. Those that others keep
   * come back, with their hosts.
   */
  keepLinks(
    id: NetbootServerId,
    links: readonly string[],
  ): Promise<readonly { readonly link: string; readonly host: string }[]>;
  /** Returns the host of the one that was forgotten; null when there is none. */
  forget(id: NetbootServerId): Promise<string | null>;
  /** What seals the tickets of a server, whether it lives or not; null when nobody knows it. */
  ticketKey(id: NetbootServerId): Promise<string | null>;
  /** Those that live. */
  controls(silentAfterMs: number): Promise<NetbootControl[]>;

  /** Copies leases. Of two copies of an address the one that was recorded later counts; the same twice is harmless. */
  copyLeases(server: NetbootServerId, leases: readonly Lease[], recordedAt: Date): Promise<void>;
  /** Leases that hold or were given back, by address, after one of them. */
  leasesAfter(address: string | null, limit: number): Promise<Lease[]>;
  listLeases(query: ListQuery): Promise<Page<LeaseView> | Refusal>;
  listReservations(query: ListQuery): Promise<Page<ReservationView> | Refusal>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly netboot: NetbootStore;
  }
}
