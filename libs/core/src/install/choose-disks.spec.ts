import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { aDisk } from '#testkit';
import { chooseDisks, differenceOfDisks, type DiskWish } from './choose-disks.js';
import type { InstallLayout } from './order.js';

const GIB = 1_073_741_824;
const NOBODY = { imageBytes: GIB, claimed: new Map<string, string>() };

const DISKS = [
  aDisk('sdb', {
    bytes: 480 * GIB,
    busPath: 'pci-0000:00:1f.2-ata-10',
    wwn: '0x5000c500a1b2c3d4',
    model: 'SAMSUNG PM983',
  }),
  aDisk('sda', {
    bytes: 4_000 * GIB,
    busPath: 'pci-0000:00:1f.2-ata-2',
    model: 'ST4000NM',
    rotational: true,
    transport: 'sata',
  }),
  aDisk('nvme0n1', { bytes: 960 * GIB, busPath: 'pci-0000:03:00.0-nvme-1', transport: 'nvme' }),
];

const chosen = (wish: DiskWish, layout: InstallLayout = 'plain', disks = DISKS) => {
  const choice = chooseDisks(disks, wish, layout, NOBODY);
  return isRefusal(choice) ? choice.detail : choice.map(({ id }) => id);
};

describe('a disk is chosen', () => {
  it.each([
    ['first', 'serial:SDA'],
    ['smallest', 'serial:SDB'],
    ['largest', 'serial:SDA'],
    ['id:serial:NVME0N1', 'serial:NVME0N1'],
    ['serial:SDB', 'serial:SDB'],
    ['wwn:0x5000C500A1B2C3D4', 'serial:SDB'],
    ['path:pci-0000:03:*', 'serial:NVME0N1'],
    ['model:*pm983', 'serial:SDB'],
    ['model:*M*4000*', 'no disk fits'],
  ])('by %s', (rule, expected) => {
    const found = chosen({ rule });
    if (expected.startsWith('no ')) expect(found).toContain(expected);
    else expect(found).toEqual([expected]);
  });

  it('by its place on the bus, in which 10 comes after 2', () => {
    expect(chosen({ rule: 'first', transport: 'virtio' })).toEqual(['serial:SDB']);
    expect(chosen({ rule: 'first' }, 'raid1')).toEqual(['serial:SDA', 'serial:SDB']);
  });

  it('twice for a mirror, never the same one', () => {
    expect(chosen({ rule: 'smallest' }, 'raid1')).toEqual(['serial:SDB', 'serial:NVME0N1']);
    expect(chosen({ rule: 'id:serial:SDA', second: 'id:serial:NVME0N1' }, 'raid1')).toEqual([
      'serial:SDA',
      'serial:NVME0N1',
    ]);
    expect(chosen({ rule: 'id:serial:SDA' }, 'raid1')).toContain('no second disk fits id:serial:SDA for raid1');
  });

  it('however the kernel calls the disks and in whatever order it lists them', () => {
    const rules = ['first', 'smallest', 'largest', 'path:pci-*', 'model:*'];
    fc.assert(
      fc.property(
        fc.shuffledSubarray(DISKS, { minLength: DISKS.length }),
        fc.shuffledSubarray(['sda', 'sdb', 'sdc'], { minLength: 3 }),
        fc.constantFrom(...rules),
        (order, names, rule) => {
          const renumbered = order.map((disk, at) => ({ ...disk, name: names[at] as string }));
          expect(chosen({ rule }, 'plain', renumbered)).toEqual(chosen({ rule }));
        },
      ),
    );
  });
});

describe('a disk is not chosen', () => {
  it.each([
    ['that can be removed', { removable: true }, 'can be removed'],
    ['that is read-only', { readOnly: true }, 'is read-only'],
    ['that is too small', { bytes: GIB / 2 }, 'are needed'],
    ['of another transport', { transport: 'usb' }, 'is usb and not virtio'],
  ])('%s', (_says, different, why) => {
    expect(chosen({ rule: 'first', transport: 'virtio' }, 'plain', [aDisk('vda', different)])).toContain(why);
  });

  it('that belongs to somebody else, who is named', () => {
    const choice = chooseDisks([aDisk('vda')], { rule: 'first' }, 'plain', {
      imageBytes: 1,
      claimed: new Map([['serial:VDA', 'ceph-osd@n1']]),
    });
    expect(isRefusal(choice) && choice.detail).toContain('belongs to ceph-osd@n1');
  });

  it('that cannot be told from another one', () => {
    expect(chosen({ rule: 'first' }, 'plain', [aDisk('vda'), aDisk('vdb', { id: 'serial:VDA' })])).toContain(
      'has the same id as another disk',
    );
  });

  it('where the machine reported none', () => {
    expect(chosen({ rule: 'first' }, 'plain', [])).toContain('the machine reported no disk');
  });

  it('below the least size that was asked for, though the image would fit', () => {
    expect(chosen({ rule: 'smallest', minBytes: 500 * GIB })).toEqual(['serial:NVME0N1']);
  });
});

describe('before a write', () => {
  const granted = [{ id: 'serial:A', bytes: 100, serial: 'A', wwn: null }];

  it('the disk that was granted is there as it was', () => {
    expect(differenceOfDisks(granted, [{ id: 'serial:A', bytes: 100, serial: 'A' }])).toBeNull();
  });

  it.each([
    ['gone', [], 'has no such disk'],
    ['of another size', [{ id: 'serial:A', bytes: 99, serial: 'A' }], 'had 100 bytes when it was granted and has 99'],
    ['another one', [{ id: 'serial:A', bytes: 100, serial: 'B' }], 'had the serial number A'],
    [
      'there twice',
      [
        { id: 'serial:A', bytes: 100, serial: 'A' },
        { id: 'serial:A', bytes: 100, serial: 'A' },
      ],
      '2 disks',
    ],
  ])('a disk that is %s is noticed', (_says, seen, why) => {
    expect(differenceOfDisks(granted, seen)).toContain(why);
  });
});
