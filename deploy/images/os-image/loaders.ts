/**
 * How a disk starts. Its three partitions have fixed numbers: 1 GRUB's core for BIOS, 2 the EFI system partition, 3 the
 * root, or what carries it. Both firmwares end in the same file of partition 2 of the disk that was started, so two disks
 * with the same system on them never get in each other's way.
 */
export const SECTOR_BYTES = 512;
const MIB = 2 ** 20;
/** First sector and size of each partition; a MiB is a border that every disk likes. */
export const BIOS_SECTOR = MIB / SECTOR_BYTES;
export const BIOS_MIB = 1;
export const ESP_SECTOR = BIOS_SECTOR + (BIOS_MIB * MIB) / SECTOR_BYTES;
/** The least that makes a FAT32, which some firmware insists on, with room for a second loader. */
export const ESP_MIB = 64;
export const ROOT_SECTOR = ESP_SECTOR + (ESP_MIB * MIB) / SECTOR_BYTES;

/** Where both loaders look first, on the EFI system partition. Debian's signed GRUB has this folder built in. */
export const LOADER_FOLDER = 'EFI/debian';
/** What the core for BIOS contains: partitions, the file systems of 2 and 3, volumes and mirrors, and how to start Linux. */
export const CORE_MODULES = [
  ...['biosdisk', 'part_gpt', 'fat', 'ext2', 'lvm', 'mdraid1x', 'diskfilter'],
  ...['search', 'search_label', 'search_fs_uuid', 'search_fs_file', 'configfile', 'normal', 'test', 'echo'],
  ...['linux', 'serial', 'terminal', 'boot', 'halt', 'reboot'],
];

/** The first file of both loaders: finds the root and goes on there. The installer writes it anew, by the id of the root. */
export const FIRST_CONFIG = `search --no-floppy --label root --set=root
set prefix=($root)/boot/grub
configfile $prefix/grub.cfg
`;

/** Goes on from there. The names of kernel and initrd are links that the packages keep up to date. */
export const rootConfig = (root: string, params: readonly string[]): string => `serial --unit=0 --speed=115200
terminal_input console serial
terminal_output console serial
linux /vmlinuz root=${root} ro ${params.join(' ')}
initrd /initrd.img
boot
`;

/** Both consoles; the last is the one that says what goes wrong. */
export const DEFAULT_PARAMS = ['console=tty0', 'console=ttyS0,115200n8', 'quiet'];

/**
 * GRUB for BIOS, put in place by hand. The boot sector learns where the core begins (GRUB's `boot.img`: sector number at
 * 0x5c, boot drive at 0x64, 0xff for the one that was started); the core's first sector learns where the rest of it is
 * (its block list at 0x1f4).
 */
export function patchBootSector(bootSector: Buffer): Buffer {
  const patched = Buffer.from(bootSector);
  patched.writeBigUInt64LE(BigInt(BIOS_SECTOR), 0x5c);
  patched[0x64] = 0xff;
  return patched.subarray(0, BOOT_CODE_BYTES);
}

export function patchCore(core: Buffer): Buffer {
  const limit = BIOS_MIB * MIB;
  if (core.length > limit) throw new Error(`GRUB's core has ${core.length} bytes, and its partition ${limit}`);
  const patched = Buffer.from(core);
  patched.writeBigUInt64LE(BigInt(BIOS_SECTOR + 1), 0x1f4);
  return patched;
}

/** What of the first sector is code; the rest is the partition table. */
export const BOOT_CODE_BYTES = 440;
