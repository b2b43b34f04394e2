import {
  answer6,
  decodeMessage6,
  encodeMessage6,
  formatAddress6,
  isMalformed6,
  type Message6,
  type Option6,
} from '#core';
import { Chance } from '../world/chance.js';
import { association6, duidOfMac, machineOf6, message6, networkOf6, siteOf6 } from './site.js';

/**
 * Random and mutated packets for a DHCPv6 server, from a fixed seed: the messages of firmware, loaders and systems, as
 * they were seen on the wire, with bytes changed, cut, added and swapped. It looks for a throw, for an answer that cannot
 * be read or is far longer than its question, and for an address that is promised to two.
 */

export interface FuzzResult6 {
  readonly packets: number;
  readonly answered: number;
  readonly leases: number;
  /** By reason. */
  readonly silent: Readonly<Record<string, number>>;
}

/** An answer repeats the client's associations and relays, and adds what we tell of ourselves. */
const ADDED_BYTES_MAX = 1_500;
const TIMES_MAX = 4;

/** `captured`: messages as they were caught on a wire, as further beginnings. */
export const fuzzDhcp6 = (packets: number, seed = 8_415, captured: readonly Uint8Array[] = []): FuzzResult6 => {
  const chance = new Chance(seed);
  const pool = { name: 'dhcp', first: 'fd00:77:0:1::d000', last: 'fd00:77:0:1::d03f' };
  const network = networkOf6({
    subnets: [{ family: 6, cidr: 'fd00:77:0:1::/64', pools: [pool], routes: [] }],
    poolLeaseSeconds: 600,
    reservedLeaseSeconds: 1_200,
  });
  const site = siteOf6([network], [machineOf6()]);
  const seeds = [...firmware().map((message) => encodeMessage6(message)), ...captured];
  const server: Option6 = { is: 'server-id', duid: site.duid };
  const held = new Map<string, { readonly holder: string; readonly until: number }>();
  const silent: Record<string, number> = {};
  let answered = 0;
  let leases = 0;
  let now = 1_000;
  let last: Message6 | null = null;

  for (let count = 0; count < packets; count += 1) {
    now += chance.below(2_000);
    let packet = seeds[chance.below(seeds.length)] as Uint8Array;
    // Mutation alone seldom gets past the first message: now and then somebody takes up what was offered.
    if (last && chance.below(2) === 0) packet = encodeMessage6(goOn(last, server, chance));
    if (chance.below(4) > 0) packet = mutate(packet, chance);
    const arrival = {
      link: chance.below(20) === 0 ? null : 'admin',
      source: chance.below(4) === 0 ? 'fe80::5054:ff:fe77:1' : `fe80::${(1 + chance.below(65_000)).toString(16)}`,
      sourcePort: 546,
      multicast: chance.below(10) > 0,
    };
    const answer = answer6(packet, arrival, site, now);
    const read = decodeMessage6(packet);
    last = !isMalformed6(read) && read.kind === 'client' ? read : last;
    if (answer.kind === 'silence') {
      silent[answer.reason] = (silent[answer.reason] ?? 0) + 1;
      continue;
    }
    answered += 1;
    if (isMalformed6(decodeMessage6(answer.bytes))) throw new Error('an answer cannot be read');
    if (answer.bytes.length > TIMES_MAX * packet.length + ADDED_BYTES_MAX)
      throw new Error(`${packet.length} bytes were answered with ${answer.bytes.length}`);
    for (const lease of answer.leases) {
      leases += 1;
      const other = held.get(lease.address);
      const isOwn = !other || other.until <= now || other.holder === lease.holder;
      if (lease.state === 'bound') {
        // The machine may call itself by another name; it is the same one.
        if (!isOwn && lease.node === null) throw new Error(`${lease.address} was promised to two`);
        held.set(lease.address, { holder: lease.holder, until: lease.until });
      } else held.delete(lease.address);
    }
  }
  return { packets, answered, leases, silent };
};

/** Clients that go on with what the last one said, in the order of RFC 8415. */
const goOn = (last: Message6, server: Option6, chance: Chance): Message6 => {
  const type = [3, 3, 3, 5, 6, 8, 9, 4][chance.below(8)] as number;
  const withoutServer = last.options.filter(({ is }) => is !== 'server-id');
  const options = type === 4 || type === 6 ? withoutServer : [...withoutServer, server];
  return { ...message6(type, chance.below(0x100_0000)), options };
};

