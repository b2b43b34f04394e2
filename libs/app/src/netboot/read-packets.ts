import { isRefusal, type Refusal } from '#core';
import { nodeNamed } from '../named.js';
import type { NetbootControl } from '../ports/netboot-store.js';
import type { PacketReader } from '../ports/packet-reader.js';
import type { PacketNote } from '../ports/packet-sink.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { SILENT_AFTER_MS } from './limits.js';

export interface SeenPacket extends PacketNote {
  /** The netboot server that it came to. */
  readonly server: string;
}

export interface SeenPackets {
  /** In the order in which they came. */
  readonly packets: readonly SeenPacket[];
  /** Hosts whose netboot did not answer. */
  readonly silent: readonly string[];
}

/** What came from a machine, from all netboot servers that live, and what it was answered. */
export class ReadPackets {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork; readonly packets: PacketReader }) {}

  /** Without a node: what came from machines that nobody knows. */
  async execute(input: { readonly node?: string }): Promise<SeenPackets | Refusal> {
    const asked = await this.parts.unitOfWork.read(
      async (tx): Promise<{ macs: readonly string[] | null; controls: NetbootControl[] } | Refusal> => {
        const controls = await tx.netboot.controls(SILENT_AFTER_MS);
        if (input.node === undefined) return { macs: null, controls };
        const node = await nodeNamed(tx, input.node);
        return isRefusal(node) ? node : { macs: node.macs.map((mac) => mac.toLowerCase()), controls };
      },
    );
    if (isRefusal(asked)) return asked;
    const { macs, controls } = asked;
    // Outside of any transaction: a host that is gone costs its whole deadline.
    const answers = await Promise.all(
      controls.map(async (control) => ({ control, notes: await this.parts.packets.read(control, macs) })),
    );
    return {
      packets: answers
        .flatMap(({ control, notes }) => (notes ?? []).map((note) => ({ ...note, server: control.host })))
        .sort((a, b) => a.at - b.at),
      silent: answers.flatMap(({ control, notes }) => (notes === null ? [control.host] : [])),
    };
  }
}
