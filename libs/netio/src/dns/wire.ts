import * as packets from 'dns-packet';
import { CLASS_IN, QUERY_TYPES, RCODE, RECORD_TYPES, type DnsQuestion, type DnsRecord, type RecordData } from '#core';
import { UDP_PAYLOAD_MAX } from './limits.js';

/**
 * Messages on the wire (RFC 1035 §4, RFC 6891). The data of records is written by dns-packet; questions are read here,
 * because they come from anybody and most of them are answered without being taken apart. Nothing here throws because of
 * what a message holds.
 */

export const HEADER_OCTETS = 12;

const QR = 0x80;
const AA = 0x04;
const TC = 0x02;
const RD = 0x01;
const RA = 0x80;
const CD = 0x10;
const OPCODE = 0x78;

/** EDNS as the client speaks it. */
export interface Edns {
  /** Octets that it takes over UDP. */
  readonly size: number;
  readonly version: number;
  readonly wantsDnssec: boolean;
}

export interface ReadQuery {
  readonly id: number;
  readonly recursionDesired: boolean;
  readonly checkingDisabled: boolean;
  readonly question: DnsQuestion;
  /** Where the question ends, from the message's start; it begins after the header. */
  readonly questionEnd: number;
  readonly edns: Edns | null;
}

/** What can be said of a message: a query, an error to answer with, or nothing at all. */
export type Reading =
  | { readonly kind: 'query'; readonly query: ReadQuery }
  | { readonly kind: 'error'; readonly id: number; readonly rcode: number; readonly flags: number }
  | { readonly kind: 'silence' };

const SILENCE: Reading = { kind: 'silence' };
const TSIG = 250;

/** Reads a message. What is no question is not answered, so that two servers never keep each other busy. */
export const readQuery = (message: Uint8Array): Reading => {
  if (message.length < HEADER_OCTETS) return SILENCE;
  const id = uint16(message, 0);
  const flags = message[2] as number;
  if (flags & QR) return SILENCE;
  const error = (rcode: number): Reading => ({ kind: 'error', id, rcode, flags: flags & (OPCODE | RD) });
  if (flags & OPCODE) return error(RCODE.NOTIMP);
  if (uint16(message, 4) !== 1 || uint16(message, 6) !== 0 || uint16(message, 8) !== 0) return error(RCODE.FORMERR);
  const named = readName(message, HEADER_OCTETS);
  if (!named || named.end + 4 > message.length) return error(RCODE.FORMERR);
  const questionEnd = named.end + 4;
  const edns = readAdditional(message, questionEnd, uint16(message, 10));
  if (edns === 'wrong') return error(RCODE.FORMERR);
  return {
    kind: 'query',
    query: {
      id,
      recursionDesired: (flags & RD) !== 0,
      checkingDisabled: ((message[3] as number) & CD) !== 0,
      question: { name: named.name, type: uint16(message, named.end), class: uint16(message, named.end + 2) },
      questionEnd,
      edns,
    },
  };
};

/** The OPT record; null without one. A signed request is not understood, and must not be answered as if it were. */
const readAdditional = (message: Uint8Array, begin: number, count: number): Edns | null | 'wrong' => {
  let edns: Edns | null = null;
  let at = begin;
  for (let index = 0; index < count; index += 1) {
    const named = readName(message, at);
    if (!named || named.end + 10 > message.length) return 'wrong';
    const type = uint16(message, named.end);
    const end = named.end + 10 + uint16(message, named.end + 8);
    if (end > message.length || type === TSIG) return 'wrong';
    if (type === QUERY_TYPES.OPT) {
      if (edns || named.name !== '') return 'wrong';
      edns = {
        size: uint16(message, named.end + 2),
        version: message[named.end + 5] as number,
        wantsDnssec: ((message[named.end + 6] as number) & 0x80) !== 0,
      };
    }
    at = end;
  }
  return edns;
};

