import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../base/json.js';
import { chooseDiskIds } from './disk-ids.js';
import { inventoryJson } from './inventory-json.js';
import type { DiskFacts, Inventory } from './inventory.js';
import { DISKS_MAX, readInventory } from './read-inventory.js';

const text = fc
  .string({ minLength: 1, maxLength: 40, unit: fc.constantFrom(...'abcXYZ019 -_.:/') })
  .map((said) => `x${said.trimEnd()}`);
const known = fc.option(text, { nil: null });
const count = fc.nat();
const mac = fc
  .array(fc.integer({ min: 0, max: 255 }), { minLength: 6, maxLength: 6 })
  .map((bytes) => bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':'));
const uuid = fc.uuid({ version: 4 });

const disk = fc.record({
  name: text,
  bytes: fc.integer({ min: 1, max: 2 ** 50 }),
  sectorBytes: fc.constantFrom(512, 4096),
  model: known,
  wwn: fc.option(
    fc.bigInt({ min: 1n, max: 2n ** 60n }).map((wwn) => `0x${wwn.toString(16)}`),
    { nil: null },
  ),
  serial: known,
  busPath: known,
  rotational: fc.boolean(),
  removable: fc.boolean(),
  readOnly: fc.boolean(),
  transport: known,
  holds: fc.array(text, { maxLength: 4 }),
});
/** Disks with the ids that they have, and those alone that have one. */
const disks = fc.array(disk, { maxLength: 6 }).map((all) => {
  const ids = chooseDiskIds(all);
  const told = all.flatMap((each, index): DiskFacts[] => (ids[index] ? [{ ...each, id: ids[index] }] : []));
  // Without those that were left out, others may have a better id.
  return told.map((each, index) => ({ ...each, id: chooseDiskIds(told)[index] as string }));
});

const inventory: fc.Arbitrary<Inventory> = fc.record({
  version: fc.constant(1 as const),
  system: fc.record({
    uuid: fc.option(uuid, { nil: null }),
    vendor: known,
    product: known,
    serial: known,
    assetTag: known,
    kind: fc.constantFrom('physical', 'virtual', 'container'),
  }),
  cpu: fc.record({
    model: known,
    sockets: count,
    cores: count,
    threads: count,
    flags: fc.array(text, { maxLength: 5 }),
  }),
  memory: fc.record({
    bytes: count,
    modules: fc.array(fc.record({ slot: text, bytes: count, mtPerSecond: fc.option(count, { nil: null }) }), {
      maxLength: 3,
    }),
  }),
  firmware: fc.record({
    mode: fc.constantFrom('bios' as const, 'uefi' as const),
    vendor: known,
    version: known,
    date: known,
    secureBoot: fc.option(fc.boolean(), { nil: null }),
    tpm: known,
  }),
  network: fc.record({
    product: known,
    interfaces: fc.array(
      fc.record({
        name: text,
        mac,
        busPath: known,
        port: count,
        speeds: fc
          .uniqueArray(fc.integer({ min: 1, max: 800_000 }), { maxLength: 4 })
          .map((all) => all.sort((a, b) => a - b)),
        driver: known,
        model: known,
      }),
      { maxLength: 4 },
    ),
  }),
  links: fc.array(
    fc.record({
      name: text,
      up: fc.boolean(),
      mbitPerSecond: fc.option(count, { nil: null }),
      neighbour: fc.option(fc.record({ switch: text, port: text }), { nil: null }),
    }),
    { maxLength: 4 },
  ),
  disks,
  raid: fc.array(fc.record({ busPath: text, model: text, driver: known }), { maxLength: 2 }),
  bmc: fc.option(
    fc.record({
      address: fc.option(fc.ipV4(), { nil: null }),
      mac: fc.option(mac, { nil: null }),
      vendor: known,
      firmware: known,
      channel: fc.option(fc.nat(15), { nil: null }),
    }),
    { nil: null },
  ),
  pci: fc.array(fc.record({ busPath: text, id: fc.constant('8086:10d3'), class: text, name: known }), { maxLength: 3 }),
  kernel: text,
  architecture: fc.constantFrom('x86_64', 'aarch64'),
});

const some = (over: JsonObject = {}): Json => ({
  version: 1,
  network: { product: null, interfaces: [] },
  ...over,
});
const aDisk = (over: JsonObject): Json => ({ name: 'sda', bytes: 1_000_000, ...over });
const disksOf = (...given: Json[]) => {
  const { inventory: read, problems } = readInventory(some({ disks: given }));
  return { ids: read?.disks.map(({ id }) => id), problems: problems.map(({ path }) => path) };
};

