import type { ViewMachine } from '../boot-view/document.js';
import type { Matcher, NamedAddress } from './matcher.js';
import { matches } from './matcher.js';
import { nameInZone, reverseName } from './name.js';
import { canonicalAddress, type RecordData } from './record.js';
import { renderName, type NameTemplate } from './template.js';

/** A name filter that could be read. */
export interface ReadFilter {
  readonly name: string;
  readonly priority: number;
  readonly matcher: Matcher;
  readonly template: NameTemplate;
  /** Networks whose clients see what it names; null: anybody who may see the zone. */
  readonly clients: readonly string[] | null;
}

/** A record that follows from an address of a machine. */
export interface MachineRecord {
  readonly name: string;
  readonly data: RecordData;
  readonly filter: string;
  readonly network: string;
  readonly clients: readonly string[] | null;
}

export interface MachineNames {
  readonly records: readonly MachineRecord[];
  /** Sentences about names that could not be made. */
  readonly problems: readonly string[];
}

/** Filters in the order in which they count: lower priorities first, then by name. */
export const byPriority = (a: ReadFilter, b: ReadFilter): number =>
  a.priority - b.priority || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);

/** What the rules need to know of everything else. */
export interface Surroundings {
  /** In order of priority. */
  readonly filters: readonly ReadFilter[];
  categoryOf(network: string): string;
  /** The zone that names of this machine on this network are relative to; null where there is none. */
  zoneFor(machine: ViewMachine, network: string): string | null;
}

/**
 * All names of a machine. Every filter that matches an address makes one; the first that does also gives the name that
 * the address leads back to, because an address that answers with several names confuses whoever asks (RFC 1912 §2.1).
 */
export const namesOfMachine = (machine: ViewMachine, { filters, categoryOf, zoneFor }: Surroundings): MachineNames => {
  const records: MachineRecord[] = [];
  const problems: string[] = [];
  for (const { network, range, address, family } of machine.addresses) {
    const named: NamedAddress = { machine, network, range, category: categoryOf(network) };
    const zone = zoneFor(machine, network);
    let reversed = false;
    for (const filter of filters) {
      if (!matches(filter.matcher, named)) continue;
      if (zone === null) {
        problems.push(
          `${machine.name} has no zone on network ${network}: declare a zone that holds its name, or give the network a domain`,
        );
        break;
      }
      const text = renderName(filter.template, named, shortName(machine.name, zone));
      const name = nameInZone(text, zone);
      if (name === null) {
        problems.push(`filter ${filter.name} makes "${text}" of ${machine.name} on ${network}, which is no name`);
        continue;
      }
      const from = { filter: filter.name, network, clients: filter.clients };
      records.push({ name, data: { type: family === 4 ? 'A' : 'AAAA', value: canonicalAddress(address) }, ...from });
      const reverse = reversed ? null : reverseName(address);
      if (reverse !== null) records.push({ name: reverse, data: { type: 'PTR', value: name }, ...from });
      reversed = true;
    }
  }
  return { records, problems };
};

/** The machine's name without the zone that it is in, else without its own domain. */
const shortName = (name: string, zone: string): string => {
  if (zone !== '' && name.endsWith(`.${zone}`)) return name.slice(0, -zone.length - 1);
  const dot = name.indexOf('.');
  return dot < 0 ? name : name.slice(0, dot);
};
