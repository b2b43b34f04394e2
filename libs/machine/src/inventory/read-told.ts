import type { JsonObject } from '#core';

/** What a running machine told, as the document of an inventory. Null when it did not tell all: the connection broke. */
export interface Told {
  readonly inventory: JsonObject;
  readonly bootId: string;
}

const SECTOR_BYTES = 512;
const KIB = 1_024;

export const readTold = (lines: readonly string[]): Told | null => {
  if (lines.at(-1) !== 'end') return null;
  const words = lines.map((line) => line.split('\t').map((word) => word.trim()));
  const said = (word: string): string | null => words.find(([first]) => first === word)?.[1] || null;
  const count = (word: string): number => Number(said(word) ?? 0) || 0;
  const bootId = said('boot_id');
  if (bootId === null) return null;
  const product = said('product');
  const inventory: JsonObject = {
    version: 1,
    system: {
      uuid: said('uuid')?.toLowerCase() ?? null,
      vendor: said('vendor'),
      product,
      serial: said('serial'),
      asset_tag: said('asset_tag'),
      kind: said('kind') ?? 'physical',
    },
    cpu: {
      model: said('cpu_model'),
      sockets: count('sockets') || 1,
      cores: count('threads'),
      threads: count('threads'),
      flags: [],
    },
    memory: { bytes: count('memory_kib') * KIB, modules: [] },
    firmware: {
      mode: said('firmware_mode') ?? 'bios',
      vendor: said('firmware_vendor'),
      version: said('firmware_version'),
      date: said('firmware_date'),
      secure_boot: null,
      tpm: null,
    },
    network: { product, interfaces: words.flatMap(cardOf) },
    links: [],
    disks: words.flatMap(diskOf),
    raid: [],
    bmc: null,
    pci: [],
    kernel: said('kernel') ?? '',
    architecture: said('architecture') ?? '',
  };
  return { inventory, bootId };
};

const cardOf = ([kind, name, mac, bus, driver]: readonly string[]): JsonObject[] =>
  kind === 'card' && name && mac
    ? [
        {
          name,
          mac: mac.toLowerCase(),
          bus_path: bus || null,
          port: 0,
          speeds: [],
          driver: driver || null,
          model: null,
        },
      ]
    : [];

const diskOf = (words: readonly string[]): JsonObject[] => {
  const [kind, name, sectors, model, serial, wwn, rotational, removable, readOnly] = words;
  const bytes = Number(sectors) * SECTOR_BYTES;
  // A disk that nothing tells from others is not one that anything may be granted on.
  const id = wwn ? `wwn:${wwn}` : serial ? `serial:${serial}` : null;
  if (kind !== 'disk' || !name || !(bytes > 0) || id === null) return [];
  return [
    {
      name,
      id,
      bytes,
      sector_bytes: SECTOR_BYTES,
      model: model || null,
      serial: serial || null,
      wwn: wwn || null,
      bus_path: null,
      rotational: rotational === '1',
      removable: removable === '1',
      read_only: readOnly === '1',
      transport: null,
      holds: [],
    },
  ];
};