describe('the inventory of a machine', () => {
  it('is the same after it was written and read', () => {
    fc.assert(
      fc.property(inventory, (given) => {
        expect(readInventory(inventoryJson(given))).toEqual({ inventory: given, problems: [] });
        // What crossed the wire is still the same.
        expect(readInventory(JSON.parse(JSON.stringify(inventoryJson(given))) as Json).inventory).toEqual(given);
      }),
    );
  });

  it('is read from anything without an exception, and never grows by it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const { inventory: read } = readInventory(
          some({ disks: value as Json, system: value as Json, pci: value as Json }),
        );
        expect(read?.version).toBe(1);
        expect(readInventory(value as Json).problems.length).toBeGreaterThan(0);
      }),
    );
  });

  it('of a version that nobody knows is not read at all', () => {
    expect(readInventory(some({ version: 2 }))).toEqual({
      inventory: null,
      problems: [{ path: 'version', says: 'is 2, and version 1 is the one that is known' }],
    });
    expect(readInventory(null).inventory).toBeNull();
    expect(readInventory([]).inventory).toBeNull();
  });

  it('may leave out what is not known', () => {
    const { inventory: read, problems } = readInventory(some());
    expect(problems).toEqual([]);
    expect(read).toMatchObject({
      bmc: null,
      disks: [],
      firmware: { mode: 'bios', secureBoot: null },
      system: { uuid: null },
    });
  });

  it('says where a value is of the wrong type, and goes on without it', () => {
    const { inventory: read, problems } = readInventory(
      some({
        system: { vendor: 7, serial: 'S1' },
        memory: { bytes: -1 },
        firmware: { mode: 'coreboot', secure_boot: 'yes' },
        disks: [aDisk({ serial: 'a', rotational: 1 }), 'sdb', aDisk({ bytes: 1.5 }), aDisk({ name: '' })],
        links: {},
      }),
    );
    expect(problems.map(({ path }) => path)).toEqual([
      'system.vendor',
      'memory.bytes',
      'firmware.mode',
      'firmware.secure_boot',
      'links',
      'disks[1]',
      'disks[2].bytes',
      'disks[2].bytes',
      'disks[3].name',
      'disks[0].rotational',
    ]);
    expect(read?.system).toMatchObject({ vendor: null, serial: 'S1' });
    expect(read?.disks).toHaveLength(1);
  });

  it('has no UUID when many machines have the same one', () => {
    for (const shared of [
      '00000000-0000-0000-0000-000000000000',
      'ffffffff-ffff-ffff-ffff-ffffffffffff',
      '03000200-0400-0500-0006-000700080009',
      'not a uuid',
    ])
      expect(readInventory(some({ system: { uuid: shared } })).inventory?.system.uuid, shared).toBeNull();
    const own = '4C4C4544-0035-3510-8057-B4C04F4D3332';
    expect(readInventory(some({ system: { uuid: own } })).inventory?.system.uuid).toBe(own.toLowerCase());
  });

  it('keeps no more than any machine has', () => {
    const many = Array.from({ length: DISKS_MAX + 5 }, (_none, index) => aDisk({ serial: `s${index}` }));
    const { inventory: read, problems } = readInventory(some({ disks: many, kernel: 'k'.repeat(10_000) }));
    expect(read?.disks).toHaveLength(DISKS_MAX);
    expect(read?.kernel).toHaveLength(256);
    expect(problems.map(({ path }) => path)).toEqual(['disks', 'kernel']);
  });
});

describe('the id of a disk', () => {
  it('is its WWN, else its serial, else the place where it hangs', () => {
    const marks = { wwn: '0x5000C500A1B2C3D4', serial: ' S3Z8NB0K ', bus_path: 'pci-0000:00:1f.2-ata-1' };
    expect(disksOf(aDisk(marks)).ids).toEqual(['wwn:0x5000c500a1b2c3d4']);
    expect(disksOf(aDisk({ ...marks, wwn: null })).ids).toEqual(['serial:S3Z8NB0K']);
    expect(disksOf(aDisk({ bus_path: 'pci-0000:00:1f.2-ata-1' })).ids).toEqual(['path:pci-0000:00:1f.2-ata-1']);
  });

  it('is never one that another disk of the machine has', () => {
    const twin = (serial: string, bus: string) => aDisk({ wwn: '0x1', serial, bus_path: bus });
    expect(disksOf(twin('a', 'p1'), twin('b', 'p2')).ids).toEqual(['serial:a', 'serial:b']);
    expect(disksOf(twin('a', 'p1'), twin('a', 'p2')).ids).toEqual(['path:p1', 'path:p2']);
  });

  it('is what a disk must have to be listed', () => {
    const nothing = aDisk({});
    expect(disksOf(nothing, aDisk({ serial: 'a' }))).toEqual({ ids: ['serial:a'], problems: ['disks[0].id'] });
    expect(disksOf(aDisk({ serial: 'a' }), aDisk({ serial: 'a' }))).toEqual({
      ids: [],
      problems: ['disks[0].id', 'disks[1].id'],
    });
  });
});
