import { invariant } from '../base/invariant.js';
import { addressValue, type AddressValue } from './address-value.js';
import { Claims } from './claims.js';
import type {
  NetworkId,
  ViewBootenv,
  ViewChange,
  ViewDocument,
  ViewMachine,
  ViewNameFilter,
  ViewNetwork,
  ViewServices,
  ViewSubnet,
  ViewZone,
} from './document.js';
import { PrefixIndex } from './prefix-index.js';

/** A network, and that subnet of it which was asked for. */
export interface SubnetOfNetwork {
  readonly network: ViewNetwork;
  readonly subnet: ViewSubnet;
}

/** One document as it was and as it is; null where there was or is none. */
export interface ViewStep {
  readonly kind: ViewDocument['kind'];
  readonly id: string;
  readonly before: ViewDocument | null;
  readonly after: ViewDocument | null;
}

/** Something that two documents claim although it can belong to one. The first one named is answered with. */
export interface ViewConflict {
  readonly of: 'mac' | 'uuid' | 'address' | 'name' | 'subnet';
  readonly key: string;
  /** Names of machines or networks. */
  readonly claimants: readonly string[];
}

/** What holds while nobody has said anything else. */
export const DEFAULT_SERVICES: ViewServices = { unknownBootenv: 'discovery', httpPort: 7780, apiUrl: '' };

/**
 * The documents of the boot view with the indexes that packets are answered from. A change costs what the changed
 * documents hold, never what the view holds. It is a copy: it decides nothing, it holds no clock and no socket, and it
 * never grows older by a change: only when everything is read anew may the generation go back.
 */
export class BootView {
  private readonly networkById = new Map<string, ViewNetwork>();
  private readonly machineById = new Map<string, ViewMachine>();
  private readonly bootenvByName = new Claims<string, ViewBootenv>();
  private readonly bootenvById = new Map<string, ViewBootenv>();
  private readonly filterById = new Map<string, ViewNameFilter>();
  private readonly zoneById = new Map<string, ViewZone>();
  private servicesDocument: ViewServices | null = null;

  private readonly byMac = new Claims<string, ViewMachine>();
  private readonly byUuid = new Claims<string, ViewMachine>();
  private readonly byName = new Claims<string, ViewMachine>();
  private readonly byAddress = new Claims<AddressValue, ViewMachine>();
  private readonly networkByName = new Claims<string, ViewNetwork>();
  private readonly byLink = new Map<string, ViewNetwork[]>();
  private readonly subnets = new PrefixIndex<SubnetOfNetwork>();
  private sortedFilters: readonly ViewNameFilter[] | null = [];
  /** Names of the loaders among the boot files, once somebody has looked; no document holds them. */
  loaders: ReadonlySet<string> | undefined = undefined;
  private readonly listeners = new Set<(steps: readonly ViewStep[], generation: number) => void>();
  private current = 0;

  /** Sequence number of the last event that the view has taken in; 0 before the first. */
  get generation(): number {
    return this.current;
  }

  /** Number of documents of all kinds. */
  get size(): number {
    return (
      this.networkById.size +
      this.machineById.size +
      this.bootenvById.size +
      this.filterById.size +
      this.zoneById.size +
      (this.servicesDocument ? 1 : 0)
    );
  }

  /** Takes in changed documents and the generation they belong to. Returns what became of each. */
  apply(changes: readonly ViewChange[], generation: number): readonly ViewStep[] {
    invariant(
      generation >= this.current,
      `The boot view is at generation ${this.current} and cannot go back to ${generation}.`,
    );
    return this.take(changes, generation);
  }

  /**
   * Makes the view hold these documents and no others, whatever generation it was at: used when the history between is
   * gone, or is another one than before.
   */
  replace(documents: Iterable<ViewDocument>, generation: number): readonly ViewStep[] {
    const changes: ViewChange[] = [];
    const named = new Set<string>();
    for (const document of documents) {
      named.add(`${document.kind}/${document.id}`);
      changes.push(document);
    }
    for (const { kind, id } of this.documents())
      if (!named.has(`${kind}/${id}`)) changes.push({ kind, id, body: null });
    return this.take(changes, generation);
  }

