import { isRefusal } from '../base/refusal.js';
import type { ViewChange, ViewMachine, ViewNameFilter, ViewNetwork, ViewZone } from '../boot-view/document.js';
import { PrefixIndex } from '../boot-view/prefix-index.js';
import { byPriority, namesOfMachine, type ReadFilter, type Surroundings } from './machine-names.js';
import { parseMatcher } from './matcher.js';
import { isWithin, domainName, nameInZone, parentName, reverseZones } from './name.js';
import { NameTable, type NameEntry, type OwnedRecord } from './name-table.js';
import { parseRecordData, recordText, type RecordType } from './record.js';
import { parseTemplate } from './template.js';
import {
  IMPLIED_TTL,
  LOCAL_SCOPE,
  mayAsk,
  OUTSIDE_SCOPE,
  soaOf,
  type ClientScope,
  type Revisioned,
  type Zone,
} from './zone.js';

/** A record as it is served, for lists and for servers elsewhere that are kept the same. */
export interface ServedRecord {
  readonly zone: string;
  readonly name: string;
  readonly type: RecordType;
  readonly ttl: number;
  /** Presentation format, names with a dot at the end. */
  readonly value: string;
  readonly clients: readonly string[] | null;
  readonly source: OwnedRecord['source'];
}

/**
 * What DNS answers from: zones and names that follow from the documents of the boot view, kept up to date change by
 * change. A changed machine costs its own records; a changed filter, or a zone that comes or goes, costs all machines,
 * because any of their names may be meant. What cannot be read is left out and said in `problems`: one bad row must not
 * silence the others.
 */
export class ZoneIndex {
  private readonly machines = new Map<string, ViewMachine>();
  private readonly networks = new Map<string, ViewNetwork>();
  private readonly filters = new Map<string, ViewNameFilter>();
  private readonly declared = new Map<string, ViewZone>();

  private readonly names = new NameTable();
  private zones = new Map<string, Zone>();
  private readonly networkByName = new Map<string, ViewNetwork>();
  private readonly machinesOnNetwork = new Map<string, Set<string>>();
  private subnets = new PrefixIndex<ClientScope>();
  private readFilters: ReadFilter[] = [];
  private readonly troubles = new Map<string, readonly string[]>();
  private last = 0;
  private zonesRevision = 0;
  private restricted = false;

  /** Takes in the documents as they are now. `generation` is the sequence number that they are of. */
  apply(changes: readonly ViewChange[], generation: number): void {
    this.last = Math.max(this.last, generation);
    const dirty = new Set<string>();
    let [filtersChanged, shapeChanged] = [false, false];
    for (const change of changes) {
      switch (change.kind) {
        case 'machine':
          this.keepMachine(change.id, change.body as ViewMachine | null);
          dirty.add(change.id);
          break;
        case 'network': {
          const before = this.networks.get(change.id);
          put(this.networks, change.id, change.body as ViewNetwork | null);
          for (const name of new Set([before?.name, (change.body as ViewNetwork | null)?.name]))
            for (const id of this.machinesOnNetwork.get(name ?? '') ?? []) dirty.add(id);
          shapeChanged = true;
          break;
        }
        case 'name-filter':
          put(this.filters, change.id, change.body as ViewNameFilter | null);
          filtersChanged = true;
          break;
        case 'zone':
          put(this.declared, change.id, change.body as ViewZone | null);
          shapeChanged = true;
          break;
        case 'bootenv':
        case 'services':
          // Names do not follow from these.
          break;
      }
    }
    if (filtersChanged) this.rereadFilters();
    const allChanged = (shapeChanged && this.reshape()) || filtersChanged;
    const surroundings: Surroundings = {
      filters: this.readFilters,
      categoryOf: (network) => this.networkByName.get(network)?.category ?? '',
      zoneFor: (machine, network) => this.zoneOfMachine(machine, network),
    };
    for (const id of allChanged ? this.machines.keys() : dirty) this.renameMachine(id, surroundings);
    if (allChanged) for (const id of dirty) if (!this.machines.has(id)) this.renameMachine(id, surroundings);
    if (filtersChanged || shapeChanged)
      this.restricted =
        this.readFilters.some(({ clients }) => clients !== null) ||
        [...this.zones.values()].some(({ clients, forwarders }) => clients !== null || forwarders.length > 0);
  }

  get generation(): number {
    return this.last;
  }

  /** Whether it matters who asks. */
  get dependsOnClient(): boolean {
    return this.restricted;
  }

  /** What every answer hangs on. */
  get all(): Revisioned {
    return this.names.all;
  }

  /** Grows when networks or zones change: what is known of clients is to be forgotten then. */
  get shapeRevision(): number {
    return this.zonesRevision;
  }

  entry(name: string): NameEntry | undefined {
    return this.names.get(name);
  }

