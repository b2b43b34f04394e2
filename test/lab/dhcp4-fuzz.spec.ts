import { describe, expect, it } from 'vitest';
import {
  BootView,
  LeaseBook,
  SILENCE_REASONS,
  answerDhcp4,
  answeredWith,
  askedOf,
  decideBoot,
  messageType,
  textOctets,
  type Dhcp4Packet,
  type Options4,
} from '#core';
import { decodePacket4, encodePacket4, isMalformed4 } from '#netio';
import { documents, labMachine, labNetwork } from './dhcp4/served.js';
import { capturedPackets } from './fixtures/captured.js';

const PACKETS = 1_000_000;
/** Of one batch; the heap is looked at between batches. */
const BATCH = 50_000;
/** What the heap may grow by after the first batches: leases of the pool, which is bounded. */
const GROWTH_MB_MAX = 64;
const FUZZ_MS = 300_000;
const MAC = '52:54:00:d4:00:01';

const packet = (options: Options4, more: Partial<Dhcp4Packet> = {}): Dhcp4Packet => ({
  ...{ op: 1, htype: 1, hops: 0, xid: 7, secs: 0, flags: 0, ciaddr: '0.0.0.0', yiaddr: '0.0.0.0', siaddr: '0.0.0.0' },
  ...{ giaddr: '0.0.0.0', chaddr: MAC, sname: '', file: '', options },
  ...more,
});
const firmware = (vendorClass: string, architecture: number, type = 1): Options4 => ({
  53: [type],
  55: [1, 2, 3, 4, 5, 6, 12, 13, 15, 17, 18, 22, 23, 28, 40, 41, 42, 43, 50, 51, 54, 58, 59, 60, 66, 67, 97, 128, 135],
  57: [5, 192],
  60: textOctets(`${vendorClass}:Arch:000${String(architecture).padStart(2, '0')}:UNDI:003000`),
  93: [0, architecture],
  94: [1, 3, 0],
  97: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
});

/** What firmware sends, as it was caught, and each kind of message, through a relay too. */
const SEEDS: readonly Buffer[] = [
  ...capturedPackets('dhcp4'),
  ...[
    packet(firmware('PXEClient', 7), { flags: 0x8000 }),
    packet(firmware('HTTPClient', 16), { flags: 0x8000 }),
    packet({ ...firmware('PXEClient', 0), 77: textOctets('iPXE'), 175: [177, 5, 1, 128, 134, 16, 14, 33, 1, 1] }),
    packet({ 53: [3], 50: [10, 0, 7, 7], 54: [10, 0, 0, 1], 61: [1, 82, 84, 0, 212, 0, 1] }),
    packet({ 53: [3], 61: [255, 0, 0, 0, 1, 0, 2, 0, 0, 171, 17] }, { ciaddr: '10.0.7.7' }),
    packet({ 53: [4], 50: [10, 0, 7, 7], 54: [10, 0, 0, 1] }),
    packet({ 53: [7], 54: [10, 0, 0, 1] }, { ciaddr: '10.0.7.7' }),
    packet({ 53: [8], 55: [1, 3, 6, 15, 119, 121, 249] }, { ciaddr: '10.0.7.7' }),
    packet(
      { 53: [1], 82: [1, 4, 0, 1, 2, 3, 5, 4, 10, 0, 0, 0, 11, 4, 10, 0, 0, 1], 118: [10, 0, 0, 0] },
      { giaddr: '10.0.0.2' },
    ),
  ].map((each) => encodePacket4(each)),
];

describe('DHCPv4 under a million broken packets', () => {
  it('never throws or grows, and answers in kind or says why not', { timeout: FUZZ_MS }, () => {
    const view = new BootView();
    const network = labNetwork();
    const [subnet] = network.subnets;
    const pool = { name: 'dhcp', first: '10.1.0.0', last: '10.1.7.255' };
    view.apply(documents([{ ...network, subnets: [{ ...subnet!, pools: [pool] }] }], [labMachine(MAC, '10.0.7.7')]), 1);
    const book = new LeaseBook();
    const sources = {
      view,
      book,
      ours: new Set(['10.0.0.1']),
      decideBoot: (facts: Parameters<typeof decideBoot>[0]) => decideBoot(facts, view),
    };
    let state = 2131;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 2 ** 32) * below);
    };
    const seen = new Map<string, number>();
    const count = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
    const heap: number[] = [];
    for (let done = 0; done < PACKETS; done += 1) {
      const seed = SEEDS[done % SEEDS.length] as Buffer;
      const bytes = Buffer.from(random(20) === 0 ? seed.subarray(0, random(seed.length + 1)) : seed);
      for (let flips = random(7); flips > 0 && bytes.length > 0; flips -= 1) {
        const at = random(2) === 0 && bytes.length > 241 ? 240 + random(bytes.length - 240) : random(bytes.length);
        bytes[at] = random(256);
      }
      const read = decodePacket4(bytes);
      if (isMalformed4(read)) {
        count('malformed');
        continue;
      }
      const arrival = {
        local: ['10.0.0.1'],
        from: '0.0.0.0',
        fromPort: 68,
        port: random(9) === 0 ? 4011 : 67,
        unicast: random(2) === 0,
      };
      const answer = answerDhcp4(read, arrival, sources, done * 50);
      if (askedOf(read) === '') throw new Error('a packet without a word for it');
      if (answer.kind === 'silence') {
        if (!(answer.reason in SILENCE_REASONS)) throw new Error(`no words for ${answer.reason}`);
        count(answer.reason);
      } else {
        const again = decodePacket4(encodePacket4(answer.packet, answer.bytesMax));
        if (isMalformed4(again) || again.op !== 2 || again.xid !== read.xid)
          throw new Error(`a bad answer to ${askedOf(read)}`);
        count(messageType(again) ?? '?');
        if (answeredWith(answer) === null) throw new Error('an answer without a word for it');
      }
      if (done % BATCH === BATCH - 1) heap.push(process.memoryUsage().heapUsed / 2 ** 20);
    }
    for (const outcome of ['OFFER', 'ACK', 'NAK', 'malformed', 'took-note', 'another-server', 'unknown-link', 'bootp'])
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan(100);
    // The lowest of three looks is what is left after the collector has been.
    const floor = (values: readonly number[]): number => Math.min(...values);
    expect(floor(heap.slice(-4)) - floor(heap.slice(2, 6))).toBeLessThan(GROWTH_MB_MAX);
  });
});
