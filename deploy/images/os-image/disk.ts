import { open, readFile, stat, truncate, writeFile } from 'node:fs/promises';
import { command } from '../build/command.js';
import {
  BIOS_MIB,
  BIOS_SECTOR,
  CORE_MODULES,
  ESP_MIB,
  ESP_SECTOR,
  FIRST_CONFIG,
  LOADER_FOLDER,
  patchBootSector,
  patchCore,
  ROOT_SECTOR,
  SECTOR_BYTES,
} from './loaders.js';
import type { Bench } from './workshop.js';

/** Puts a disk together out of files: partition table, loaders for BIOS and UEFI, and the root. */
const MIB = 2 ** 20;
const FILL_DEADLINE_MS = 600_000;
/** Room for the file system's own tables, before it is shrunk to what it holds. */
const ROOM = { factor: 1.3, mib: 128 };
const JOURNAL_MIB = 32;
/** Each turn finds a little more to give away, because its guess is a careful one. */
const SHRINK_TURNS = 3;
/** At the end: a copy of the partition table. */
const TAIL_MIB = 1;

/** Makes the disk `disk.raw` on the bench out of its folder `root`. Returns its bytes. */
export async function makeDisk(bench: Bench): Promise<number> {
  const rootBytes = await makeRoot(bench);
  await makeEsp(bench);
  const boot = await makeBiosLoader(bench);

  const disk = bench.hostPath('disk.raw');
  const bytes = ROOT_SECTOR * SECTOR_BYTES + rootBytes + TAIL_MIB * MIB;
  await writeFile(disk, '');
  await truncate(disk, bytes);
  const root = `-n3:${ROOT_SECTOR}:+${rootBytes / 1024}K`;
  await bench.run('sgdisk', [
    ...['-a', '2048', `-n1:${BIOS_SECTOR}:+${BIOS_MIB}M`, '-t1:ef02', '-c1:bios'],
    ...[`-n2:${ESP_SECTOR}:+${ESP_MIB}M`, '-t2:ef00', '-c2:esp', root, '-t3:8304', '-c3:root', bench.path('disk.raw')],
  ]);
  await place(disk, boot.sector, 0);
  await place(disk, boot.core, BIOS_SECTOR);
  await pour(bench.hostPath('esp'), disk, ESP_SECTOR);
  await pour(bench.hostPath('root.ext4'), disk, ROOT_SECTOR);
  return bytes;
}

/** The root file system, filled from the folder and shrunk: what is not sent is not waited for. It grows on the disk. */
async function makeRoot(bench: Bench): Promise<number> {
  const used = Number((await command('du', ['-sm', bench.hostPath('root')])).split('\t')[0]);
  const file = bench.hostPath('root.ext4');
  await writeFile(file, '');
  await truncate(file, Math.ceil(used * ROOM.factor + ROOM.mib) * MIB);
  // Each machine gets another UUID in place; with a seed in the superblock some loaders cannot read the file system.
  await bench.run(
    'mkfs.ext4',
    [
      ...['-q', '-F', '-L', 'root', '-m', '1', '-J', `size=${JOURNAL_MIB}`, '-O', '^metadata_csum_seed,^orphan_file'],
      ...['-d', bench.path('root'), bench.path('root.ext4')],
    ],
    { deadlineMs: FILL_DEADLINE_MS },
  );
  for (let turn = 0; turn < SHRINK_TURNS; turn++)
    await bench.run('resize2fs', ['-M', bench.path('root.ext4')], { deadlineMs: FILL_DEADLINE_MS });
  const bytes = Math.ceil((await stat(file)).size / MIB) * MIB;
  await truncate(file, bytes);
  return bytes;
}

async function makeEsp(bench: Bench): Promise<void> {
  const esp = bench.path('esp');
  await writeFile(bench.hostPath('esp'), '');
  await truncate(bench.hostPath('esp'), ESP_MIB * MIB);
  await writeFile(bench.hostPath('grub.cfg'), FIRST_CONFIG);
  await bench.run('mkfs.vfat', ['-F', '32', '-n', 'ESP', esp]);
  await bench.run('mmd', ['-i', esp, '::EFI', '::EFI/BOOT', `::${LOADER_FOLDER}`]);
  const shim = '/usr/lib/shim/shimx64.efi.signed';
  const grub = '/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed';
  const keys = '/usr/lib/shim/mmx64.efi.signed';
  for (const [from, to] of [
    [shim, 'EFI/BOOT/BOOTX64.EFI'],
    [grub, 'EFI/BOOT/grubx64.efi'],
    [keys, 'EFI/BOOT/mmx64.efi'],
    [shim, `${LOADER_FOLDER}/shimx64.efi`],
    [grub, `${LOADER_FOLDER}/grubx64.efi`],
    [keys, `${LOADER_FOLDER}/mmx64.efi`],
    [bench.path('grub.cfg'), `${LOADER_FOLDER}/grub.cfg`],
  ] as const)
    await bench.run('mcopy', ['-i', esp, from, `::${to}`]);
}

async function makeBiosLoader(bench: Bench): Promise<{ sector: Buffer; core: Buffer }> {
  const modules = '/usr/lib/grub/i386-pc';
  // `(,gpt2)`: the second partition of the disk that was started.
  const prefix = `(,gpt2)/${LOADER_FOLDER}`;
  await bench.run('grub-mkimage', [
    ...['-O', 'i386-pc', '-d', modules, '-p', prefix, '-o', bench.path('core.img')],
    ...CORE_MODULES,
  ]);
  return {
    sector: patchBootSector(await readFile(bench.toolPath(`${modules}/boot.img`))),
    core: patchCore(await readFile(bench.hostPath('core.img'))),
  };
}

async function place(disk: string, content: Buffer, sector: number): Promise<void> {
  const handle = await open(disk, 'r+');
  try {
    await handle.write(content, 0, content.length, sector * SECTOR_BYTES);
  } finally {
    await handle.close();
  }
}

/** Copies a file to its place on the disk, leaving holes where it has zeros. */
const pour = (from: string, disk: string, sector: number): Promise<string> =>
  command(
    'dd',
    [
      `if=${from}`,
      `of=${disk}`,
      'bs=1M',
      `seek=${(sector * SECTOR_BYTES) / MIB}`,
      'conv=notrunc,sparse',
      'status=none',
    ],
    { deadlineMs: FILL_DEADLINE_MS },
  );
