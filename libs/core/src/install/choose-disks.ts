import { refuse, type Refusal } from '../base/refusal.js';
import type { DiskFacts, DiskId } from '../inventory/inventory.js';
import type { GrantedDisk, InstallLayout } from './order.js';

/** Which disks an install may have, as the attribute `install-disks` says it. */
export interface DiskWish {
  /**
   * `first` by its place on the bus, `smallest`, `largest`; or the disk itself by what stays with it: `id:`, `serial:`, `wwn:`;
   * or the first by place that fits a pattern, in which `*` stands for anything: `path:`, `model:`.
   */
  readonly rule: string;
  /** The same for the second disk of a mirror; the rule once more when absent. */
  readonly second?: string;
  /** Bytes that a disk must have; the image's own size counts when that is more. */
  readonly minBytes?: number;
  /** `nvme`, `sata`, …; any when absent. */
  readonly transport?: string;
}

/** How many disks a layout takes. */
export const DISKS_OF_LAYOUT: Readonly<Record<InstallLayout, number>> = { plain: 1, lvm: 1, raid1: 2 };

/** Disks that one sentence names. */
const DISKS_NAMED_MAX = 8;

/**
 * Chooses the disks of an install by stable id out of what the machine said of itself; the same machine gives the same
 * disks, however the kernel calls them. What is removable, read-only, claimed by somebody else, too small, or not told apart
 * from another disk by its id is left out, and a refusal says so disk by disk.
 */
export const chooseDisks = (
  disks: readonly DiskFacts[],
  wish: DiskWish,
  layout: InstallLayout,
  limits: { readonly imageBytes: number; readonly claimed: ReadonlyMap<DiskId, string> },
): readonly GrantedDisk[] | Refusal => {
  const bytesMin = Math.max(wish.minBytes ?? 0, limits.imageBytes);
  const twins = new Set(disks.map(({ id }) => id).filter((id, at, all) => all.indexOf(id) !== at));
  const faults = new Map<DiskFacts, string>();
  for (const disk of disks) {
    const fault = faultOf(disk, wish, bytesMin, twins, limits.claimed);
    if (fault !== null) faults.set(disk, fault);
  }
  const usable = disks.filter((disk) => !faults.has(disk)).sort(byPlace);
  const chosen: DiskFacts[] = [];
  const rules = [wish.rule, wish.second ?? wish.rule].slice(0, DISKS_OF_LAYOUT[layout]);
  for (const [at, rule] of rules.entries()) {
    const left = usable.filter((disk) => !chosen.includes(disk));
    const disk = pick(left, rule);
    if (!disk)
      return refuse(
        'invalid',
        `no ${at === 0 ? '' : 'second '}disk fits ${rule}${rules.length > 1 ? ` for ${layout}` : ''}: ${describe(disks, faults, chosen)}. Change the attribute install-disks, or look at the inventory of the machine.`,
        { rule },
      );
    chosen.push(disk);
  }
  return chosen.map(({ id, bytes, serial, wwn }) => ({ id, bytes, serial, wwn }));
};

const faultOf = (
  disk: DiskFacts,
  wish: DiskWish,
  bytesMin: number,
  twins: ReadonlySet<DiskId>,
  claimed: ReadonlyMap<DiskId, string>,
): string | null => {
  if (disk.removable) return 'can be removed';
  if (disk.readOnly) return 'is read-only';
  if (twins.has(disk.id)) return 'has the same id as another disk';
  const holder = claimed.get(disk.id);
  if (holder !== undefined) return `belongs to ${holder}`;
  if (disk.bytes < bytesMin) return `has ${disk.bytes} bytes and ${bytesMin} are needed`;
  if (wish.transport !== undefined && disk.transport !== wish.transport)
    return `is ${disk.transport ?? 'of unknown transport'} and not ${wish.transport}`;
  return null;
};

