import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOctets, type Dhcp4Packet, type Octets } from '#core';
import { decodePacket4, encodePacket4, isMalformed4 } from './codec.js';

const decoded = (bytes: Uint8Array): Dhcp4Packet => {
  const packet = decodePacket4(bytes);
  if (isMalformed4(packet)) throw new Error(packet.malformed);
  return packet;
};

const packet: Dhcp4Packet = {
  op: 1,
  htype: 1,
  hops: 0,
  xid: 0xfedcba98,
  secs: 3,
  flags: 0x8000,
  ciaddr: '0.0.0.0',
  yiaddr: '10.255.0.1',
  siaddr: '0.0.0.0',
  giaddr: '192.168.1.1',
  chaddr: '52:54:00:ab:cd:ef',
  sname: '',
  file: 'snponly.efi',
  options: { 53: [1] },
};

/** A message by hand: the fixed fields of `packet`, then these bytes. */
const raw = (options: readonly number[], change: (bytes: Buffer) => void = () => {}): Buffer => {
  const bytes = Buffer.concat([encodePacket4(packet).subarray(0, 240), Buffer.from(options)]);
  change(bytes);
  return bytes;
};

/** What the firmware of the reference lab sends: OVMF by PXE, and iPXE. */
const ovmf = [
  ...[
    53, 1, 1, 57, 2, 5, 192, 55, 5, 1, 3, 66, 67, 97, 97, 17, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
  ],
  ...[94, 3, 1, 3, 0, 93, 2, 0, 7, 60, 32, ...textOctets('PXEClient:Arch:00007:UNDI:003000'), 255],
];
const ipxe = [
  ...[53, 1, 1, 57, 2, 5, 192, 93, 2, 0, 0, 94, 3, 1, 2, 1, 60, 32, ...textOctets('PXEClient:Arch:00000:UNDI:002001')],
  ...[
    77,
    4,
    ...textOctets('iPXE'),
    55,
    3,
    1,
    3,
    6,
    175,
    6,
    177,
    5,
    1,
    128,
    134,
    16,
    61,
    7,
    1,
    82,
    84,
    0,
    171,
    205,
    239,
    255,
  ],
];

