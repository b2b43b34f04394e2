import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc32 } from './crc32.js';
import { SubunitDecoder, type SubunitItem } from './decoder.js';
import { encodePacket } from './encode.js';
import { readNumber, writeNumber } from './number.js';
import { EMPTY_PACKET, PACKET_BYTES_MAX, SUBUNIT_STATUSES, type SubunitPacket } from './packet.js';

const text = fc.string({ unit: 'grapheme', maxLength: 80 }).map((value) => value.replaceAll('\0', ''));
const packets = fc.record<SubunitPacket>({
  status: fc.constantFrom(...SUBUNIT_STATUSES),
  testId: fc.option(text),
  runnable: fc.boolean(),
  tags: fc.array(text, { maxLength: 4 }),
  timestamp: fc.option(fc.record({ seconds: fc.nat(0xffff_ffff), nanoseconds: fc.nat(999_999_999) })),
  mimeType: fc.option(text),
  file: fc.option(fc.record({ name: text, content: fc.uint8Array({ maxLength: 200 }) })),
  endOfFile: fc.boolean(),
  routeCode: fc.option(text),
});
const prints = fc.string({ maxLength: 40 }).map((value) => new TextEncoder().encode(value));

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

/** Everything that a stream gives, cut at these places; pieces of text and of what was skipped are put together. */
function decode(stream: Uint8Array, cuts: readonly number[] = []): SubunitItem[] {
  const decoder = new SubunitDecoder();
  const items: SubunitItem[] = [];
  const places = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length];
  places.slice(1).forEach((place, index) => items.push(...decoder.push(stream.subarray(places[index], place))));
  items.push(...decoder.finish());
  return items.reduce<SubunitItem[]>((merged, item) => {
    const last = merged.at(-1);
    if (last?.kind !== item.kind || item.kind === 'packet' || !('bytes' in last) || !('bytes' in item))
      return [...merged, item];
    return [...merged.slice(0, -1), { ...last, bytes: join([last.bytes, item.bytes]) }];
  }, []);
}

const packetsOf = (items: readonly SubunitItem[]): SubunitPacket[] =>
  items.flatMap((item) => (item.kind === 'packet' ? [item.packet] : []));
const faultsOf = (items: readonly SubunitItem[]): string[] =>
  items.flatMap((item) => (item.kind === 'fault' ? [`${item.code} at ${item.at}`] : []));

const told = (id: string): Partial<SubunitPacket> => ({ testId: id, status: 'success', runnable: true });
const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

describe('a packet', () => {
  it('has the bytes that the reference implementation writes', () => {
    expect(Buffer.from(encodePacket({ testId: 'a', status: 'success', runnable: true })).toString('hex')).toBe(
      `b329030a0161${crcOf('b329030a0161')}`,
    );
    const time = { seconds: 1_795_332_593, nanoseconds: 824_205_000 };
    const packet = {
      testId: 'x.y',
      status: 'inprogress',
      runnable: true,
      tags: ['worker-0'],
      timestamp: time,
    } as const;
    expect(packetsOf(decode(encodePacket(packet)))).toEqual([{ ...EMPTY_PACKET, ...packet }]);
  });

  it('comes back as it was written, whatever is in it', () => {
    fc.assert(
      fc.property(packets, (packet) => {
        const bytes = encodePacket(packet);
        expect(decode(bytes)).toEqual([{ kind: 'packet', at: 0, packet, bytes }]);
      }),
    );
  });

  it('says its own length with one, two or three bytes, and is refused beyond that', () => {
    const withFile = (bytes: number): Partial<SubunitPacket> => ({
      file: { name: '', content: new Uint8Array(bytes) },
    });
    for (const bytes of [0, 50, 51, 52, 53, 54, 55, 16_365, 16_370, 16_371, 16_372, 16_373, 16_374, 16_375, 16_380]) {
      const encoded = encodePacket(withFile(bytes));
      expect(packetsOf(decode(encoded))).toEqual([{ ...EMPTY_PACKET, ...withFile(bytes) }]);
      expect(readNumber(encoded, 3)!.value).toBe(encoded.length);
    }
    const most = PACKET_BYTES_MAX - 3 - 3 - 1 - 3 - 4;
    expect(encodePacket(withFile(most))).toHaveLength(PACKET_BYTES_MAX);
    expect(() => encodePacket(withFile(most + 1))).toThrow(RangeError);
  });

  it('has numbers of one to four bytes', () => {
    fc.assert(
      fc.property(fc.nat(0x3fff_ffff), (value) => {
        const bytes = Uint8Array.from(writeNumber(value));
        expect(readNumber(bytes, 0)).toEqual({ value, next: bytes.length });
        expect(readNumber(bytes.subarray(0, -1), 0)).toBeNull();
      }),
    );
    expect(() => writeNumber(2 ** 30)).toThrow(RangeError);
  });

  it('is guarded by the CRC-32 of zlib', () => {
    expect(crc32(new TextEncoder().encode('123456789'))).toBe(0xcbf43926);
  });
});