/**
 * A name without compression, in lower case; bytes that host names do not have are escaped, so that it is found nowhere
 * by mistake. Null when it goes beyond its limits.
 */
const readName = (message: Uint8Array, begin: number): { name: string; end: number } | null => {
  let name = '';
  let at = begin;
  for (;;) {
    const length = message[at];
    if (length === undefined || length > 63) return null;
    at += 1;
    if (length === 0) return at - begin > 255 ? null : { name, end: at };
    if (at + length > message.length || at + length - begin > 255) return null;
    if (name !== '') name += '.';
    for (const end = at + length; at < end; at += 1) name += CHARACTERS[message[at] as number];
  }
};

const CHARACTERS: readonly string[] = Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code).toLowerCase();
  return /[-_a-z0-9]/.test(character) && code < 128 ? character : `\\${String(code).padStart(3, '0')}`;
});

export interface Reply {
  readonly rcode: number;
  readonly authoritative: boolean;
  readonly recursionAvailable: boolean;
  readonly answers: readonly DnsRecord[];
  readonly authorities: readonly DnsRecord[];
}

/**
 * Writes a reply and returns its length. What does not fit into `limit` octets is left out, and the reply says so (TC):
 * the client asks again over TCP. `request` is the query's own message, from which the question is taken as it was
 * spelt.
 */
