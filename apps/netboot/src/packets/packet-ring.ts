import { PacketSink, type PacketNote } from '#app';

/** Notes that are kept of one machine. */
const NOTES_PER_MACHINE = 64;
/** Machines that are remembered; the one that was silent longest is forgotten first. */
const MACHINES_MAX = 4_096;
/** Notes of packets that told no hardware address. */
const NAMELESS_MAX = 256;

/** The last packets of each machine, and of whoever told no name, in memory that does not grow. */
export class PacketRing extends PacketSink {
  private readonly byMac = new Map<string, PacketNote[]>();
  private readonly nameless: PacketNote[] = [];

  override note(note: PacketNote): void {
    if (note.mac === null) return push(this.nameless, note, NAMELESS_MAX);
    const notes = this.byMac.get(note.mac) ?? [];
    // Put behind all others: the map's first key is the one that was silent longest.
    this.byMac.delete(note.mac);
    this.byMac.set(note.mac, notes);
    push(notes, note, NOTES_PER_MACHINE);
    if (this.byMac.size > MACHINES_MAX) {
      const [silent] = this.byMac.keys();
      this.byMac.delete(silent!);
    }
  }

  /** What is known of these hardware addresses, in the order in which it came. */
  of(macs: readonly string[]): readonly PacketNote[] {
    return macs.flatMap((mac) => this.byMac.get(mac) ?? []).sort((a, b) => a.at - b.at);
  }

  /** What came from machines that the view did not know, and from whoever told no address; the last `limit`. */
  unknown(limit: number): readonly PacketNote[] {
    const notes = [...this.nameless];
    for (const machine of this.byMac.values()) notes.push(...machine.filter(({ node }) => node === null));
    return notes.sort((a, b) => a.at - b.at).slice(-limit);
  }
}

const push = (notes: PacketNote[], note: PacketNote, max: number): void => {
  notes.push(note);
  if (notes.length > max) notes.shift();
};