const crcOf = (hex: string): string => crc32(bytesOf(hex)).toString(16).padStart(8, '0');

describe('a stream', () => {
  it('gives the same however it is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(packets.map(encodePacket), prints, fc.uint8Array({ maxLength: 30 })), { maxLength: 8 }),
        fc.array(fc.nat(), { maxLength: 12 }),
        (parts, cuts) => {
          const stream = join(parts);
          expect(decode(stream, cuts)).toEqual(decode(stream));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('gives packets and the text between them, in order, nothing lost', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(packets, prints), { maxLength: 10 }), (parts) => {
        const items = decode(join(parts.map((part) => (part instanceof Uint8Array ? part : encodePacket(part)))));
        expect(packetsOf(items)).toEqual(parts.filter((part) => !(part instanceof Uint8Array)));
        expect(join(items.flatMap((item) => (item.kind === 'text' ? [item.bytes] : [])))).toEqual(
          join(parts.filter((part) => part instanceof Uint8Array)),
        );
        expect(faultsOf(items)).toEqual([]);
      }),
    );
  });

  it('does not take the second byte of a letter for a packet', () => {
    // U+0173 is C5 B3 and U+4CCC is E4 B3 8C.
    const items = decode(join([new TextEncoder().encode('dėžių ų \u4ccc'), encodePacket(told('a'))]));
    expect(items.map(({ kind }) => kind)).toEqual(['text', 'packet']);
  });

  it('never loses a packet to another that is damaged by one bit, and always tells where', () => {
    const good = ['one', 'two', 'three'].map((id) => encodePacket(told(id)));
    fc.assert(
      fc.property(fc.nat(good[1]!.length * 8 - 1), (bit) => {
        const bad = good[1]!.slice();
        bad[bit >>> 3]! ^= 1 << (bit & 7);
        const items = decode(join([good[0]!, bad, good[2]!]));
        expect(packetsOf(items).map(({ testId }) => testId)).toEqual(['one', 'three']);
        // Without its signature it is text, and nothing says that it was meant to be a packet.
        if (bit >= 8)
          expect(faultsOf(items)[0]).toMatch(new RegExp(`^(crc|version|length|cut) at ${good[0]!.length}$`));
      }),
      { numRuns: 400 },
    );
  });

  it('never loses a packet to another that was cut short', () => {
    const good = encodePacket(told('after'));
    const long = encodePacket({ ...told('cut'), file: { name: 'reason', content: new Uint8Array(300) } });
    // Among them those where the next packets come to end exactly where it would have.
    for (let length = 1; length < long.length; length += 1) {
      const items = decode(join([long.subarray(0, length), good, good]));
      expect(
        packetsOf(items).map(({ testId }) => testId),
        `cut after ${length}`,
      ).toEqual(['after', 'after']);
      expect(faultsOf(items)).toHaveLength(1);
      expect(faultsOf(items)[0]).toMatch(/ at 0$/);
    }
  });

  it('that ends within a packet says so, and gives what stands in it after the cut', () => {
    const good = encodePacket(told('whole'));
    const items = decode(join([good, good.subarray(0, 6)]));
    expect(packetsOf(items)).toHaveLength(1);
    expect(faultsOf(items)).toEqual([`cut at ${good.length}`]);
    // Four megabytes are claimed, and whole packets follow.
    expect(packetsOf(decode(join([bytesOf('b32903bfffff'), good, good])))).toHaveLength(2);
  });

  it.each([
    ['another version', 'b31903', 'version'],
    ['the reserved flag', 'b3290b', 'version'],
    ['a length of four bytes', 'b32903c0000000', 'length'],
    ['a length that no packet has', 'b3290307', 'length'],
  ])('with %s is told at its place, and the next packet is read', (_, hex, code) => {
    const items = decode(join([new TextEncoder().encode('x'), bytesOf(hex), encodePacket(told('next'))]));
    expect(faultsOf(items)).toEqual([`${code} at 1`]);
    expect(packetsOf(items).map(({ testId }) => testId)).toEqual(['next']);
  });

  it.each([
    ['a test id that goes beyond its end', '2903', '0561'],
    ['a test id with a NUL byte', '2903', '0100'],
    ['a test id that is not UTF-8', '2903', '01ff'],
    ['more tags than it has bytes', '2183', 'bfffff'],
    ['bytes that belong to no field', '2103', '00'],
    ['half a timestamp', '2303', '0000'],
    ['a file that claims a gigabyte', '2143', '0161ffffffff'],
  ])('with %s and a right checksum is malformed', (_, flags, fields) => {
    const length = 1 + 2 + 1 + fields.length / 2 + 4;
    const content = `b3${flags}${length.toString(16).padStart(2, '0')}${fields}`;
    const items = decode(join([bytesOf(content + crcOf(content)), encodePacket(told('next'))]));
    expect(faultsOf(items)).toEqual(['malformed at 0']);
    expect(packetsOf(items).map(({ testId }) => testId)).toEqual(['next']);
  });

  it('gives every byte back, as packet, as text or as skipped, whatever is done to it', () => {
    const wound = fc.tuple(fc.constantFrom('cut', 'flip', 'double', 'drop', 'swap'), fc.nat(), fc.nat(40));
    fc.assert(
      fc.property(
        fc.array(packets, { minLength: 1, maxLength: 8 }),
        fc.array(wound, { maxLength: 4 }),
        (whole, wounds) => {
          let stream = join(whole.map(encodePacket));
          for (const [how, place, length] of wounds) {
            const at = place % (stream.length + 1);
            const [before, within, after] = [
              stream.slice(0, at),
              stream.slice(at, at + length),
              stream.slice(at + length),
            ];
            if (how === 'cut') stream = before;
            else if (how === 'flip') stream = join([before, within.map((byte) => byte ^ 0x21), after]);
            else if (how === 'swap') stream = join([after, within, before]);
            else stream = how === 'double' ? join([before, within, within, after]) : join([before, after]);
          }
          const items = decode(stream);
          let at = 0;
          for (const item of items) {
            expect(item.at).toBe(at);
            if (item.kind === 'packet') at += encodePacket(item.packet).length;
            else if (item.kind !== 'fault') at += item.bytes.length;
          }
          expect(at).toBe(stream.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('made on purpose to be read again and again is given up in time', () => {
    const claim = bytesOf('b32903bf0001');
    const stream = new Uint8Array(claim.length * 700_000);
    for (let at = 0; at < stream.length; at += claim.length) stream.set(claim, at);
    const began = performance.now();
    const items = new SubunitDecoder().push(stream);
    expect(faultsOf(items).length).toBeGreaterThan(10);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
