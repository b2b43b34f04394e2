/**
 * What to do first when there is too much. Clients that were already advertised an address come before those that still
 * look for one: else, under a flood of Solicits, every exchange would lose its second half and nobody would get a lease.
 * New clients wait in a short line, from which the oldest are dropped; they ask again (RFC 8415 §15).
 */

/** About half a second of work: who waited longer has asked again. */
const LINE_MAX = 2_048;
const WAIT_MS_MAX = 1_000;
/** New clients that are served in one turn of the event loop, before the sockets are read again. */
const PER_TURN = 48;

const SOLICIT = 1;

export interface Waiting<From> {
  readonly packet: Uint8Array;
  readonly from: From;
  readonly at: number;
}

export class Backlog<From> {
  private line: Waiting<From>[] = [];
  private begin = 0;
  private scheduled = false;
  private closed = false;

  /** `serve` answers; `shed` is told of what is dropped. */
  constructor(
    private readonly serve: (waiting: Waiting<From>) => void,
    private readonly shed: (waiting: Waiting<From>) => void,
    private readonly now: () => number,
  ) {}

  take(packet: Uint8Array, from: From): void {
    const waiting = { packet, from, at: this.now() };
    if (packet[0] !== SOLICIT) {
      this.serve(waiting);
      return;
    }
    this.line.push(waiting);
    if (this.line.length - this.begin > LINE_MAX) this.drop();
    this.schedule();
  }

  close(): void {
    this.closed = true;
    this.line = [];
    this.begin = 0;
  }

  private schedule(): void {
    if (this.scheduled || this.closed) return;
    this.scheduled = true;
    setImmediate(() => {
      this.scheduled = false;
      this.turn();
    });
  }

  private turn(): void {
    const now = this.now();
    for (let served = 0; served < PER_TURN && this.begin < this.line.length;) {
      const waiting = this.line[this.begin] as Waiting<From>;
      if (now - waiting.at > WAIT_MS_MAX) {
        this.drop();
        continue;
      }
      this.begin += 1;
      served += 1;
      this.serve(waiting);
    }
    if (this.begin === this.line.length) {
      this.line = [];
      this.begin = 0;
    } else {
      if (this.begin > LINE_MAX) {
        this.line = this.line.slice(this.begin);
        this.begin = 0;
      }
      this.schedule();
    }
  }

  private drop(): void {
    const waiting = this.line[this.begin] as Waiting<From>;
    this.begin += 1;
    this.shed(waiting);
  }
}
