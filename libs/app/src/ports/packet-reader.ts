import type { NetbootControl } from './netboot-store.js';
import type { PacketNote } from './packet-sink.js';

/** Asks a netboot server what came by the wire. */
export abstract class PacketReader {
  /** What came from these hardware addresses; without any, what came from machines that nobody knows. Null: no answer in time. */
  abstract read(control: NetbootControl, macs: readonly string[] | null): Promise<readonly PacketNote[] | null>;
}
