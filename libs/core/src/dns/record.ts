import { Address6 } from 'ip-address';
import { addressValue } from '../boot-view/address-value.js';
import { refuse, isRefusal, type Refusal } from '../base/refusal.js';
import { nameInZone } from './name.js';

/**
 * Resource records: what types we know, how their data is written (RFC 1035 §5) and read. A record here is a value; where
 * it comes from, and who may see it, is the zone index's affair.
 */

/** Numbers of types, from the IANA registry. Those of questions alone are in `QUERY_TYPES`. */
export const RECORD_TYPES = {
  A: 1,
  NS: 2,
  CNAME: 5,
  SOA: 6,
  PTR: 12,
  HINFO: 13,
  MX: 15,
  TXT: 16,
  AAAA: 28,
  SRV: 33,
} as const;
export type RecordType = keyof typeof RECORD_TYPES;

export const QUERY_TYPES = { OPT: 41, IXFR: 251, AXFR: 252, MAILB: 253, MAILA: 254, ANY: 255 } as const;
/** The only class we serve. */
export const CLASS_IN = 1;

/** RFC 1035 §4.1.1, RFC 6891 §9. */
export const RCODE = { NOERROR: 0, FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5, BADVERS: 16 } as const;

export interface SoaData {
  readonly mname: string;
  readonly rname: string;
  readonly serial: number;
  readonly refresh: number;
  readonly retry: number;
  readonly expire: number;
  readonly minimum: number;
}

export type RecordData =
  | { readonly type: 'A' | 'AAAA' | 'NS' | 'CNAME' | 'PTR'; readonly value: string }
  | { readonly type: 'TXT'; readonly texts: readonly string[] }
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | {
      readonly type: 'SRV';
      readonly priority: number;
      readonly weight: number;
      readonly port: number;
      readonly target: string;
    }
  | { readonly type: 'HINFO'; readonly cpu: string; readonly os: string }
  | ({ readonly type: 'SOA' } & SoaData);

export interface DnsRecord {
  /** Without a dot at the end. */
  readonly name: string;
  /** Seconds. */
  readonly ttl: number;
  readonly data: RecordData;
}

/** Types that an operator may write; the others follow from the rest. */
export const WRITTEN_TYPES = ['A', 'AAAA', 'CNAME', 'PTR', 'TXT', 'SRV', 'MX', 'NS'] as const;
export type WrittenType = (typeof WRITTEN_TYPES)[number];

/** RFC 1035 §3.3: octets of one character string. */
const TEXT_OCTETS_MAX = 255;
/** Longest data that fits a UDP answer of 1,232 octets beside names and header. */
const TEXTS_OCTETS_MAX = 1_000;
const UINT16_MAX = 65_535;

/** Reads data as an operator writes it; names without a dot at the end are relative to the zone. */
export const parseRecordData = (type: WrittenType, text: string, zone: string): RecordData | Refusal => {
  const value = text.trim();
  switch (type) {
    case 'A':
    case 'AAAA': {
      const found = addressValue(value);
      if (found === null || (typeof found === 'number') !== (type === 'A'))
        return wrong(
          `"${value}" is no ${type === 'A' ? 'IPv4' : 'IPv6'} address, which a record of type ${type} holds.`,
        );
      return { type, value: canonicalAddress(value) };
    }
    case 'CNAME':
    case 'NS':
    case 'PTR': {
      const target = targetName(value, zone);
      return isRefusal(target) ? target : { type, value: target };
    }
    case 'TXT':
      return parseTexts(value);
    case 'MX': {
      const [preference, exchange, ...rest] = value.split(/\s+/);
      const number = uint16(preference);
      if (number === null || exchange === undefined || rest.length > 0)
        return wrong(`an MX record is written "10 mail.example.com.": a preference up to ${UINT16_MAX} and a name.`);
      const target = targetName(exchange, zone);
      return isRefusal(target) ? target : { type, preference: number, exchange: target };
    }
    case 'SRV': {
      const parts = value.split(/\s+/);
      const [priority, weight, port] = parts.slice(0, 3).map(uint16);
      if (parts.length !== 4 || priority == null || weight == null || port == null)
        return wrong(
          'an SRV record is written "0 5 443 host.example.com.": priority, weight, port and a name (RFC 2782).',
        );
      const target = targetName(parts[3] as string, zone);
      return isRefusal(target) ? target : { type, priority, weight, port, target };
    }
  }
};

/** Data as it is written; names are absolute. */
export const recordText = (data: RecordData): string => {
  switch (data.type) {
    case 'A':
    case 'AAAA':
      return data.value;
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return `${data.value}.`;
    case 'TXT':
      return data.texts.map(quoted).join(' ');
    case 'MX':
      return `${data.preference} ${data.exchange}.`;
    case 'SRV':
      return `${data.priority} ${data.weight} ${data.port} ${data.target}.`;
    case 'HINFO':
      return `${quoted(data.cpu)} ${quoted(data.os)}`;
    case 'SOA':
      return `${data.mname}. ${data.rname}. ${data.serial} ${data.refresh} ${data.retry} ${data.expire} ${data.minimum}`;
  }
};

/** An address in the one spelling that two texts of it are compared in (RFC 5952). */
export const canonicalAddress = (text: string): string =>
  text.includes(':') ? new Address6(text).correctForm() : text;

const wrong = (detail: string): Refusal => refuse('invalid', detail, { field: 'value' });

const targetName = (text: string, zone: string): string | Refusal =>
  nameInZone(text, zone) ??
  wrong(
    `"${text}" is no name: use letters, digits, - and _ in labels of 1 to 63, and a dot at the end when the zone is not to be appended.`,
  );

const uint16 = (text: string | undefined): number | null => {
  if (text === undefined || !/^\d{1,5}$/.test(text)) return null;
  return Number(text) <= UINT16_MAX ? Number(text) : null;
};

const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;

/** Character strings in quotes, or one without quotes and spaces. */
const parseTexts = (value: string): RecordData | Refusal => {
  const texts = value.startsWith('"')
    ? [...value.matchAll(/\s*"((?:[^"\\]|\\.)*)"\s*/gy)].map(([, text]) => (text as string).replace(/\\(.)/g, '$1'))
    : [value];
  const rest = value.startsWith('"') ? value.replace(/\s*"(?:[^"\\]|\\.)*"\s*/gy, '') : '';
  if (rest !== '')
    return wrong(
      `the text breaks off at ${rest.slice(0, 40)}: put each string into quotes, and a \\ before quotes in it.`,
    );
  // Printable ASCII: what else is meant cannot be told from text.
  if (texts.some((text) => !/^[\x20-\x7e]*$/.test(text)))
    return wrong('a text holds printable ASCII characters alone.');
  if (texts.some((text) => text.length > TEXT_OCTETS_MAX))
    return wrong(`one string of a text has at most ${TEXT_OCTETS_MAX} characters: split it, each part in quotes.`);
  if (texts.reduce((sum, text) => sum + text.length + 1, 0) > TEXTS_OCTETS_MAX)
    return wrong(`a text has at most ${TEXTS_OCTETS_MAX} characters in all.`);
  return { type: 'TXT', texts };
};