  /** The innermost zone that holds a name and that this client may ask for. */
  zoneOf(name: string, scope: ClientScope): Zone | null {
    for (let at: string | null = name; at !== null; at = parentName(at)) {
      const zone = this.zones.get(at);
      if (zone && mayAsk(zone.clients, scope)) return zone;
    }
    return null;
  }

  zone(domain: string): Zone | undefined {
    return this.zones.get(domain);
  }

  /** Who a client is, by its address. */
  scopeOf(address: string): ClientScope {
    const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
    const scope = this.subnets.holding(plain);
    if (scope) return scope;
    return plain.startsWith('127.') || plain === '::1' ? LOCAL_SCOPE : OUTSIDE_SCOPE;
  }

  /** Sentences about what could not be served, without order. */
  problems(): string[] {
    return [...new Set([...this.troubles.values()].flat())];
  }

  /** All that is served, without order; the SOA of each zone too. */
  *records(): IterableIterator<ServedRecord> {
    for (const zone of this.zones.values()) {
      if (zone.forwarders.length > 0) continue;
      const { name, ttl, data } = soaOf(zone);
      yield {
        zone: zone.domain,
        name,
        type: 'SOA',
        ttl,
        value: recordText(data),
        clients: null,
        source: { kind: 'zone' },
      };
    }
    for (const entry of this.names.values()) {
      if (entry.sets.size === 0) continue;
      const zone = this.zoneOf(entry.name, LOCAL_SCOPE);
      if (!zone) continue;
      for (const [type, set] of entry.sets)
        for (const { name, ttl, data, clients, source } of set)
          yield { zone: zone.domain, name, type, ttl, value: recordText(data), clients, source };
    }
  }

  private keepMachine(id: string, machine: ViewMachine | null): void {
    for (const { network } of this.machines.get(id)?.addresses ?? []) {
      const on = this.machinesOnNetwork.get(network);
      on?.delete(id);
      if (on?.size === 0) this.machinesOnNetwork.delete(network);
    }
    put(this.machines, id, machine);
    for (const { network } of machine?.addresses ?? []) {
      const on = this.machinesOnNetwork.get(network);
      if (on) on.add(id);
      else this.machinesOnNetwork.set(network, new Set([id]));
    }
  }

  private renameMachine(id: string, surroundings: Surroundings): void {
    const machine = this.machines.get(id);
    const { records, problems } = machine ? namesOfMachine(machine, surroundings) : { records: [], problems: [] };
    this.tell(`machine ${id}`, problems);
    this.replace(
      `machine ${id}`,
      records.flatMap(({ name, data, filter, network, clients }): OwnedRecord[] => {
        const zone = this.zoneOf(name, LOCAL_SCOPE);
        if (!zone) return [];
        return [
          {
            name,
            ttl: zone.ttl,
            data,
            clients,
            source: { kind: 'machine', node: machine?.name ?? id, filter, network },
          },
        ];
      }),
    );
  }

  private rereadFilters(): void {
    const read: ReadFilter[] = [];
    const problems: string[] = [];
    for (const filter of this.filters.values()) {
      const matcher = parseMatcher(filter.matcher);
      const template = parseTemplate(filter.template);
      if (isRefusal(matcher)) problems.push(`filter ${filter.name}: ${matcher.detail}`);
      else if (isRefusal(template)) problems.push(`filter ${filter.name}: ${template.detail}`);
      else {
        const clients = filter.clients?.length ? filter.clients : null;
        read.push({ name: filter.name, priority: filter.priority, matcher, template, clients });
      }
    }
    this.readFilters = read.sort(byPriority);
    this.tell('filters', problems);
  }

  /** Works the zones out anew. There are few of them. Returns whether names of any machine may have moved. */
  private reshape(): boolean {
    const before = this.zones;
    const after = new Map<string, Zone>();
    const nameServers = new Map<string, Set<string>>();
    this.networkByName.clear();
    this.subnets = new PrefixIndex();
    for (const [id, network] of this.networks) {
      this.networkByName.set(network.name, network);
      const scope: ClientScope = { network: network.name, local: false };
      for (const { cidr } of network.subnets) this.subnets.add(cidr, id, scope);
      const domain = domainName(network.domain);
      if (!domain) continue;
      const addresses = nameServers.get(domain) ?? new Set<string>();
      for (const address of network.nameServers) addresses.add(address);
      nameServers.set(domain, addresses);
      addZone(after, before, this.last, { domain });
    }
    const problems: string[] = [];
    for (const zone of this.declared.values()) {
      const domain = domainName(zone.domain);
      if (domain === null) problems.push(`zone "${zone.domain}" has no name that can be served`);
      else addZone(after, before, this.last, { domain, declared: zone });
    }
    for (const network of this.networks.values())
      for (const { cidr } of network.subnets)
        for (const domain of reverseZones(cidr))
          if (!after.has(domain))
            addZone(after, before, this.last, { domain, primary: `ns.${domainName(network.domain) || domain}` });
    this.zones = after;
    this.zonesRevision += 1;
    this.names.all.revision += 1;
    this.tell('zones', problems);
    this.writeZones(before, nameServers);
    const moved = [...after.values()].some(({ domain, ttl }) => before.get(domain)?.ttl !== ttl);
    return moved || [...before.keys()].some((domain) => !after.has(domain));
  }

