import { randomInt } from 'node:crypto';
import { connect } from 'node:net';
import * as packets from 'dns-packet';
import { DnsUpdate, type ForeignRecord, type KeyedDnsServer, type ZoneUpdate } from '#app';
import {
  canonicalAddress,
  CLASS_IN,
  isRefusal,
  parseRecordData,
  QUERY_TYPES,
  RECORD_TYPES,
  recordText,
  WRITTEN_TYPES,
  type RecordData,
  type WrittenType,
} from '#core';
import { TsigExchange } from './tsig.js';
import { dataOf, HEADER_OCTETS, rcodeOf, uint16, writeUint16 } from './wire.js';

/** Milliseconds that connecting may take, an update, and the transfer of a whole zone. */
const UPDATE_MS_MAX = 10_000;
const TRANSFER_MS_MAX = 60_000;
/** Records in one update: some 30 kB, well below what a message holds. */
const RECORDS_PER_UPDATE = 300;
/** Records of a zone that are read: more would not be ours. */
const ZONE_RECORDS_MAX = 2_000_000;

const OPCODE_UPDATE = 5 << 3;
/** RFC 2136 §2.5.4: deletes one record. */
const CLASS_NONE = 254;

/** RFC 2136 §2.2, as what to do about it. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'it could not read the message (FORMERR)',
  2: 'it failed; look at its log (SERVFAIL)',
  4: 'it takes no updates (NOTIMP)',
  5: 'it refuses: let the key update and transfer this zone (in BIND: allow-update or update-policy, and allow-transfer)',
  9: 'it is not primary for this zone, or does not accept the key (NOTAUTH)',
  10: 'a name lies outside of the zone (NOTZONE)',
};

/** Updates and transfers over TCP, signed (RFC 2136, RFC 5936, RFC 8945). Tried with BIND 9. */
export class SignedDnsUpdate extends DnsUpdate {
  constructor(private readonly now: () => number = Date.now) {
    super();
  }

  override async read(server: KeyedDnsServer, zone: string): Promise<ForeignRecord[]> {
    const question = Buffer.concat([nameOctets(zone), number16(QUERY_TYPES.AXFR), number16(CLASS_IN)]);
    const exchange = this.exchangeWith(server);
    const found: ForeignRecord[] = [];
    let soas = 0;
    await converse(server, exchange.sign(message(0, [question], [])), TRANSFER_MS_MAX, (reply) => {
      this.refuse(server, zone, reply, exchange);
      for (const record of packets.decode(reply).answers ?? []) {
        if (record.type === 'SOA') soas += 1;
        else if (soas === 1) found.push(readRecord(record));
        if (found.length > ZONE_RECORDS_MAX) throw new Error(`zone ${zone} has more than ${ZONE_RECORDS_MAX} records`);
      }
      // The SOA comes first and last (RFC 5936 §2.2); the last message is always signed.
      return soas >= 2 && exchange.isCovered;
    });
    return found;
  }

  override async update(server: KeyedDnsServer, zone: string, { add, remove }: ZoneUpdate): Promise<void> {
    const changes = [
      ...remove.map((record) => changeOf(record, CLASS_NONE, 0)),
      ...add.map((record) => changeOf(record, CLASS_IN, record.ttl)),
    ];
    for (let from = 0; from < changes.length; from += RECORDS_PER_UPDATE) {
      const target = Buffer.concat([nameOctets(zone), number16(RECORD_TYPES.SOA), number16(CLASS_IN)]);
      const exchange = this.exchangeWith(server);
      const request = exchange.sign(message(OPCODE_UPDATE, [target], changes.slice(from, from + RECORDS_PER_UPDATE)));
      await converse(server, request, UPDATE_MS_MAX, (reply) => {
        this.refuse(server, zone, reply, exchange);
        return true;
      });
    }
  }

  private exchangeWith({ keyName, keyAlgorithm, keySecret }: KeyedDnsServer): TsigExchange {
    const key = { name: keyName, algorithm: keyAlgorithm, secret: Buffer.from(keySecret, 'base64') };
    return new TsigExchange(key, () => this.now() / 1_000);
  }

  /** Throws when a reply says no, or is not signed by whom it should come from. */
  private refuse(server: KeyedDnsServer, zone: string, reply: Buffer, exchange: TsigExchange): void {
    const rcode = rcodeOf(reply);
    const refused =
      rcode === 0
        ? null
        : `the server ${server.address} says no to zone ${zone}: ${REFUSALS[rcode] ?? `code ${rcode}`}`;
    try {
      exchange.check(reply);
    } catch (cause) {
      // A server that does not accept the key cannot sign its refusal; what it says is the better explanation.
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new Error(
        refused && /not signed/.test(reason)
          ? refused
          : `key ${server.keyName} with the server ${server.address}: ${reason}`,
        { cause },
      );
    }
    if (refused) throw new Error(refused);
  }
}