  /** Calls back after every change, within it; for indexes that are kept beside the view. Returns how to stop it. */
  onChange(listener: (steps: readonly ViewStep[], generation: number) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** `mac` in lower case with colons. */
  machineByMac(mac: string): ViewMachine | undefined {
    return this.byMac.get(mac);
  }

  /** SMBIOS UUID, lower case, canonical order. */
  machineByUuid(uuid: string): ViewMachine | undefined {
    return this.byUuid.get(uuid);
  }

  /** Any spelling of the address, without prefix length. */
  machineByAddress(address: string): ViewMachine | undefined {
    const value = addressValue(address);
    return value === null ? undefined : this.byAddress.get(value);
  }

  /** FQDN in lower case, without trailing dot. */
  machineByName(name: string): ViewMachine | undefined {
    return this.byName.get(name);
  }

  machine(node: string): ViewMachine | undefined {
    return this.machineById.get(node);
  }

  network(id: NetworkId | string): ViewNetwork | undefined {
    return this.networkById.get(id);
  }

  networkNamed(name: string): ViewNetwork | undefined {
    return this.networkByName.get(name);
  }

  /** The networks of one broadcast domain, by name. */
  networksOfLink(link: string): readonly ViewNetwork[] {
    return this.byLink.get(link) ?? [];
  }

  /** The subnet with the longest prefix that this address lies in, of either family. */
  networkHolding(address: string): SubnetOfNetwork | undefined {
    return this.subnets.holding(address);
  }

  bootenv(name: string): ViewBootenv | undefined {
    return this.bootenvByName.get(name);
  }

  /** In the order in which they are asked: by priority, then by name. */
  get nameFilters(): readonly ViewNameFilter[] {
    this.sortedFilters ??= [...this.filterById.values()].sort(
      (a, b) => a.priority - b.priority || (a.name < b.name ? -1 : 1),
    );
    return this.sortedFilters;
  }

  get services(): ViewServices {
    return this.servicesDocument ?? DEFAULT_SERVICES;
  }

  zones(): IterableIterator<ViewZone> {
    return this.zoneById.values();
  }

  machines(): IterableIterator<ViewMachine> {
    return this.machineById.values();
  }

  networks(): IterableIterator<ViewNetwork> {
    return this.networkById.values();
  }

  bootenvs(): IterableIterator<ViewBootenv> {
    return this.bootenvById.values();
  }

  /** The ids of all documents of a kind. */
  idsOf(kind: ViewDocument['kind']): Iterable<string> {
    switch (kind) {
      case 'network':
        return this.networkById.keys();
      case 'machine':
        return this.machineById.keys();
      case 'bootenv':
        return this.bootenvById.keys();
      case 'name-filter':
        return this.filterById.keys();
      case 'zone':
        return this.zoneById.keys();
      case 'services':
        return this.servicesDocument ? ['services'] : [];
    }
  }

  *documents(): IterableIterator<ViewDocument> {
    if (this.servicesDocument) yield { kind: 'services', id: 'services', body: this.servicesDocument };
    for (const [id, body] of this.networkById) yield { kind: 'network', id, body };
    for (const [id, body] of this.bootenvById) yield { kind: 'bootenv', id, body };
    for (const [id, body] of this.filterById) yield { kind: 'name-filter', id, body };
    for (const [id, body] of this.zoneById) yield { kind: 'zone', id, body };
    for (const [id, body] of this.machineById) yield { kind: 'machine', id, body };
  }

  /** Whatever is claimed twice: answered deterministically, and to be told to the operator. */
  *conflicts(): IterableIterator<ViewConflict> {
    const names = (machines: readonly ViewMachine[]) => machines.map((machine) => machine.name);
    for (const [key, machines] of this.byMac.conflicts()) yield { of: 'mac', key, claimants: names(machines) };
    for (const [key, machines] of this.byUuid.conflicts()) yield { of: 'uuid', key, claimants: names(machines) };
    for (const [key, machines] of this.byName.conflicts()) yield { of: 'name', key, claimants: names(machines) };
    for (const [value, machines] of this.byAddress.conflicts()) {
      const key = machines[0]?.addresses.find((held) => addressValue(held.address) === value)?.address ?? String(value);
      yield { of: 'address', key, claimants: names(machines) };
    }
    for (const entries of this.subnets.conflicts())
      yield { of: 'subnet', key: entries[0]?.subnet.cidr ?? '', claimants: entries.map(({ network }) => network.name) };
  }

  private take(changes: readonly ViewChange[], generation: number): readonly ViewStep[] {
    const steps = changes.map((change) => this.put(change));
    this.current = generation;
    for (const listener of this.listeners) listener(steps, generation);
    return steps;
  }

  private put(change: ViewChange): ViewStep {
    const { kind, id } = change;
    const after = change.body === null ? null : (change as ViewDocument);
    switch (kind) {
      case 'network':
        return { kind, id, before: this.putNetwork(id, change.body as ViewNetwork | null), after };
      case 'machine':
        return { kind, id, before: this.putMachine(id, change.body as ViewMachine | null), after };
      case 'bootenv':
        return { kind, id, before: this.putBootenv(id, change.body as ViewBootenv | null), after };
      case 'name-filter': {
        const body = swap(this.filterById, id, change.body as ViewNameFilter | null);
        this.sortedFilters = null;
        return { kind, id, before: body && { kind, id, body }, after };
      }
      case 'zone': {
        const body = swap(this.zoneById, id, change.body as ViewZone | null);
        return { kind, id, before: body && { kind, id, body }, after };
      }
      case 'services': {
        const body = this.servicesDocument;
        this.servicesDocument = change.body as ViewServices | null;
        return { kind, id, before: body && { kind, id: 'services', body }, after };
      }
    }
  }

  private putMachine(id: string, body: ViewMachine | null): ViewDocument | null {
    const before = swap(this.machineById, id, body);
    if (before) {
      for (const mac of before.macs) this.byMac.remove(mac, id);
      if (before.uuid) this.byUuid.remove(before.uuid, id);
      this.byName.remove(before.name, id);
      for (const value of valuesOf(before)) this.byAddress.remove(value, id);
    }
    if (body) {
      for (const mac of body.macs) this.byMac.add(mac, id, body);
      if (body.uuid) this.byUuid.add(body.uuid, id, body);
      this.byName.add(body.name, id, body);
      for (const value of valuesOf(body)) this.byAddress.add(value, id, body);
    }
    return before && { kind: 'machine', id, body: before };
  }

  private putNetwork(id: string, body: ViewNetwork | null): ViewDocument | null {
    const before = swap(this.networkById, id, body);
    if (before) {
      this.networkByName.remove(before.name, id);
      for (const subnet of before.subnets) this.subnets.remove(subnet.cidr, id);
      const others = this.networksOfLink(before.link).filter((network) => network !== before);
      if (others.length > 0) this.byLink.set(before.link, others);
      else this.byLink.delete(before.link);
    }
    if (body) {
      this.networkByName.add(body.name, id, body);
      for (const subnet of body.subnets) this.subnets.add(subnet.cidr, id, { network: body, subnet });
      const all = [...this.networksOfLink(body.link), body].sort((a, b) => (a.name < b.name ? -1 : 1));
      this.byLink.set(body.link, all);
    }
    return before && { kind: 'network', id, body: before };
  }

  private putBootenv(id: string, body: ViewBootenv | null): ViewDocument | null {
    const before = swap(this.bootenvById, id, body);
    if (before) this.bootenvByName.remove(before.name, id);
    if (body) this.bootenvByName.add(body.name, id, body);
    return before && { kind: 'bootenv', id, body: before };
  }
}

function swap<Body>(map: Map<string, Body>, id: string, body: Body | null): Body | null {
  const before = map.get(id) ?? null;
  if (body === null) map.delete(id);
  else map.set(id, body);
  return before;
}

function valuesOf(machine: ViewMachine): AddressValue[] {
  const values: AddressValue[] = [];
  for (const held of machine.addresses) {
    const value = addressValue(held.address);
    if (value !== null) values.push(value);
  }
  return values;
}
