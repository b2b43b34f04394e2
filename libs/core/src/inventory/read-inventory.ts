import type { Json } from '../base/json.js';
import { distinctUuid } from '../discovery/claims.js';
import { readNetworkInventory } from '../netconfig/inventory.js';
import { chooseDiskIds } from './disk-ids.js';
import type { BmcFacts, DiskFacts, FirmwareFacts, Inventory, LinkFacts, MemoryFacts, PciDevice } from './inventory.js';
import { Reading, type InventoryProblem } from './reading.js';

/**
 * Reads the document that a machine reported about itself. It is as strict about types as the server's own documents are,
 * and as patient about what is missing as machines are different: what could not be read is null or left out, and told.
 */
export interface ReadInventory {
  /** Null when it is no document of a version that is known. */
  readonly inventory: Inventory | null;
  readonly problems: readonly InventoryProblem[];
}

/** The only version there is so far. */
const VERSION = 1;

/** More than any machine has that we know of; a list that is longer is cut, so that no report fills the database. */
export const DISKS_MAX = 1_024;
export const LINKS_MAX = 256;
export const PCI_DEVICES_MAX = 2_048;
const MODULES_MAX = 512;
const RAID_CONTROLLERS_MAX = 64;
const CPU_FLAGS_MAX = 512;
const HOLDS_MAX = 64;

export const readInventory = (json: Json | undefined): ReadInventory => {
  const problems: InventoryProblem[] = [];
  const document = Reading.of(json, problems);
  if (!document) return { inventory: null, problems: [{ path: '', says: 'is no object' }] };
  const version = document.count('version');
  if (version !== VERSION) {
    document.problem('version', `is ${version ?? 'missing'}, and version ${VERSION} is the one that is known`);
    return { inventory: null, problems };
  }
  const system = document.part('system');
  const cpu = document.part('cpu');
  const inventory: Inventory = {
    version: VERSION,
    system: {
      uuid: distinctUuid(system.text('uuid')),
      vendor: system.text('vendor'),
      product: system.text('product'),
      serial: system.text('serial'),
      assetTag: system.text('asset_tag'),
      kind: system.text('kind') ?? 'physical',
    },
    cpu: {
      model: cpu.text('model'),
      sockets: cpu.count('sockets') ?? 0,
      cores: cpu.count('cores') ?? 0,
      threads: cpu.count('threads') ?? 0,
      flags: cpu.texts('flags', CPU_FLAGS_MAX),
    },
    memory: readMemory(document.part('memory')),
    firmware: readFirmware(document.part('firmware')),
    network: readNetwork(json, document),
    links: document.parts('links', LINKS_MAX).flatMap(readLink),
    disks: readDisks(document),
    raid: document.parts('raid', RAID_CONTROLLERS_MAX).flatMap((part) => {
      const busPath = needed(part, 'bus_path');
      return busPath === null ? [] : [{ busPath, model: part.text('model') ?? 'unknown', driver: part.text('driver') }];
    }),
    bmc: readBmc(document.partOrNull('bmc')),
    pci: document.parts('pci', PCI_DEVICES_MAX).flatMap(readPci),
    kernel: document.text('kernel') ?? '',
    architecture: document.text('architecture') ?? '',
  };
  return { inventory, problems };
};

/** A text without which the part means nothing. */
const needed = (part: Reading, field: string): string | null => {
  const text = part.text(field);
  if (text === null) part.problem(field, 'is missing, so this entry is left out');
  return text;
};

const readMemory = (part: Reading): MemoryFacts => ({
  bytes: part.count('bytes') ?? 0,
  modules: part.parts('modules', MODULES_MAX).map((module) => ({
    slot: module.text('slot') ?? '',
    bytes: module.count('bytes') ?? 0,
    mtPerSecond: module.count('mt_per_second'),
  })),
});

const readFirmware = (part: Reading): FirmwareFacts => {
  const mode = part.text('mode');
  if (mode !== null && mode !== 'bios' && mode !== 'uefi') part.problem('mode', 'is neither bios nor uefi');
  return {
    mode: mode === 'uefi' ? 'uefi' : 'bios',
    vendor: part.text('vendor'),
    version: part.text('version'),
    date: part.text('date'),
    secureBoot: part.flag('secure_boot'),
    tpm: part.text('tpm'),
  };
};

const readNetwork = (json: Json | undefined, document: Reading): Inventory['network'] => {
  const read = readNetworkInventory(json);
  if (!read) document.problem('network', 'is missing, or has no list of interfaces');
  return read ?? { product: null, interfaces: [] };
};

const readLink = (part: Reading): readonly LinkFacts[] => {
  const name = needed(part, 'name');
  if (name === null) return [];
  const neighbour = part.partOrNull('neighbour');
  const [device, port] = [neighbour?.text('switch') ?? null, neighbour?.text('port') ?? null];
  return [
    {
      name,
      up: part.flag('up') ?? false,
      mbitPerSecond: part.count('mbit_per_second'),
      neighbour: device === null || port === null ? null : { switch: device, port },
    },
  ];
};

const readDisks = (document: Reading): readonly DiskFacts[] => {
  const parts = document.parts('disks', DISKS_MAX).flatMap((part) => {
    const name = needed(part, 'name');
    const bytes = part.count('bytes');
    if (bytes === null || bytes === 0) part.problem('bytes', 'is missing, so this disk is left out');
    if (name === null || !bytes) return [];
    const marks = {
      wwn: part.text('wwn')?.toLowerCase() ?? null,
      serial: part.text('serial')?.trim() || null,
      busPath: part.text('bus_path'),
    };
    return [{ part, name, bytes, marks }];
  });
  const ids = chooseDiskIds(parts.map(({ marks }) => marks));
  return parts.flatMap(({ part, name, bytes, marks }, index) => {
    const id = ids[index] ?? null;
    if (id === null) {
      part.problem('id', 'cannot be chosen: nothing tells this disk from the others, so it is left out');
      return [];
    }
    return [
      {
        name,
        id,
        bytes,
        sectorBytes: part.count('sector_bytes') ?? 512,
        model: part.text('model'),
        ...marks,
        rotational: part.flag('rotational') ?? false,
        removable: part.flag('removable') ?? false,
        readOnly: part.flag('read_only') ?? false,
        transport: part.text('transport'),
        holds: part.texts('holds', HOLDS_MAX),
      },
    ];
  });
};

const readBmc = (part: Reading | null): BmcFacts | null =>
  part && {
    address: part.text('address')?.toLowerCase() ?? null,
    mac: part.text('mac')?.toLowerCase() ?? null,
    vendor: part.text('vendor'),
    firmware: part.text('firmware'),
    channel: part.count('channel'),
  };

const readPci = (part: Reading): readonly PciDevice[] => {
  const busPath = needed(part, 'bus_path');
  const id = needed(part, 'id')?.toLowerCase() ?? null;
  if (busPath === null || id === null) return [];
  return [{ busPath, id, class: part.text('class') ?? '', name: part.text('name') }];
};
