import { parentName } from './name.js';
import { recordText, type DnsRecord, type RecordType } from './record.js';
import type { Revisioned } from './zone.js';

/** A record with where it comes from. */
export interface OwnedRecord extends DnsRecord {
  /** Networks whose clients see it; null: anybody who may see the zone. */
  readonly clients: readonly string[] | null;
  readonly source: RecordSource;
}

/** What a record follows from, for people who wonder. */
export type RecordSource =
  | { readonly kind: 'machine'; readonly node: string; readonly filter: string; readonly network: string }
  | { readonly kind: 'written' }
  | { readonly kind: 'zone' };

/** A name with its records by type; without records it only leads to names below it (RFC 8020: it exists). */
export interface NameEntry extends Revisioned {
  readonly name: string;
  readonly sets: Map<RecordType, OwnedRecord[]>;
  /** Names right below it that exist. */
  below: number;
}

/**
 * All names, whoever owns their records. An owner's records are put in place of those it had before, so the price of a
 * change is what the owner has, and a record that stayed the same is not touched.
 */
export class NameTable {
  private readonly entries = new Map<string, NameEntry>();
  private readonly owned = new Map<string, ReadonlyMap<string, OwnedRecord>>();
  /** Grows with every change of anything. */
  readonly all: Revisioned = { revision: 0 };

  get(name: string): NameEntry | undefined {
    return this.entries.get(name);
  }

  values(): IterableIterator<NameEntry> {
    return this.entries.values();
  }

  /** Gives an owner these records and no others. Returns the names whose records are not the same as before. */
  replace(owner: string, records: readonly OwnedRecord[]): ReadonlySet<string> {
    const before = this.owned.get(owner) ?? new Map<string, OwnedRecord>();
    const after = new Map(records.map((record) => [keyOf(record), record]));
    const changed = new Set<string>();
    for (const [key, record] of before) {
      if (after.has(key)) after.set(key, record);
      else {
        this.remove(record);
        changed.add(record.name);
      }
    }
    for (const [key, record] of after) {
      if (before.has(key)) continue;
      this.add(record);
      changed.add(record.name);
    }
    if (after.size > 0) this.owned.set(owner, after);
    else this.owned.delete(owner);
    if (changed.size > 0) this.all.revision += 1;
    return changed;
  }

  private add(record: OwnedRecord): void {
    const entry = this.ensure(record.name);
    const set = entry.sets.get(record.data.type);
    if (set) set.push(record);
    else entry.sets.set(record.data.type, [record]);
    entry.revision += 1;
  }

  private ensure(name: string): NameEntry {
    const known = this.entries.get(name);
    if (known) return known;
    const entry: NameEntry = { name, sets: new Map(), below: 0, revision: 0 };
    this.entries.set(name, entry);
    const parent = parentName(name);
    if (parent !== null) this.ensure(parent).below += 1;
    return entry;
  }

  private remove(record: OwnedRecord): void {
    const entry = this.entries.get(record.name);
    const set = entry?.sets.get(record.data.type);
    if (!entry || !set) return;
    set.splice(set.indexOf(record), 1);
    if (set.length === 0) entry.sets.delete(record.data.type);
    entry.revision += 1;
    this.dropUnused(entry);
  }

  private dropUnused(entry: NameEntry): void {
    if (entry.sets.size > 0 || entry.below > 0) return;
    this.entries.delete(entry.name);
    // Whoever still holds it sees that it is not what it was.
    entry.revision += 1;
    const parent = parentName(entry.name);
    const above = parent === null ? undefined : this.entries.get(parent);
    if (!above) return;
    above.below -= 1;
    this.dropUnused(above);
  }
}

const keyOf = ({ name, ttl, data, clients, source }: OwnedRecord): string =>
  `${name} ${ttl} ${data.type} ${recordText(data)} ${clients?.join(',') ?? '*'} ${source.kind === 'machine' ? source.filter : ''}`;
