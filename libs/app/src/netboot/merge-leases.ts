import type { Lease } from '#core';
import type { UnitOfWork } from '../ports/unit-of-work.js';

const LEASES_PER_PAGE = 5_000;

/**
 * The leases that everybody can see and this server's own journal does not know: another server gave them, or the
 * journal was lost. Where the journal speaks of an address it is believed, unless what everybody can see began later.
 */
export async function leasesToTakeOver(
  unitOfWork: UnitOfWork,
  own: (address: string) => Lease | null,
  now: number,
): Promise<Lease[]> {
  const taken: Lease[] = [];
  for (let after: string | null = null; ;) {
    const page: Lease[] = await unitOfWork.read((tx) => tx.netboot.leasesAfter(after, LEASES_PER_PAGE));
    for (const lease of page) {
      const mine = own(lease.address);
      if (lease.until > now && (mine === null || (mine.holder !== lease.holder && mine.since < lease.since)))
        taken.push(lease);
    }
    if (page.length < LEASES_PER_PAGE) return taken;
    after = page.at(-1)!.address;
  }
}
