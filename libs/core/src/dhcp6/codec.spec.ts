import { isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress6, macOfAddress6, parseAddress6 } from './address.js';
import { decodeMessage6, isMalformed6 } from './decode.js';
import { encodeMessage6 } from './encode.js';
import type { ClientMessage6, Message6, Option6 } from './message.js';
import { OPTION6 } from './numbers.js';

const bytes = (min: number, max: number) => fc.uint8Array({ minLength: min, maxLength: max });
const u16 = fc.integer({ min: 0, max: 0xffff });
const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const address = fc
  .array(fc.constantFrom(0, 0, 1, 0xfe, 0xff), { minLength: 16, maxLength: 16 })
  .map((all) => formatAddress6(Uint8Array.from(all)));
const label = fc.stringMatching(/^[a-z0-9_-]{1,12}$/);
const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'));
const text = fc.stringMatching(/^[ -~]{0,40}$/);
const KNOWN: readonly number[] = Object.values(OPTION6);

const status: fc.Arbitrary<Option6> = fc.record({ is: fc.constant('status'), code: u16, text });
const iaAddress: fc.Arbitrary<Option6> = fc.record({
  is: fc.constant('ia-address'),
  address,
  preferred: u32,
  valid: u32,
  options: fc.array(status, { maxLength: 2 }),
});
const plain: fc.Arbitrary<Option6> = fc.oneof(
  status,
  fc.record({ is: fc.constantFrom('client-id', 'server-id'), duid: bytes(3, 130) }) as fc.Arbitrary<Option6>,
  fc.record({
    is: fc.constantFrom('ia-na', 'ia-pd'),
    iaid: u32,
    t1: u32,
    t2: u32,
    options: fc.array(fc.oneof(iaAddress, status), { maxLength: 3 }),
  }) as fc.Arbitrary<Option6>,
  fc.record({ is: fc.constant('ia-ta'), iaid: u32, options: fc.array(iaAddress, { maxLength: 2 }) }),
  fc.record({ is: fc.constant('option-request'), codes: fc.array(u16, { maxLength: 12 }) }),
  fc.record({ is: fc.constant('architecture'), codes: fc.array(u16, { maxLength: 3 }) }),
  fc.record({ is: fc.constant('preference'), value: fc.integer({ min: 0, max: 255 }) }),
  fc.record({ is: fc.constant('elapsed-time'), hundredths: u16 }),
  fc.record({ is: fc.constant('server-unicast'), address }),
  fc.constant<Option6>({ is: 'rapid-commit' }),
  fc.record({ is: fc.constant('user-class'), classes: fc.array(bytes(0, 9), { maxLength: 3 }) }),
  fc.record({ is: fc.constant('vendor-class'), enterprise: u32, classes: fc.array(bytes(0, 40), { maxLength: 3 }) }),
  fc.record({ is: fc.constant('interface-id'), value: bytes(0, 20) }),
  fc.record({
    is: fc.constantFrom('name-servers', 'sntp-servers', 'ntp-servers'),
    addresses: fc.array(address, { maxLength: 3 }),
  }) as fc.Arbitrary<Option6>,
  fc.record({ is: fc.constant('domain-search'), names: fc.array(name, { maxLength: 3 }) }),
  fc.record({ is: fc.constant('information-refresh'), seconds: u32 }),
  fc.record({ is: fc.constant('client-name'), flags: fc.integer({ min: 0, max: 7 }), name, whole: fc.boolean() }),
  fc.record({ is: fc.constant('boot-file-url'), url: text }),
  fc.record({ is: fc.constant('boot-file-params'), params: fc.array(text, { maxLength: 3 }) }),
  fc.record({
    is: fc.constant('network-interface'),
    type: fc.integer({ min: 0, max: 255 }),
    major: fc.integer({ min: 0, max: 255 }),
    minor: fc.integer({ min: 0, max: 255 }),
  }),
  fc.record({ is: fc.constant('client-link-layer'), hardware: u16, address: bytes(1, 20) }),
  fc.record({ is: fc.constant('relay-source-port'), port: u16 }),
  fc.record({ is: fc.constant('other'), code: u16.filter((code) => !KNOWN.includes(code)), value: bytes(0, 30) }),
);
const client: fc.Arbitrary<ClientMessage6> = fc.record({
  kind: fc.constant('client'),
  type: fc.constantFrom(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99),
  transaction: fc.integer({ min: 0, max: 0xff_ffff }),
  options: fc.array(plain, { maxLength: 8 }),
});
const message: fc.Arbitrary<Message6> = fc
  .tuple(
    client,
    fc.array(
      fc.record({
        type: fc.constantFrom(12, 13),
        hops: fc.integer({ min: 0, max: 255 }),
        link: address,
        peer: address,
        interfaceId: bytes(0, 8),
      }),
      { maxLength: 4 },
    ),
  )
  .map(([inner, relays]) =>
    relays.reduce<Message6>(
      (carried, { interfaceId, ...relay }) => ({
        kind: 'relay',
        ...relay,
        options: [
          { is: 'interface-id', value: interfaceId },
          { is: 'relay-message', message: carried },
        ],
      }),
      inner,
    ),
  );

