import type { ViewDocument } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** The boot environments as documents of the boot view. */
export async function readBootenvs(_tx: Transaction): Promise<ViewDocument[]> {
  return [];
}