const pick = (disks: readonly DiskFacts[], rule: string): DiskFacts | undefined => {
  const [kind, value] = splitRule(rule);
  switch (kind) {
    case 'first':
      return disks[0];
    case 'smallest':
      return [...disks].sort((a, b) => a.bytes - b.bytes || byPlace(a, b))[0];
    case 'largest':
      return [...disks].sort((a, b) => b.bytes - a.bytes || byPlace(a, b))[0];
    case 'id':
      return disks.find(({ id }) => id === value);
    case 'serial':
      return disks.find(({ serial }) => serial === value);
    case 'wwn':
      return disks.find(({ wwn }) => wwn?.toLowerCase() === value.toLowerCase());
    case 'path':
      return disks.find(({ busPath }) => busPath !== null && fits(value, busPath));
    case 'model':
      return disks.find(({ model }) => model !== null && fits(value, model));
    default:
      return undefined;
  }
};

/** What stands before the first colon, and behind it. */
const splitRule = (rule: string): readonly [kind: string, value: string] => {
  const colon = rule.indexOf(':');
  return colon < 0 ? [rule, ''] : [rule.slice(0, colon), rule.slice(colon + 1)];
};

/** Whether a text is what a pattern says; `*` stands for any characters, case does not count. */
const fits = (pattern: string, text: string): boolean => {
  const parts = pattern.toLowerCase().split('*');
  const whole = text.trim().toLowerCase();
  const [head = '', ...rest] = parts;
  const tail = rest.pop();
  if (tail === undefined) return whole === head;
  if (!whole.startsWith(head)) return false;
  let at = head.length;
  for (const part of rest) {
    const found = whole.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return whole.length - tail.length >= at && whole.endsWith(tail);
};

/** By the way over the bus, numbers in it by value; what has none comes last, by its id. */
const byPlace = (a: DiskFacts, b: DiskFacts): number => {
  if ((a.busPath === null) !== (b.busPath === null)) return a.busPath === null ? 1 : -1;
  return compareNatural(a.busPath ?? '', b.busPath ?? '') || compareNatural(a.id, b.id);
};

const compareNatural = (a: string, b: string): number => {
  const [left, right] = [a.split(/(\d+)/), b.split(/(\d+)/)];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [one, other] = [left[at] as string, right[at] as string];
    // Odd places hold numbers, by the way split works with a group.
    const order = at % 2 === 1 ? Number(one) - Number(other) : one < other ? -1 : one > other ? 1 : 0;
    if (order !== 0) return order;
  }
  return left.length - right.length;
};

const describe = (
  disks: readonly DiskFacts[],
  faults: ReadonlyMap<DiskFacts, string>,
  chosen: readonly DiskFacts[],
): string => {
  if (disks.length === 0) return 'the machine reported no disk';
  const named = disks
    .slice(0, DISKS_NAMED_MAX)
    .map(
      (disk) =>
        `${disk.id} (${disk.bytes} bytes) ${faults.get(disk) ?? (chosen.includes(disk) ? 'is the first one' : 'is not meant by it')}`,
    );
  const more = disks.length > DISKS_NAMED_MAX ? `, and ${disks.length - DISKS_NAMED_MAX} more` : '';
  return `${named.join(', ')}${more}`;
};

/** A disk as the machine found it right before the write, by the id that it was granted under. */
export type SeenDisk = Pick<DiskFacts, 'id' | 'bytes' | 'serial'>;

/** How what the machine found differs from what was granted, in a clause; null when it does not. */
export const differenceOfDisks = (granted: readonly GrantedDisk[], seen: readonly SeenDisk[]): string | null => {
  for (const disk of granted) {
    const found = seen.filter(({ id }) => id === disk.id);
    const [one] = found;
    if (!one) return `${disk.id} was granted, and the machine has no such disk`;
    if (found.length > 1) return `the machine has ${found.length} disks with the id ${disk.id}`;
    if (one.bytes !== disk.bytes) return `${disk.id} had ${disk.bytes} bytes when it was granted and has ${one.bytes}`;
    if (disk.serial !== null && one.serial !== disk.serial)
      return `${disk.id} had the serial number ${disk.serial} when it was granted and has ${one.serial ?? 'none'}`;
    // Granted by its place, since it told nothing else of itself: one that does is another disk in that place.
    if (disk.id.startsWith('path:') && disk.serial === null && one.serial !== null)
      return `${disk.id} had no serial number when it was granted and has ${one.serial}`;
  }
  return null;
};