describe('DHCPv6 messages', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(message, (written) => {
        expect(decodeMessage6(encodeMessage6(written))).toEqual(written);
      }),
      { numRuns: 3_000, seed: 6 },
    );
  });

  it('are written as they were read, byte for byte, whatever stands in them', () => {
    fc.assert(
      fc.property(
        message,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 6 }),
        (all, edits) => {
          const packet = Uint8Array.from(encodeMessage6(all));
          for (const [at, byte] of edits) packet[at % packet.length] = byte;
          const read = decodeMessage6(packet);
          if (!isMalformed6(read)) expect(encodeMessage6(read)).toEqual(packet);
        },
      ),
      { numRuns: 10_000, seed: 61 },
    );
  });

  it('says where a packet is broken', () => {
    expect(decodeMessage6(Uint8Array.of(1, 0, 0))).toEqual({ malformed: 'too short for a message', at: 0 });
    expect(decodeMessage6(Uint8Array.of(1, 0, 0, 1, 0, 1, 0, 9, 1))).toEqual({
      malformed: 'option 1 goes beyond what holds it',
      at: 4,
    });
  });

  it('refuses relay messages within relay messages without end', () => {
    let nested: Message6 = { kind: 'client', type: 1, transaction: 1, options: [] };
    for (let hops = 0; hops < 9; hops += 1)
      nested = {
        kind: 'relay',
        type: 12,
        hops,
        link: '::',
        peer: '::',
        options: [{ is: 'relay-message', message: nested }],
      };
    expect(isMalformed6(decodeMessage6(encodeMessage6(nested)))).toBe(false);
    const deeper: Message6 = { ...nested, options: [{ is: 'relay-message', message: nested }] };
    expect(decodeMessage6(encodeMessage6(deeper))).toMatchObject({ malformed: 'nested in too many relay messages' });
  });
});

describe('IPv6 addresses', () => {
  it.each([
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['::', '00000000000000000000000000000000'],
    ['::1', '00000000000000000000000000000001'],
    ['2001:db8:0:1:1:1:1:1', '20010db8000000010001000100010001'],
    ['2001:0:0:1::1', '20010000000000010000000000000001'],
    ['2001:db8::1:0:0:1', '20010db8000000000001000000000001'],
    ['1::', '00010000000000000000000000000000'],
  ])('%s is the canonical text of its bytes', (canonical, hex) => {
    const raw = Uint8Array.from(hex.match(/../g) as string[], (two) => Number.parseInt(two, 16));
    expect(formatAddress6(raw)).toBe(canonical);
    expect(parseAddress6(canonical)).toEqual(raw);
  });

  it('come back from their text', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (raw) => {
        expect(parseAddress6(formatAddress6(raw))).toEqual(raw);
      }),
    );
  });

  it('are read as Node reads them', () => {
    const pieces = fc.array(fc.constantFrom(':', '::', '0', 'a', '12', 'ffff', '1.2.3.4', '10000', '.', '256'), {
      maxLength: 17,
    });
    fc.assert(
      fc.property(pieces, (all) => {
        const mistake = all.join('');
        expect(parseAddress6(mistake) !== null, mistake).toBe(isIPv6(mistake));
      }),
      { numRuns: 20_000, seed: 4291 },
    );
  });

  it.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::g',
    '1:2:3:4:5:6:7::8',
    '::1.2.3.256',
    '1:2:3:4:5:6:7:',
    ':1:2:3:4:5:6:7:8',
    '1:',
    ':1',
    '1:2:3:4:5:6:7:1.2.3.4',
    '::1.2.3.4.5',
    '::1.2.3.4:5',
  ])('"%s" is none', (mistake) => expect(parseAddress6(mistake)).toBeNull());

  it('reads a zone away, and dotted quads', () => {
    expect(formatAddress6(parseAddress6('fe80::1%eth0') as Uint8Array)).toBe('fe80::1');
    expect(formatAddress6(parseAddress6('::ffff:10.0.0.1') as Uint8Array)).toBe('::ffff:a00:1');
  });

  it('tells the MAC that a link-local address was made from', () => {
    expect(macOfAddress6(parseAddress6('fe80::5054:ff:fe12:3456') as Uint8Array)).toBe('52:54:00:12:34:56');
    expect(macOfAddress6(parseAddress6('fe80::1234:5678:9abc:def0') as Uint8Array)).toBeNull();
  });
});
