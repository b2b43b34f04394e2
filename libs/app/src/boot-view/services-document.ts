import { DEFAULT_SERVICES, type ViewDocument } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/** What holds for all machines. Port and address of the API are each netboot's own, which puts them in. */
export async function readServices(_tx: Transaction): Promise<ViewDocument[]> {
  return [{ kind: 'services', id: 'services', body: DEFAULT_SERVICES }];
}