export const writeReply = (request: Uint8Array, query: ReadQuery, reply: Reply, out: Buffer, limit: number): number => {
  const edns = query.edns !== null;
  const room = limit - (edns ? OPT_OCTETS : 0);
  let flags = QR | (query.recursionDesired ? RD : 0) | (reply.authoritative ? AA : 0);
  out.set(request.subarray(0, query.questionEnd), 0);
  let at = query.questionEnd;
  let [answers, authorities] = [0, 0];
  try {
    for (const record of reply.answers) {
      at = writeRecord(record, query.question.name, out, at, room);
      answers += 1;
    }
    for (const record of reply.authorities) {
      at = writeRecord(record, query.question.name, out, at, room);
      authorities += 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    // Half an answer is none: a client may take it for the whole.
    [at, answers, authorities] = [query.questionEnd, 0, 0];
    flags |= TC;
  }
  out[2] = flags;
  out[3] = (reply.recursionAvailable ? RA : 0) | (query.checkingDisabled ? CD : 0) | (reply.rcode & 0x0f);
  writeUint16(out, 4, 1);
  writeUint16(out, 6, answers);
  writeUint16(out, 8, authorities);
  writeUint16(out, 10, edns ? 1 : 0);
  return query.edns ? writeOpt(out, at, reply.rcode >> 4, query.edns.wantsDnssec) : at;
};

/** An answer that says no more than a code: to messages that could not be read to their end. */
export const writeError = (id: number, rcode: number, flags: number, out: Buffer): number => {
  out.fill(0, 0, HEADER_OCTETS);
  writeUint16(out, 0, id);
  out[2] = QR | flags;
  out[3] = rcode;
  return HEADER_OCTETS;
};

/** Octets of the OPT record that we send: it has no options. */
export const OPT_OCTETS = 11;

const writeOpt = (out: Buffer, at: number, extendedRcode: number, dnssecOk: boolean): number => {
  out[at] = 0;
  writeUint16(out, at + 1, QUERY_TYPES.OPT);
  writeUint16(out, at + 3, UDP_PAYLOAD_MAX);
  out[at + 5] = extendedRcode;
  out[at + 6] = 0;
  // RFC 3225 §3: the DO bit comes back as it was.
  writeUint16(out, at + 7, dnssecOk ? 0x8000 : 0);
  writeUint16(out, at + 9, 0);
  return at + OPT_OCTETS;
};

interface Encoder {
  encode(data: unknown, buffer: Buffer, offset: number): Buffer;
}
interface NameEncoder {
  encode: ((name: string, buffer: Buffer, offset: number) => Buffer) & { bytes: number };
}
/** dns-packet exports its parts; the types do not say so. */
const parts = packets as unknown as {
  readonly name: NameEncoder;
  record(type: string): Encoder & { readonly encode: { readonly bytes: number } };
};

/** A record; the name asked for is a pointer to the question, so that it is spelt as the client spelt it. */
const writeRecord = (
  { name, ttl, data }: DnsRecord,
  asked: string,
  out: Buffer,
  begin: number,
  room: number,
): number => {
  let at = begin;
  if (name === asked) {
    writeUint16(out, at, 0xc000 | HEADER_OCTETS);
    at += 2;
  } else {
    parts.name.encode(name, out, at);
    at += parts.name.encode.bytes;
  }
  writeUint16(out, at, RECORD_TYPES[data.type]);
  writeUint16(out, at + 2, CLASS_IN);
  out.writeUInt32BE(ttl, at + 4);
  const encoder = parts.record(data.type);
  encoder.encode(dataOf(data), out, at + 8);
  at += 8 + encoder.encode.bytes;
  if (at > room) throw new RangeError('the message is full');
  return at;
};

/** Data as dns-packet wants it. */
export const dataOf = (data: RecordData): unknown => {
  switch (data.type) {
    case 'A':
    case 'AAAA':
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return data.value;
    case 'TXT':
      // It puts buffers in the place of the texts that it is given.
      return [...data.texts];
    default:
      return data;
  }
};

/** A query of our own, for forwarders. Returns its length. */
export const writeQuery = (
  id: number,
  question: Uint8Array,
  edns: { readonly size: number; readonly wantsDnssec: boolean } | null,
  checkingDisabled: boolean,
  out: Buffer,
): number => {
  out.fill(0, 0, HEADER_OCTETS);
  writeUint16(out, 0, id);
  out[2] = RD;
  out[3] = checkingDisabled ? CD : 0;
  writeUint16(out, 4, 1);
  writeUint16(out, 10, edns ? 1 : 0);
  out.set(question, HEADER_OCTETS);
  const at = HEADER_OCTETS + question.length;
  return edns ? writeOpt(out, at, 0, edns.wantsDnssec) : at;
};

/** Whether a message is the answer to a query of ours: its id, and the same question whatever its case. */
export const answersQuery = (message: Uint8Array, id: number, question: Uint8Array): boolean => {
  if (message.length < HEADER_OCTETS + question.length || uint16(message, 0) !== id) return false;
  if (((message[2] as number) & (QR | OPCODE)) !== QR || uint16(message, 4) !== 1) return false;
  for (let index = 0; index < question.length; index += 1)
    if (lower(message[HEADER_OCTETS + index] as number) !== lower(question[index] as number)) return false;
  return true;
};

export const rcodeOf = (message: Uint8Array): number => (message[3] as number) & 0x0f;
export const isTruncated = (message: Uint8Array): boolean => ((message[2] as number) & TC) !== 0;

/** Makes somebody else's answer ours: the client's id and spelling, its wishes, and that we did forward. */
export const relabel = (message: Uint8Array, query: ReadQuery, request: Uint8Array): void => {
  message.set(request.subarray(0, 2), 0);
  message[2] = ((message[2] as number) & ~(AA | RD)) | (query.recursionDesired ? RD : 0);
  // What the forwarder has verified (AD) nobody has verified between it and us.
  message[3] = RA | (query.checkingDisabled ? CD : 0) | rcodeOf(message);
  message.set(request.subarray(HEADER_OCTETS, query.questionEnd), HEADER_OCTETS);
};

export const uint16 = (bytes: Uint8Array, at: number): number =>
  ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
export const writeUint16 = (bytes: Uint8Array, at: number, value: number): void => {
  bytes[at] = value >> 8;
  bytes[at + 1] = value;
};
export const lower = (code: number): number => (code >= 65 && code <= 90 ? code + 32 : code);
