import { BLOCK_BYTES_DEFAULT, BLOCK_BYTES_MIN, OVERHEAD_BYTES, RETRY_MS_FIRST, WINDOW_BLOCKS_MAX } from './limits.js';

/** What client and server agreed on for one transfer. */
export interface Agreement {
  readonly blockBytes: number;
  /** Blocks that may be under way without an acknowledgement. */
  readonly windowBlocks: number;
  readonly retryMs: number;
  /** Whether the client named the wait: then it does not grow. */
  readonly retryIsAgreed: boolean;
  /** What the option acknowledgement says; empty means that there is none, and the first block is the answer. */
  readonly answered: ReadonlyMap<string, string>;
}

/**
 * Answers the options of a request: blksize (RFC 2348, never more than fits the wire), timeout and tsize (RFC 2349) and
 * windowsize (RFC 7440). An option that is unknown, or whose value is nonsense, is left out of the answer, as RFC 2347 asks.
 */
export const negotiate = (
  asked: ReadonlyMap<string, string>,
  transfer: { readonly bytes: number; readonly family: 4 | 6; readonly mtu: number },
): Agreement => {
  const answered = new Map<string, string>();
  const blockBytesMax = transfer.mtu - OVERHEAD_BYTES[transfer.family];
  let blockBytes = BLOCK_BYTES_DEFAULT;
  let windowBlocks = 1;
  let retryMs = RETRY_MS_FIRST;
  for (const [name, text] of asked) {
    const value = wholeNumber(text);
    if (value === null) continue;
    if (name === 'blksize' && value >= BLOCK_BYTES_MIN && value <= 65_464) {
      blockBytes = Math.min(value, blockBytesMax);
      answered.set(name, String(blockBytes));
    } else if (name === 'windowsize' && value >= 1 && value <= 65_535) {
      windowBlocks = Math.min(value, WINDOW_BLOCKS_MAX);
      answered.set(name, String(windowBlocks));
    } else if (name === 'timeout' && value >= 1 && value <= 255) {
      retryMs = value * 1_000;
      answered.set(name, text);
    } else if (name === 'tsize') answered.set(name, String(transfer.bytes));
  }
  return { blockBytes, windowBlocks, retryMs, retryIsAgreed: answered.has('timeout'), answered };
};

const wholeNumber = (text: string): number | null => (/^\d{1,10}$/.test(text) ? Number(text) : null);