describe('the DHCPv4 codec', () => {
  it('reads what firmware sends, whatever options it names', () => {
    const asked = decoded(raw(ovmf));
    expect(asked).toMatchObject({
      xid: 0xfedcba98,
      chaddr: '52:54:00:ab:cd:ef',
      giaddr: '192.168.1.1',
      file: 'snponly.efi',
    });
    expect(asked.options[93]).toEqual([0, 7]);
    expect(decoded(raw(ipxe)).options[77]).toEqual(textOctets('iPXE'));
  });

  it('reads options between pads, in pieces, and in the fields of old', () => {
    expect(decoded(raw([0, 53, 1, 1, 0, 0, 12, 2, 97, 98, 0, 255])).options).toEqual({ 53: [1], 12: [97, 98] });
    expect(decoded(raw([53, 1, 1, 12, 1, 97, 12, 1, 98, 255])).options[12]).toEqual([97, 98]);
    const overloaded = raw([53, 1, 1, 52, 1, 3, 12, 1, 97, 255], (bytes) => {
      bytes.fill(0, 44, 236);
      bytes.set([12, 1, 99, 255], 44);
      bytes.set([12, 1, 98, 15, 1, 120, 255], 108);
    });
    expect(decoded(overloaded)).toMatchObject({
      sname: '',
      file: '',
      options: { 53: [1], 12: [97, 98, 99], 15: [120] },
    });
  });

  it('reads links other than Ethernet', () => {
    const infiniband = raw([53, 1, 1, 255], (bytes) => {
      bytes[1] = 32;
      bytes[2] = 0;
    });
    expect(decoded(infiniband)).toMatchObject({ htype: 32, chaddr: '', options: { 53: [1] } });
  });

  it.each([
    ['nothing', Buffer.alloc(0), /0 bytes/],
    ['less than the fixed fields', Buffer.alloc(239), /239 bytes/],
    ['another cookie', raw([53, 1, 1, 255], (bytes) => bytes.fill(0, 236, 240)), /cookie/],
    ['an option that goes on beyond the end', raw([53, 1, 1, 51, 200, 1]), /option 51/],
    ['an option without a length', raw([53, 1, 1, 51]), /option 51/],
    [
      'an overload that goes on beyond its field',
      raw([52, 1, 1, 255], (bytes) => bytes.set([12, 200], 108)),
      /option 12/,
    ],
    ['a hardware address of 17 bytes', raw([53, 1, 1, 255], (bytes) => bytes.fill(17, 2, 3)), /17 bytes/],
    ['more than a frame carries', Buffer.alloc(1_501), /1501 bytes/],
  ])('says what is wrong with %s', (_what, bytes, words) => {
    expect((decodePacket4(bytes) as { malformed: string }).malformed).toMatch(words);
  });

  it("writes at least 300 bytes, and the relay's option last", () => {
    const bytes = encodePacket4({ ...packet, options: { 53: [2], 82: [1, 1, 7], 97: [0, 1], 121: [0, 10, 0, 0, 1] } });
    expect(bytes).toHaveLength(300);
    expect([...bytes.subarray(240)].join(' ')).toMatch(/ 82 3 1 1 7 255( 0)+$/);
  });

  it('moves options into file and sname where the message would be too long', () => {
    const long: Dhcp4Packet = {
      ...packet,
      file: '',
      options: { 6: Array(120).fill(9), 15: Array(60).fill(8), 53: [2], 67: Array(200).fill(7) },
    };
    expect(encodePacket4(long).length).toBe(630);
    const bytes = encodePacket4(long, 548);
    expect(bytes.length).toBeLessThanOrEqual(548);
    expect(decoded(bytes)).toEqual(long);
  });

  const octet = fc.integer({ min: 0, max: 255 });
  const quad = fc.tuple(octet, octet, octet, octet).map((octets) => octets.join('.'));
  const name = (maxLength: number) =>
    fc.string({ maxLength, unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789./-') });
  const options = fc
    .uniqueArray(
      fc.tuple(
        fc.integer({ min: 1, max: 254 }).filter((code) => code !== 52 && code !== 53),
        fc.array(octet, { maxLength: 300 }),
      ),
      { selector: ([code]) => code, maxLength: 12 },
    )
    .filter((entries) => entries.reduce((sum, [, octets]) => sum + octets.length + 4, 0) < 1_150);
  const anyPacket = fc
    .record({
      op: fc.constantFrom(1, 2),
      link: fc.oneof(
        fc.array(octet, { minLength: 6, maxLength: 6 }).map((octets) => ({ htype: 1, octets })),
        fc.array(octet, { maxLength: 16 }).map((octets) => ({ htype: 32, octets })),
      ),
      hops: octet,
      xid: fc.integer({ min: 0, max: 0xffffffff }),
      secs: fc.integer({ min: 0, max: 0xffff }),
      flags: fc.integer({ min: 0, max: 0xffff }),
      ciaddr: quad,
      yiaddr: quad,
      siaddr: quad,
      giaddr: quad,
      sname: name(64),
      file: name(128),
      options,
    })
    .map(({ link, options: entries, ...rest }): Dhcp4Packet => {
      const hex = link.octets.map((each) => each.toString(16).padStart(2, '0'));
      return {
        ...rest,
        htype: link.htype,
        chaddr: hex.join(':'),
        options: Object.fromEntries([[53, [1]], ...entries]) as Record<number, Octets>,
      };
    });

  it('reads back what it wrote, at any length that is allowed', () => {
    fc.assert(
      fc.property(anyPacket, fc.integer({ min: 548, max: 1_472 }), (message, bytesMax) => {
        expect(decoded(encodePacket4(message, bytesMax))).toEqual(message);
      }),
      { numRuns: 2_000, seed: 2131 },
    );
  });

  it('survives whatever is sent, and what it read it can write and read again', () => {
    const seeds = [
      raw(ovmf),
      raw(ipxe),
      encodePacket4({ ...packet, options: { 53: [3], 50: [10, 0, 0, 1], 82: [1, 2, 3, 4] } }),
    ];
    let state = 3396;
    const random = (below: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    let sound = 0;
    for (let round = 0; round < 30_000; round += 1) {
      const seed = seeds[round % seeds.length] as Buffer;
      const bytes = Buffer.from(seed.subarray(0, random(8) === 0 ? random(seed.length + 1) : seed.length));
      for (let flips = random(6); flips > 0 && bytes.length > 0; flips -= 1) {
        const at = random(3) > 0 && bytes.length > 241 ? 240 + random(bytes.length - 240) : random(bytes.length);
        bytes[at] = random(256);
      }
      const read = decodePacket4(bytes);
      if (isMalformed4(read)) continue;
      sound += 1;
      if (round % 10 === 0 && /^[ -~]*$/.test(read.file + read.sname))
        expect(decoded(encodePacket4(read))).toEqual(read);
    }
    expect(sound).toBeGreaterThan(5_000);
  });
});
