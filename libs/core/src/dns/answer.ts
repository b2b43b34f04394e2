import { mayAsk, mayForward, soaOf, type ClientScope, type Revisioned, type Zone } from './zone.js';
import type { NameEntry, OwnedRecord } from './name-table.js';
import { CLASS_IN, QUERY_TYPES, RCODE, RECORD_TYPES, recordText, type DnsRecord, type RecordType } from './record.js';
import type { ZoneIndex } from './zone-index.js';

export interface DnsQuestion {
  /** Lower case, no dot at the end; the root is the empty text. */
  readonly name: string;
  readonly type: number;
  readonly class: number;
}

export type DnsOutcome =
  | {
      readonly kind: 'answer';
      readonly rcode: number;
      readonly answers: readonly DnsRecord[];
      readonly authorities: readonly DnsRecord[];
      /** The answer is the same for everybody who may see the same, while this has the same revision. */
      readonly hangsOn: Revisioned;
      /** A chain of aliases left our zones at this name; whoever may be forwarded can be told where it ends. */
      readonly follow?: { readonly name: string; readonly forwarders: readonly string[] };
    }
  | { readonly kind: 'forward'; readonly forwarders: readonly string[] }
  /** `reason` is for the log of packets. */
  | { readonly kind: 'refuse'; readonly rcode: number; readonly reason: string };

/** Aliases that are followed within our zones; a longer chain, or a circle, is cut off there. */
export const CNAME_CHAIN_MAX = 8;

/** Seconds that the short answer to ANY may be kept (RFC 8482 §4.2). */
const ANY_TTL = 3_600;

const TYPE_NAMES = new Map<number, RecordType>(
  Object.entries(RECORD_TYPES).map(([name, number]) => [number, name as RecordType]),
);

/** Types that are no types of records: transfers, and what belongs to the message itself. */
const NOT_ANSWERED = new Set<number>([
  QUERY_TYPES.OPT,
  QUERY_TYPES.AXFR,
  QUERY_TYPES.IXFR,
  QUERY_TYPES.MAILA,
  QUERY_TYPES.MAILB,
]);

/** Answers a question from our own zones, or says where it belongs. Knows neither packets nor time. */
export const answer = (question: DnsQuestion, client: ClientScope, index: ZoneIndex): DnsOutcome => {
  const { type } = question;
  if (question.class !== CLASS_IN) return { kind: 'refuse', rcode: RCODE.REFUSED, reason: 'class is not IN' };
  if (NOT_ANSWERED.has(type)) return { kind: 'refuse', rcode: RCODE.REFUSED, reason: `type ${type} is not answered` };

  const answers: DnsRecord[] = [];
  let name = question.name;
  for (let hop = 0; ; hop += 1) {
    const zone = index.zoneOf(name, client);
    const entry = zone && index.entry(name);
    const known = entry ? visibleTypes(entry, client) : [];
    const passedOn = zone !== null && zone.forwarders.length > 0;

    if (!zone || (passedOn && known.length === 0)) {
      if (hop > 0) {
        const forwards = zone && mayForward(zone, client) ? { follow: { name, forwarders: zone.forwarders } } : {};
        return { kind: 'answer', rcode: RCODE.NOERROR, answers, authorities: [], hangsOn: index.all, ...forwards };
      }
      if (!zone) return { kind: 'refuse', rcode: RCODE.REFUSED, reason: 'in no zone of ours' };
      if (mayForward(zone, client)) return { kind: 'forward', forwarders: zone.forwarders };
      return { kind: 'refuse', rcode: RCODE.REFUSED, reason: 'forwarded for clients of our networks alone' };
    }

    const isApex = name === zone.domain && !passedOn;
    const exists = known.length > 0 || isApex || (entry?.below ?? 0) > 0;
    if (!exists) return negative(zone, index, answers, RCODE.NXDOMAIN);
    if (type === QUERY_TYPES.ANY && (known.length > 0 || isApex))
      return positive(index, [...answers, { name, ttl: ANY_TTL, data: { type: 'HINFO', cpu: 'RFC8482', os: '' } }]);
    if (type === RECORD_TYPES.SOA && isApex) return positive(index, [...answers, soaOf(zone)]);

    const wanted = TYPE_NAMES.get(type);
    const records = entry && wanted ? visible(entry, wanted, client) : [];
    // An alias stands alone (RFC 1034 §3.6.2): beside one nothing else is looked at.
    const alias = entry ? visible(entry, 'CNAME', client)[0] : undefined;
    if (!alias || type === RECORD_TYPES.CNAME) {
      if (records.length === 0) return negative(zone, index, answers, RCODE.NOERROR);
      // One name, one hop: the answer changes with this name alone.
      return hop === 0 && entry
        ? { kind: 'answer', rcode: RCODE.NOERROR, answers: records, authorities: [], hangsOn: entry }
        : positive(index, [...answers, ...records]);
    }
    answers.push(alias);
    if (alias.data.type !== 'CNAME' || hop + 1 >= CNAME_CHAIN_MAX) return positive(index, answers);
    const target = alias.data.value;
    if (answers.some((passed) => passed.name === target)) return positive(index, answers);
    name = target;
  }
};

const positive = (index: ZoneIndex, answers: readonly DnsRecord[]): DnsOutcome => ({
  kind: 'answer',
  rcode: RCODE.NOERROR,
  answers,
  authorities: [],
  hangsOn: index.all,
});

/** RFC 2308 §3: the SOA comes along, and its TTL says how long the "no" may be kept. */
const negative = (zone: Zone, index: ZoneIndex, answers: readonly DnsRecord[], rcode: number): DnsOutcome => {
  const soa = soaOf(zone);
  const ttl = Math.min(soa.ttl, soa.data.minimum);
  return { kind: 'answer', rcode, answers, authorities: [{ ...soa, ttl }], hangsOn: index.all };
};

const visibleTypes = (entry: NameEntry, client: ClientScope): RecordType[] =>
  [...entry.sets].flatMap(([type, set]) => (set.some(({ clients }) => mayAsk(clients, client)) ? [type] : []));

/** The records of a type that this client may see, each once, with the lowest TTL among them (RFC 2181 §5). */
const visible = (entry: NameEntry, type: RecordType, client: ClientScope): readonly DnsRecord[] => {
  const set = entry.sets.get(type);
  if (!set) return [];
  if (set.length === 1) return mayAsk(set[0]!.clients, client) ? set : [];
  const seen = new Map<string, OwnedRecord>();
  for (const record of set) if (mayAsk(record.clients, client)) seen.set(recordText(record.data), record);
  const records = [...seen.values()];
  const ttl = Math.min(...records.map((record) => record.ttl));
  return records.map((record) => (record.ttl === ttl ? record : { ...record, ttl }));
};
