import type { DiskFacts, GrantedDisk, JsonObject } from '#core';

/** What an installed system has on its disk. */
export interface DiskSystem {
  readonly install: string;
  readonly joinToken: string;
  readonly hostKey: string;
}

/** A disk of a simulated machine, and what is on it. */
export interface FleetDisk extends DiskFacts {
  /** Null: nothing starts from it. */
  readonly system: DiskSystem | null;
  /** The kernel gives every disk that it meets a number of its own. */
  readonly number: number;
}

export const FLEET_DISK_BYTES = 107_374_182_400;

export const fleetDisk = (machine: string, name: string, different: Partial<FleetDisk> = {}): FleetDisk => {
  const serial = `${machine}-${name}`.toUpperCase();
  return {
    name,
    id: `serial:${serial}` as DiskFacts['id'],
    bytes: FLEET_DISK_BYTES,
    sectorBytes: 512,
    model: 'SIMULATED',
    serial,
    wwn: null,
    busPath: `pci-0000:00:0${name.charCodeAt(name.length - 1) - 96}.0`,
    rotational: false,
    removable: false,
    readOnly: false,
    transport: 'virtio',
    holds: [],
    system: null,
    number: 1,
    ...different,
  };
};

/** A disk as an inventory has it. */
export const diskJson = (disk: FleetDisk): JsonObject => ({
  ...{ name: disk.name, id: disk.id, bytes: disk.bytes, sector_bytes: disk.sectorBytes, model: disk.model },
  ...{ serial: disk.serial, wwn: disk.wwn, bus_path: disk.busPath, rotational: disk.rotational },
  ...{ removable: disk.removable, read_only: disk.readOnly, transport: disk.transport, holds: [...disk.holds] },
});

/** A grant and the disk that it means on this machine, by name and by the kernel's number of it. */
export interface FoundDisk {
  readonly name: string;
  readonly number: number;
  readonly bytes: number;
  readonly granted: GrantedDisk;
}

/**
 * Finds the granted disks among those that are here, or says why not: the same questions, in the same order, as
 * deploy/images/install/parts/find-disk.sh asks.
 */
export const findDisks = (
  here: readonly FleetDisk[],
  granted: readonly GrantedDisk[],
  neededBytes: number,
): readonly FoundDisk[] | string => {
  const found: FoundDisk[] = [];
  for (const grant of granted) {
    const same = here.filter((disk) => isOf(disk, grant.id));
    const [disk] = same;
    if (!disk) return `disk ${grant.id} is not among the disks of this machine`;
    if (same.length > 1) return `disk ${grant.id} cannot be told apart`;
    if (disk.bytes !== grant.bytes)
      return `disk ${grant.id} has ${disk.bytes} bytes, and one of ${grant.bytes} was granted`;
    if (grant.serial !== null && disk.serial !== grant.serial) return `disk ${grant.id} has another serial number`;
    if (grant.wwn !== null && disk.wwn?.toLowerCase() !== grant.wwn.toLowerCase())
      return `disk ${grant.id} has another WWN`;
    const isNameless = grant.id.startsWith('path:') && grant.serial === null && grant.wwn === null;
    if (isNameless && (disk.serial !== null || disk.wwn !== null))
      return `disk ${grant.id} has a serial number or a WWN, and one without either was granted`;
    if (disk.removable) return `disk ${grant.id} can be taken out`;
    if (disk.readOnly) return `disk ${grant.id} is read-only`;
    if (disk.bytes < neededBytes) return `disk ${grant.id} is too small for the image`;
    if (disk.sectorBytes !== 512) return `disk ${grant.id} has sectors of ${disk.sectorBytes} bytes`;
    found.push({ name: disk.name, number: disk.number, bytes: disk.bytes, granted: grant });
  }
  const names = found.map(({ name }) => name);
  return new Set(names).size < names.length ? 'two grants mean the same disk' : found;
};

/** Whether those that were found are still the same ones, as disk-facts.sh asks right before each step that writes. */
export const recheckDisks = (here: readonly FleetDisk[], found: readonly FoundDisk[]): boolean =>
  found.every(({ name, number, bytes }) => {
    const now = here.find((disk) => disk.name === name);
    return now?.number === number && now.bytes === bytes;
  });

const isOf = (disk: FleetDisk, id: string): boolean => {
  const colon = id.indexOf(':');
  const [kind, value] = [id.slice(0, colon), id.slice(colon + 1)];
  switch (kind) {
    case 'wwn':
      return disk.wwn?.toLowerCase() === value.toLowerCase();
    case 'serial':
      return disk.serial === value;
    case 'path':
      return disk.busPath === value;
    default:
      return false;
  }
};