const message = (flags: number, questions: readonly Buffer[], updates: readonly Buffer[]): Buffer => {
  const header = Buffer.alloc(HEADER_OCTETS);
  writeUint16(header, 0, randomInt(0x1_0000));
  header[2] = flags;
  writeUint16(header, 4, questions.length);
  // What queries call authority is the update section of an update (RFC 2136 §2).
  writeUint16(header, 8, updates.length);
  return Buffer.concat([header, ...questions, ...updates]);
};

/** Sends one message and takes in answers until `take` says that it has all. */
const converse = (
  { address, port }: KeyedDnsServer,
  request: Buffer,
  withinMs: number,
  take: (reply: Buffer) => boolean,
): Promise<void> =>
  new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const where = `the DNS server ${address} port ${port}`;
    let held: Buffer = Buffer.alloc(0);
    const end = (error?: Error): void => {
      clearTimeout(late);
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    const late = setTimeout(() => end(new Error(`${where} did not answer within ${withinMs} ms`)), withinMs);
    socket.on('error', (cause) => end(new Error(`${where} cannot be reached: ${cause.message}`, { cause })));
    socket.on('close', () => end(new Error(`${where} closed the connection before it had answered`)));
    socket.on('data', (piece) => {
      held = Buffer.concat([held, piece]);
      try {
        while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
          const reply = Buffer.from(held.subarray(2, 2 + held.readUInt16BE(0)));
          held = held.subarray(2 + reply.length);
          if (reply.length < HEADER_OCTETS || uint16(reply, 0) !== uint16(request, 0))
            throw new Error(`${where} answered something else`);
          if (take(reply)) {
            end();
            return;
          }
        }
      } catch (cause) {
        end(cause instanceof Error ? cause : new Error(String(cause)));
      }
    });
    socket.write(Buffer.concat([number16(request.length), request]));
  });

/** A record of the update section. */
const changeOf = (record: Omit<ForeignRecord, 'ttl'>, recordClass: number, ttl: number): Buffer => {
  const data = parseRecordData(record.type as WrittenType, record.value, '');
  if (isRefusal(data)) throw new Error(`${record.type} of ${record.name} cannot be sent: ${data.detail}`);
  const encoder = (packets as unknown as { record(type: string): { encode(data: unknown): Buffer } }).record(
    record.type,
  );
  const head = Buffer.alloc(8);
  head.writeUInt16BE(RECORD_TYPES[data.type], 0);
  head.writeUInt16BE(recordClass, 2);
  head.writeUInt32BE(ttl, 4);
  return Buffer.concat([nameOctets(record.name), head, encoder.encode(dataOf(data))]);
};

/** A record as a transfer brings it, in the spelling in which ours are compared. */
const readRecord = (record: packets.Answer): ForeignRecord => {
  const { name, type } = record;
  const ttl = 'ttl' in record ? (record.ttl ?? 0) : 0;
  const known = WRITTEN_TYPES.find((each) => each === type);
  const data: unknown = 'data' in record ? record.data : null;
  const value = known ? recordText(dataFrom(known, data)) : JSON.stringify(data);
  return { name: name.toLowerCase(), type, ttl, value };
};

const dataFrom = (type: WrittenType, data: unknown): RecordData => {
  switch (type) {
    case 'A':
    case 'AAAA':
      return { type, value: canonicalAddress(String(data)) };
    case 'NS':
    case 'CNAME':
    case 'PTR':
      return { type, value: String(data).toLowerCase() };
    case 'TXT':
      return {
        type,
        texts: [data].flat().map((text) => (Buffer.isBuffer(text) ? text.toString('latin1') : String(text))),
      };
    case 'MX': {
      const { preference, exchange } = data as packets.MxData;
      return { type, preference: preference ?? 0, exchange: exchange.toLowerCase() };
    }
    case 'SRV': {
      const { priority, weight, port, target } = data as packets.SrvData;
      return { type, priority: priority ?? 0, weight: weight ?? 0, port, target: target.toLowerCase() };
    }
  }
};

const nameOctets = (name: string): Buffer =>
  Buffer.concat([
    ...(name === '' ? [] : name.split('.')).map((label) =>
      Buffer.concat([Buffer.from([label.length]), Buffer.from(label, 'latin1')]),
    ),
    Buffer.from([0]),
  ]);

const number16 = (value: number): Buffer => {
  const octets = Buffer.alloc(2);
  octets.writeUInt16BE(value);
  return octets;
};
