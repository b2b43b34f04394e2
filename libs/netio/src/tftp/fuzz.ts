/**
 * Random and mutated packets for the TFTP server's reading and sending, from a fixed seed. Specs play a short form, the
 * lab a million. It looks for a throw, a hang, and for an answer to what deserves none.
 */
import { negotiate } from './negotiate.js';
import { ackPacket, errorPacket, readPacket, readRequestPacket } from './packet.js';
import { Transfer } from './transfer.js';

/** xorshift32: the same sequence everywhere. */
const chanceFrom = (seed: number) => {
  let state = seed | 0 || 1;
  return (below: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
};

/** Requests as firmware and clients send them: iPXE, OVMF, tftp-hpa, atftp, curl. */
const SEEDS: readonly Buffer[] = [
  readRequestPacket('undionly.kpxe', { blksize: '1432', tsize: '0' }),
  readRequestPacket('snponly.efi', { tsize: '0', blksize: '1468', windowsize: '4' }),
  readRequestPacket('grub/grub.cfg', {}, 'netascii'),
  readRequestPacket('/shimx64.efi', { tsize: '0', timeout: '6', blksize: '512' }),
  Buffer.from([0, 2, 120, 0, 111, 99, 116, 101, 116, 0]),
  ackPacket(1),
  ackPacket(65_535),
  errorPacket(0, 'User aborted the transfer'),
];

export interface FuzzResult {
  readonly packets: number;
  readonly read: number;
  readonly blocksSent: number;
}

/**
 * Throws when something is sent that may not be: more than a window for one packet, or a block beyond the end. `captured`:
 * packets as they were caught on a wire, as further beginnings.
 */
export const fuzzTftp = (packets: number, seed = 1350, captured: readonly Buffer[] = []): FuzzResult => {
  const seeds = [...SEEDS, ...captured];
  const chance = chanceFrom(seed);
  let read = 0;
  let blocksSent = 0;
  let sentNow = 0;
  let now = 0;
  let transfer: Transfer | null = null;
  let blocks = 0;
  for (let count = 0; count < packets; count += 1) {
    const packet = readPacket(mutate(seeds[chance(seeds.length)] as Buffer, chance));
    now += chance(40);
    sentNow = 0;
    if (packet) read += 1;
    if (packet?.kind === 'read' && (!transfer || transfer.state !== 'going' || chance(50) === 0)) {
      const bytes = chance(100_000);
      const agreed = negotiate(packet.options, { bytes, family: chance(2) ? 4 : 6, mtu: 1500 });
      blocks = Math.floor(bytes / agreed.blockBytes) + 1;
      const last = blocks;
      transfer = new Transfer(
        bytes,
        agreed,
        {
          optionAck: () => (sentNow += 1),
          block: (number) => {
            sentNow += 1;
            if (number < 1 || number > last) throw new Error(`block ${number} of ${last} was sent`);
          },
        },
        now,
      );
    } else if (transfer && packet?.kind === 'ack') transfer.acknowledge(packet.block, now);
    // Acknowledgements that fit are rare among random ones; without these no transfer would get far.
    if (transfer && chance(2)) transfer.acknowledge((transfer.blocksAcknowledged + chance(3)) & 0xffff, now);
    if (transfer && chance(20) === 0) transfer.tick(now);
    if (sentNow > 3 * 32) throw new Error(`${sentNow} packets were sent for one that came in`);
    if (transfer && transfer.blocksAcknowledged > blocks) throw new Error('more was acknowledged than there is');
    blocksSent += sentNow;
  }
  return { packets, read, blocksSent };
};

const mutate = (seed: Buffer, chance: (below: number) => number): Buffer => {
  const bytes = Buffer.from(seed);
  for (let times = chance(4); times > 0; times -= 1) bytes[chance(bytes.length)] = chance(256);
  switch (chance(6)) {
    case 0:
      return bytes.subarray(0, chance(bytes.length + 1));
    case 1:
      return Buffer.concat([bytes, Buffer.alloc(chance(1_200), chance(256))]);
    case 2: {
      const at = chance(bytes.length);
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0, 0, chance(256)]), bytes.subarray(at)]);
    }
    default:
      return bytes;
  }
};
