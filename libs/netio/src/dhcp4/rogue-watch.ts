/** Another DHCP server that was noticed on a link where Anneal gives out addresses. */
export interface RogueServer {
  /** By which address it goes. */
  readonly server: string;
  readonly interface: string | null;
  /** `chosen`: a client took its offer. `heard`: its answer to a client was heard. */
  readonly how: 'chosen' | 'heard';
  /** The client. */
  readonly mac: string | null;
  readonly at: number;
}

/** One that goes on answering is told of again after so long, in milliseconds. */
const TOLD_AGAIN_MS = 300_000;
/** A hostile network could name any number of servers. */
const SERVERS_MAX = 1_000;

/** Tells of other servers, each now and then. It does nothing against them. */
export class RogueWatch {
  private readonly toldAt = new Map<string, number>();

  constructor(private readonly tell: (rogue: RogueServer) => void) {}

  saw(rogue: RogueServer): void {
    const key = `${rogue.interface} ${rogue.server}`;
    const told = this.toldAt.get(key);
    if (told !== undefined && rogue.at - told < TOLD_AGAIN_MS) return;
    if (this.toldAt.size >= SERVERS_MAX) this.toldAt.clear();
    this.toldAt.set(key, rogue.at);
    this.tell(rogue);
  }
}
