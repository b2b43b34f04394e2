import type { NodeId } from '#core';

export type PacketService = 'dhcp4' | 'proxy-dhcp4' | 'dhcp6' | 'ra' | 'dns' | 'tftp' | 'http';

/** What came in, and what became of it, in words for people. Nothing secret is in it: no nonce, no token, no key. */
export interface PacketNote {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly service: PacketService;
  /** Lower case, colons; null where the packet did not tell it. */
  readonly mac: string | null;
  /** The machine as the boot view knew it then. */
  readonly node: NodeId | null;
  /** Where it came from: `address`, `address#port`, or the relay's address. */
  readonly from: string;
  /** The interface it came in by; null where nobody knows. */
  readonly on: string | null;
  /** `DISCOVER, PXEClient, architecture 7`; `GET /boot.ipxe`; `RRQ ipxe.efi`. */
  readonly asked: string;
  /** `OFFER 10.0.0.5, ipxe.efi`; null when nobody was answered. */
  readonly answered: string | null;
  /** One short sentence a step: why this answer, or why none. */
  readonly why: readonly string[];
}

/** Keeps the last packets for whoever asks why a machine does not boot. Returns at once, and forgets what is too much. */
export abstract class PacketSink {
  abstract note(note: PacketNote): void;
}

/** Keeps nothing: for benches and tests. */
export class NoPacketSink extends PacketSink {
  override note(): void {}
}
