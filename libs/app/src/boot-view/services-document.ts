import { DEFAULT_SERVICES, type ViewDocument } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';

/** What holds for all machines. Port and address of the API are each netboot's own, which puts them in. */
export async function readServices(tx: Transaction): Promise<ViewDocument[]> {
  const unknownBootenv = await readSetting(tx, 'unknown_bootenv');
  return [{ kind: 'services', id: 'services', body: { ...DEFAULT_SERVICES, unknownBootenv } }];
}
