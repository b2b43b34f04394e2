import * as packets from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  canonicalAddress,
  isRefusal,
  parseRecordData,
  RECORD_TYPES,
  recordText,
  type DnsRecord,
  type RecordData,
} from '#core';
import { answersQuery, HEADER_OCTETS, readQuery, writeQuery, writeReply } from './wire.js';

const label = fc.stringMatching(/^[a-z0-9_]([-a-z0-9_]{0,20}[a-z0-9_])?$/);
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'));
const uint16 = fc.integer({ min: 0, max: 65_535 });
const text = fc.stringMatching(/^[\x20-\x7e]{0,60}$/);
const data: fc.Arbitrary<RecordData> = fc.oneof(
  fc.ipV4().map((value): RecordData => ({ type: 'A', value })),
  fc.ipV6().map((value): RecordData => ({ type: 'AAAA', value: canonicalAddress(value) })),
  fc
    .tuple(fc.constantFrom('CNAME' as const, 'NS' as const, 'PTR' as const), name)
    .map(([type, value]): RecordData => ({ type, value })),
  fc.array(text, { minLength: 1, maxLength: 4 }).map((texts): RecordData => ({ type: 'TXT', texts })),
  fc.tuple(uint16, name).map(([preference, exchange]): RecordData => ({ type: 'MX', preference, exchange })),
  fc
    .tuple(uint16, uint16, uint16, name)
    .map(([priority, weight, port, target]): RecordData => ({ type: 'SRV', priority, weight, port, target })),
);
const record: fc.Arbitrary<DnsRecord> = fc.record({ name, ttl: fc.integer({ min: 0, max: 604_800 }), data });

/** A record as dns-packet reads it, in our form. */
const readBack = (answer: packets.Answer): DnsRecord => {
  const { type } = answer;
  const found: unknown = 'data' in answer ? answer.data : null;
  const known = ((): RecordData => {
    switch (type) {
      case 'A':
        return { type, value: found as string };
      case 'AAAA':
        return { type, value: canonicalAddress(found as string) };
      case 'CNAME':
      case 'NS':
      case 'PTR':
        return { type, value: found as string };
      case 'TXT':
        return { type, texts: (found as Buffer[]).map((each) => each.toString('latin1')) };
      case 'MX':
      case 'SRV':
        return { type, ...(found as object) } as RecordData;
      default:
        throw new Error(`a record of type ${type}`);
    }
  })();
  return { name: answer.name, ttl: ('ttl' in answer ? answer.ttl : undefined) ?? 0, data: known };
};

describe('a message', () => {
  it('is read as it was written by somebody else', () => {
    fc.assert(
      fc.property(
        name,
        fc.constantFrom(...Object.keys(RECORD_TYPES)),
        uint16,
        fc.boolean(),
        fc.boolean(),
        (asked, type, id, edns, recursive) => {
          const message = packets.encode({
            type: 'query',
            id,
            flags: recursive ? packets.RECURSION_DESIRED : 0,
            questions: [{ name: asked, type: type as packets.RecordType }],
            additionals: edns
              ? [
                  {
                    type: 'OPT',
                    name: '.',
                    udpPayloadSize: 1_400,
                    flags: packets.DNSSEC_OK,
                    options: [],
                  } as unknown as packets.Answer,
                ]
              : [],
          });
          const reading = readQuery(message);
          expect(reading).toMatchObject({
            kind: 'query',
            query: {
              id,
              recursionDesired: recursive,
              question: { name: asked, type: RECORD_TYPES[type as keyof typeof RECORD_TYPES], class: 1 },
              edns: edns ? { size: 1_400, version: 0, wantsDnssec: true } : null,
            },
          });
        },
      ),
    );
  });

  it('is read by somebody else as it was written', () => {
    fc.assert(
      fc.property(
        name,
        fc.array(record, { maxLength: 12 }),
        fc.array(record, { maxLength: 2 }),
        (asked, answers, authorities) => {
          const request = packets.encode({ type: 'query', id: 9, questions: [{ name: asked, type: 'A' }] });
          const reading = readQuery(request);
          if (reading.kind !== 'query') throw new Error('it is a query');
          const out = Buffer.alloc(70_000);
          const reply = { rcode: 0, authoritative: true, recursionAvailable: false, answers, authorities };
          const length = writeReply(request, reading.query, reply, out, 65_535);
          const decoded = packets.decode(out.subarray(0, length));
          expect(decoded.questions).toMatchObject([{ name: asked, type: 'A' }]);
          expect(decoded.answers!.map(readBack)).toEqual(answers);
          expect(decoded.authorities!.map(readBack)).toEqual(authorities);
        },
      ),
    );
  });

  it('that is cut off anywhere is no query, or another one, and nothing throws', () => {
    const whole = packets.encode({ type: 'query', id: 9, questions: [{ name: 'a.example.com', type: 'A' }] });
    for (let length = 0; length < whole.length; length += 1)
      expect(readQuery(whole.subarray(0, length)).kind).not.toBe('query');
  });

  it('of ours is known again by its answer, and by no other', () => {
    const question = packets
      .encode({ type: 'query', questions: [{ name: 'Far.example.org', type: 'A' }] })
      .subarray(HEADER_OCTETS);
    const out = Buffer.alloc(512);
    const length = writeQuery(0x1234, question, { size: 1_232, wantsDnssec: false }, false, out);
    expect(packets.decode(out.subarray(0, length))).toMatchObject({
      id: 0x1234,
      flag_rd: true,
      questions: [{ name: 'Far.example.org' }],
    });
    const reply = (id: number, asked: string): Buffer =>
      packets.encode({ type: 'response', id, questions: [{ name: asked, type: 'A' }] });
    expect(answersQuery(reply(0x1234, 'far.EXAMPLE.org'), 0x1234, question)).toBe(true);
    expect(answersQuery(reply(0x1235, 'far.example.org'), 0x1234, question)).toBe(false);
    expect(answersQuery(reply(0x1234, 'fat.example.org'), 0x1234, question)).toBe(false);
    expect(answersQuery(out.subarray(0, length), 0x1234, question), 'our own question').toBe(false);
  });

  it('says as text what it says as data, and is read again from that', () => {
    fc.assert(
      fc.property(data, (each) => {
        if (each.type === 'SOA' || each.type === 'HINFO') return;
        const again = parseRecordData(each.type, recordText(each), 'example.com');
        expect(isRefusal(again) ? again.detail : again).toEqual(each);
      }),
    );
  });
});
