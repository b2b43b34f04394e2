import type { Branded, Refusal, WrittenType } from '#core';
import type { ListQuery, Page } from './page.js';

export type DnsZoneId = Branded<'dns_zone'>;
export type DnsRecordId = Branded<'dns_record'>;
export type DnsFilterId = Branded<'dns_filter'>;
export type DnsServerId = Branded<'dns_server'>;
export type ExternalServiceId = Branded<'external_service'>;

export interface DnsZoneView {
  readonly id: DnsZoneId;
  readonly domain: string;
  readonly ttl: number;
  readonly forwarders: readonly string[];
  readonly clients: readonly string[];
  readonly forwardFor: readonly string[];
  /** How many records somebody wrote in it. */
  readonly records: number;
  readonly version: number;
}

export interface DnsRecordView {
  readonly id: DnsRecordId;
  readonly zone: string;
  readonly name: string;
  readonly type: WrittenType;
  /** Null: that of the zone. */
  readonly ttl: number | null;
  readonly value: string;
  readonly version: number;
}

export interface DnsFilterView {
  readonly id: DnsFilterId;
  readonly name: string;
  readonly priority: number;
  readonly matcher: string;
  readonly template: string;
  readonly clients: readonly string[];
  readonly version: number;
}

export const TSIG_ALGORITHMS = ['hmac-sha256', 'hmac-sha384', 'hmac-sha512'] as const;
export type TsigAlgorithm = (typeof TSIG_ALGORITHMS)[number];

/** A server elsewhere. Its key's secret is not part of it. */
export interface DnsServerView {
  readonly id: DnsServerId;
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly zones: readonly string[];
  readonly keyName: string;
  readonly keyAlgorithm: TsigAlgorithm;
  readonly active: boolean;
  readonly checkedAt: Date | null;
  /** When it last had all that it should have. */
  readonly settledAt: Date | null;
  /** Sequence of the last event that it had taken in then. */
  readonly generation: number;
  readonly failures: number;
  readonly retryAt: Date | null;
  readonly lastError: string;
  /** Records there that we made. */
  readonly records: number;
  readonly version: number;
}

/** A server with the secret, for whoever talks to it. */
export interface KeyedDnsServer extends DnsServerView {
  readonly keySecret: string;
}

/** A record that we have put on a server. */
export interface PlacedRecord {
  readonly zone: string;
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

export const EXTERNAL_KINDS = ['dns', 'ntp', 'dhcp'] as const;
export type ExternalKind = (typeof EXTERNAL_KINDS)[number];

export interface ExternalServiceView {
  readonly id: ExternalServiceId;
  readonly name: string;
  readonly kind: ExternalKind;
  readonly addresses: readonly string[];
  /** Names of networks that it serves; empty: all. */
  readonly networks: readonly string[];
  readonly version: number;
}

/** Rows that an operator edits: what is there is found by id or name, changed with a version, and listed in pages. */
export interface EditedStore<View extends { readonly id: string; readonly version: number }, New> {
  find(key: string, options?: { readonly lock?: boolean }): Promise<View | null>;
  list(query: ListQuery): Promise<Page<View> | Refusal>;
  all(): Promise<View[]>;
  /** False when there is one of this name already. */
  insert(row: New): Promise<boolean>;
  update(id: View['id'], change: Partial<Omit<New, 'id'>>): Promise<void>;
  delete(id: View['id']): Promise<void>;
}

export type NewDnsZone = Omit<DnsZoneView, 'records' | 'version'>;
export type NewDnsFilter = Omit<DnsFilterView, 'version'>;
export type NewExternalService = Omit<ExternalServiceView, 'version'>;
export type NewDnsServer = Pick<
  KeyedDnsServer,
  'id' | 'name' | 'address' | 'port' | 'zones' | 'keyName' | 'keyAlgorithm' | 'keySecret' | 'active'
>;

export interface DnsRecordStore {
  find(zone: DnsZoneId, id: string): Promise<DnsRecordView | null>;
  list(zone: DnsZoneId, query: ListQuery): Promise<Page<DnsRecordView> | Refusal>;
  all(): Promise<(DnsRecordView & { readonly zoneId: DnsZoneId })[]>;
  /** Those of one name, locked against others that write there by the lock on the zone. */
  named(zone: DnsZoneId, name: string): Promise<DnsRecordView[]>;
  count(zone: DnsZoneId): Promise<number>;
  /** False when the same record is there already. */
  insert(record: Omit<DnsRecordView, 'zone' | 'version'> & { readonly zoneId: DnsZoneId }): Promise<boolean>;
  delete(id: DnsRecordId): Promise<void>;
}

export interface DnsServerStore extends EditedStore<DnsServerView, NewDnsServer> {
  /** Active ones with their keys, whose time has come. */
  due(): Promise<KeyedDnsServer[]>;
  placed(id: DnsServerId): Promise<PlacedRecord[]>;
  place(id: DnsServerId, records: readonly PlacedRecord[]): Promise<void>;
  forget(id: DnsServerId, records: readonly PlacedRecord[]): Promise<void>;
  settled(id: DnsServerId, generation: number): Promise<void>;
  failed(id: DnsServerId, error: string, retryAfterMs: number): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly dnsZones: EditedStore<DnsZoneView, NewDnsZone>;
    readonly dnsRecords: DnsRecordStore;
    readonly dnsFilters: EditedStore<DnsFilterView, NewDnsFilter>;
    readonly dnsServers: DnsServerStore;
    readonly externalServices: EditedStore<ExternalServiceView, NewExternalService>;
  }
}
