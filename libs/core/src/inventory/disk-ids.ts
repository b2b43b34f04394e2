import type { DiskFacts, DiskId } from './inventory.js';

/** What a disk can be told from others by, without its id. */
export type DiskMarks = Pick<DiskFacts, 'wwn' | 'serial' | 'busPath'>;

/** Everything that could be the id of a disk, the best first: what its maker gave it, then the place where it hangs. */
export const idsOf = ({ wwn, serial, busPath }: DiskMarks): readonly DiskId[] => [
  ...(wwn === null ? [] : [`wwn:${wwn}`]),
  ...(serial === null ? [] : [`serial:${serial}`]),
  ...(busPath === null ? [] : [`path:${busPath}`]),
];

/**
 * The id of each disk: the first of WWN, serial and bus path that is there and that no other disk of this machine has, for
 * some makers gave many disks the same. Null where nothing tells a disk from the others: nothing may be done with it.
 */
export const chooseDiskIds = (disks: readonly DiskMarks[]): readonly (DiskId | null)[] => {
  const owners = new Map<DiskId, number>();
  for (const disk of disks) for (const id of idsOf(disk)) owners.set(id, (owners.get(id) ?? 0) + 1);
  return disks.map((disk) => idsOf(disk).find((id) => owners.get(id) === 1) ?? null);
};
