import { LeaseBook, type Lease } from '#core';
import { LeaseJournal } from './journal.js';

export interface OpenLeases {
  readonly book: LeaseBook;
  readonly journal: LeaseJournal;
  /** Bytes at the end of the journal that were being written when the last process died. */
  readonly tornBytes: number;
}

/**
 * The lease book of this machine, filled from its journal: what both DHCP servers of a process answer from. Throws when
 * another process has the folder.
 */
export async function openLeases(options: {
  readonly folder: string;
  readonly now?: () => number;
  /** Told of leases after they became durable, in order. */
  readonly onDurable?: (leases: readonly Lease[]) => void;
}): Promise<OpenLeases> {
  const book = new LeaseBook();
  const now = options.now ?? Date.now;
  const { journal, recovered } = await LeaseJournal.open({ ...options, now, leases: () => book.leases() });
  const at = now();
  for (const lease of recovered.leases) book.restore(lease, at);
  if (recovered.leases.length > 0) await journal.sumUp();
  return { book, journal, tornBytes: recovered.tornBytes };
}