const mutate = (seed: Uint8Array, chance: Chance): Uint8Array => {
  let bytes = Uint8Array.from(seed);
  for (let times = chance.below(5); times > 0; times -= 1) bytes[chance.below(bytes.length)] = chance.below(256);
  switch (chance.below(7)) {
    case 0:
      bytes = bytes.slice(0, chance.below(bytes.length + 1));
      break;
    case 1: {
      const longer = new Uint8Array(bytes.length + chance.below(1_200)).fill(chance.below(256));
      longer.set(bytes);
      bytes = longer;
      break;
    }
    case 2: {
      const at = chance.below(bytes.length);
      bytes.copyWithin(chance.below(bytes.length), at, at + chance.below(40));
      break;
    }
    default:
  }
  return bytes;
};

const text = (letters: string): Uint8Array => Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
const client = (...duid: readonly number[]): Option6 => ({ is: 'client-id', duid: Uint8Array.from(duid) });
const UUID = [0, 4, 0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xaa, 0xbb, 0xcc, 0xdd, 0xee, 0xff];
const asks = (...codes: readonly number[]): Option6 => ({ is: 'option-request', codes });
const boots = (architecture: number, vendorClass: string): Option6[] => [
  { is: 'network-interface', type: 1, major: 3, minor: 16 },
  { is: 'architecture', codes: [architecture] },
  { is: 'vendor-class', enterprise: 343, classes: [text(vendorClass)] },
];
const elapsed: Option6 = { is: 'elapsed-time', hundredths: 0 };

/** What OVMF (PXE and HTTP), iPXE, the Debian installer, systemd-networkd and ISC's client send, and relays before them. */
const firmware = (): Message6[] => {
  const ovmf = (architecture: number, vendorClass: string) =>
    message6(
      1,
      1,
      client(...UUID),
      elapsed,
      association6(1),
      asks(59, 60, 23, 16),
      ...boots(architecture, vendorClass),
    );
  const ipxe = message6(
    1,
    2,
    client(...UUID),
    association6(2),
    asks(23, 24, 59, 60),
    ...boots(7, 'PXEClient:Arch:00007:UNDI:003010'),
    { is: 'user-class', classes: [text('iPXE')] },
    elapsed,
  );
  const installer = message6(
    1,
    3,
    client(0, 1, 0, 1, 0x2f, 0x10, 0x20, 0x30, 0x52, 0x54, 0, 0x77, 0, 1),
    association6(3),
    elapsed,
    asks(23, 24),
  );
  const networkd = message6(
    1,
    4,
    { is: 'rapid-commit' },
    association6(4),
    { is: 'ia-pd', iaid: 4, t1: 0, t2: 0, options: [] },
    { is: 'client-name', flags: 1, name: 'host.example.test', whole: true },
    asks(23, 31, 56, 82, 39),
    client(0, 2, 0, 0, 0xab, 0x11, 1, 2, 3, 4, 5, 6, 7, 8),
    elapsed,
  );
  const isc = message6(
    1,
    5,
    { is: 'client-id', duid: duidOfMac('02:00:00:00:00:99') },
    asks(23, 24),
    elapsed,
    association6(5),
  );
  const inform = message6(11, 6, asks(23, 24, 31, 56), elapsed);
  const all: Message6[] = [
    ovmf(7, 'PXEClient:Arch:00007:UNDI:003000'),
    ovmf(16, 'HTTPClient:Arch:00016:UNDI:003000'),
    ipxe,
    installer,
    networkd,
    isc,
    inform,
  ];
  const relayed = all.slice(0, 4).map((message, index): Message6 => {
    const once: Message6 = {
      kind: 'relay',
      type: 12,
      hops: 0,
      link: 'fd00:77:0:1::2',
      peer: formatAddress6(Uint8Array.of(0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0x50, 0x54, 0, 0xff, 0xfe, 0x77, 0, index)),
      options: [
        { is: 'interface-id', value: text('eth1') },
        { is: 'client-link-layer', hardware: 1, address: Uint8Array.of(0x52, 0x54, 0, 0x77, 0, index) },
        { is: 'relay-message', message },
      ],
    };
    if (index % 2 === 0) return once;
    return { ...once, hops: 1, link: '::', options: [{ is: 'relay-message', message: once }] };
  });
  return [...all, ...relayed];
};