  /** The records that zones have of themselves: those somebody wrote, and the name server where nobody wrote one. */
  private writeZones(before: ReadonlyMap<string, Zone>, nameServers: ReadonlyMap<string, ReadonlySet<string>>): void {
    const written = new Map<string, OwnedRecord[]>();
    for (const zone of this.declared.values()) {
      const domain = domainName(zone.domain);
      if (domain === null) continue;
      const records = written.get(domain) ?? [];
      written.set(domain, records);
      const problems: string[] = [];
      for (const record of zone.records) {
        const name = nameInZone(record.name, domain);
        const data = parseRecordData(record.type, record.value, domain);
        if (name === null || !isWithin(name, domain))
          problems.push(`zone ${zone.domain}: the record "${record.name}" has no name in it`);
        else if (isRefusal(data))
          problems.push(`zone ${zone.domain}: ${record.type} of ${record.name}: ${data.detail}`);
        else records.push({ name, ttl: record.ttl, data, clients: null, source: { kind: 'written' } });
      }
      this.tell(`zone ${domain}`, problems);
    }
    for (const domain of before.keys()) if (!this.zones.has(domain)) this.replace(`zone ${domain}`, []);
    for (const zone of this.zones.values()) {
      const records = written.get(zone.domain) ?? [];
      const addresses = nameServers.get(zone.domain);
      const hasServer = records.some(({ name, data }) => name === zone.domain && data.type === 'NS');
      const own = hasServer || !addresses || zone.forwarders.length > 0 ? [] : serverRecords(zone, addresses);
      this.replace(`zone ${zone.domain}`, [...records, ...own]);
    }
  }

  private zoneOfMachine(machine: ViewMachine, network: string): string | null {
    for (let at = parentName(machine.name); at; at = parentName(at)) if (this.zones.has(at)) return at;
    return domainName(this.networkByName.get(network)?.domain ?? '');
  }

  private replace(owner: string, records: readonly OwnedRecord[]): void {
    for (const name of this.names.replace(owner, records)) {
      const zone = this.zoneOf(name, LOCAL_SCOPE);
      if (zone) zone.serial = this.last;
    }
  }

  private tell(about: string, problems: readonly string[]): void {
    if (problems.length > 0) this.troubles.set(about, problems);
    else this.troubles.delete(about);
  }
}

const put = <Value>(map: Map<string, Value>, id: string, value: Value | null): void => {
  if (value === null) map.delete(id);
  else map.set(id, value);
};

const listOrNull = (list: readonly string[] | undefined): readonly string[] | null => (list?.length ? list : null);

/** A zone of its name; one that is there already keeps its serial, because what it holds has not changed by that. */
const addZone = (
  zones: Map<string, Zone>,
  before: ReadonlyMap<string, Zone>,
  generation: number,
  { domain, declared, primary }: { readonly domain: string; readonly declared?: ViewZone; readonly primary?: string },
): void => {
  const server = declared?.records.find(({ type, name }) => type === 'NS' && nameInZone(name, domain) === domain);
  const named = server ? parseRecordData('NS', server.value, domain) : null;
  const zone = {
    domain,
    ttl: declared?.ttl ?? IMPLIED_TTL,
    forwarders: declared?.forwarders ?? [],
    clients: listOrNull(declared?.clients),
    forwardFor: listOrNull(declared?.forwardFor),
    primary:
      named && !isRefusal(named) && named.type === 'NS'
        ? named.value
        : (primary ?? (domain === '' ? 'localhost' : `ns.${domain}`)),
  };
  const known = before.get(domain);
  const isSame = known?.ttl === zone.ttl && known.primary === zone.primary;
  zones.set(domain, { ...zone, serial: isSame ? known.serial : generation });
};

const serverRecords = (zone: Zone, addresses: ReadonlySet<string>): OwnedRecord[] => {
  const from = { ttl: zone.ttl, clients: null, source: { kind: 'zone' } } as const;
  if (addresses.size === 0) return [];
  return [
    { name: zone.domain, data: { type: 'NS', value: zone.primary }, ...from },
    ...[...addresses].map((value): OwnedRecord => ({
      name: zone.primary,
      data: { type: value.includes(':') ? 'AAAA' : 'A', value },
      ...from,
    })),
  ];
};
