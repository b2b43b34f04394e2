import type { ViewDocument } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** Name filters and zones as documents of the boot view. */
export async function readDns(_tx: Transaction): Promise<ViewDocument[]> {
  return [];
}
