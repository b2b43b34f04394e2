import { FIRST_ANSWERS_MAX, IDLE_MS_MAX, RETRY_MS_MAX, TRANSFER_MS_MAX } from './limits.js';
import type { Agreement } from './negotiate.js';

/**
 * One file on its way to one client: which blocks are sent when. It holds no socket and no clock. Blocks are counted from 1
 * without an end; on the wire their numbers wrap at 65536.
 *
 * An acknowledgement that was seen already moves nothing (RFC 1123 §4.2.3.1: answering it would double every packet from
 * there on, the Sorcerer's Apprentice). Only a wait that has run out repeats, and, with a window, an acknowledgement from
 * inside of it, by which a client tells of a gap (RFC 7440 §4).
 */
export interface Sending {
  optionAck(): void;
  /** Sends block `number`, counted from 1. */
  block(number: number): void;
}

export type TransferState = 'going' | 'done' | 'given-up';

export class Transfer {
  /** Blocks that the client has, and those that were sent at least once since then. */
  private have = 0;
  private sent = 0;
  private readonly blocks: number;
  private awaitsOptionAck: boolean;
  private heard = false;
  private retryMs: number;
  private retryAt: number;
  private readonly endsAt: number;
  private progressAt: number;
  private answers = 1;
  /** The gap before which block was mended already; a second word about it is an echo. */
  private mended = -1;
  state: TransferState = 'going';

  constructor(
    bytes: number,
    private readonly agreed: Agreement,
    private readonly sending: Sending,
    now: number,
  ) {
    // A last block that is full is followed by an empty one (RFC 1350 §6).
    this.blocks = Math.floor(bytes / agreed.blockBytes) + 1;
    this.awaitsOptionAck = agreed.answered.size > 0;
    this.retryMs = agreed.retryMs;
    this.retryAt = now + this.retryMs;
    this.progressAt = now;
    this.endsAt = now + TRANSFER_MS_MAX;
    this.sendAwaited();
  }

  get blocksAcknowledged(): number {
    return this.have;
  }

  /** `block` as it stood in the acknowledgement. */
  acknowledge(block: number, now: number): TransferState {
    if (this.state !== 'going') return this.state;
    if (this.awaitsOptionAck) {
      if (block !== 0) return this.state;
      this.awaitsOptionAck = false;
      this.sendOn(now);
      return this.state;
    }
    const advance = (block - this.have) & 0xffff;
    if (advance > this.sent - this.have) return this.state;
    if (advance === 0) {
      const tellsOfGap = this.agreed.windowBlocks > 1 && this.sent > this.have && this.mended !== this.have;
      if (!tellsOfGap) return this.state;
      this.mended = this.have;
      this.sent = this.have;
      this.sendOn(now);
      return this.state;
    }
    this.have += advance;
    if (this.have === this.blocks) {
      this.state = 'done';
      return this.state;
    }
    this.sent = this.have;
    this.sendOn(now);
    return this.state;
  }

  /** Repeats what was not acknowledged in time, or gives up. */
  tick(now: number): TransferState {
    if (this.state !== 'going' || now < this.retryAt) return this.state;
    const forgotten = !this.heard && this.answers >= FIRST_ANSWERS_MAX;
    if (forgotten || now - this.progressAt >= IDLE_MS_MAX || now >= this.endsAt) {
      this.state = 'given-up';
      return this.state;
    }
    this.answers += 1;
    if (!this.agreed.retryIsAgreed) this.retryMs = Math.min(this.retryMs * 2, RETRY_MS_MAX);
    this.retryAt = now + this.retryMs;
    this.mended = -1;
    this.sent = this.have;
    this.sendAwaited();
    return this.state;
  }

  private sendOn(now: number): void {
    this.heard = true;
    this.progressAt = now;
    this.retryMs = this.agreed.retryMs;
    this.retryAt = now + this.retryMs;
    this.sendAwaited();
  }

  private sendAwaited(): void {
    if (this.awaitsOptionAck) {
      this.sending.optionAck();
      return;
    }
    const last = Math.min(this.have + this.agreed.windowBlocks, this.blocks);
    while (this.sent < last) {
      this.sent += 1;
      this.sending.block(this.sent);
    }
  }
}
