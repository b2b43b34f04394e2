import type { DiskFacts, Inventory, Json, JsonObject } from '#core';

/** What of a machine's inventory an install looks at. */
export type MachineFacts = Pick<Inventory, 'disks' | 'firmware' | 'architecture'>;

/**
 * Reads it from the stored document; null when the machine has not said what it is. A disk without an id or a size is left
 * out: it could not be found again.
 */
export const machineFacts = (inventory: JsonObject): MachineFacts | null => {
  const architecture = text(inventory['architecture']);
  const firmware = object(inventory['firmware']);
  const mode = text(firmware['mode']);
  const disks = inventory['disks'];
  if (architecture === null || (mode !== 'bios' && mode !== 'uefi') || !Array.isArray(disks)) return null;
  return {
    architecture,
    firmware: {
      mode,
      vendor: text(firmware['vendor']),
      version: text(firmware['version']),
      date: text(firmware['date']),
      secureBoot: typeof firmware['secure_boot'] === 'boolean' ? firmware['secure_boot'] : null,
      tpm: text(firmware['tpm']),
    },
    disks: (disks as readonly Json[]).flatMap((each) => readDisk(object(each)) ?? []),
  };
};

/** SMBIOS UUID, lower case; null where it is not known. */
export const machineUuid = (inventory: JsonObject): string | null =>
  text(object(inventory['system'])['uuid'])?.toLowerCase() ?? null;

const SECTOR_BYTES = 512;

const readDisk = (disk: JsonObject): DiskFacts | null => {
  const [id, bytes] = [text(disk['id']), disk['bytes']];
  if (id === null || typeof bytes !== 'number' || bytes <= 0) return null;
  return {
    name: text(disk['name']) ?? '',
    id,
    bytes,
    sectorBytes: typeof disk['sector_bytes'] === 'number' ? disk['sector_bytes'] : SECTOR_BYTES,
    model: text(disk['model']),
    serial: text(disk['serial']),
    wwn: text(disk['wwn']),
    busPath: text(disk['bus_path']),
    rotational: disk['rotational'] === true,
    // What does not say that it stays is not written to.
    removable: disk['removable'] !== false,
    readOnly: disk['read_only'] === true,
    transport: text(disk['transport']),
    holds: Array.isArray(disk['holds']) ? disk['holds'].filter((each): each is string => typeof each === 'string') : [],
  };
};

const text = (value: Json | undefined): string | null => (typeof value === 'string' && value !== '' ? value : null);

const object = (value: Json | undefined): JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
