/**
 * Client system architectures, as firmware names itself in DHCP option 93 (RFC 4578 §2.1) and DHCPv6 option 61
 * (RFC 5970 §3.3). The numbers are those of IANA's registry "Processor Architecture Types" (RFC 5970 §6). RFC 4578 as
 * printed swaps 7 and 9; firmware followed either reading, and both are 64-bit x86 in practice.
 *
 * What the first loader is called is ours to say: the names of iPXE as Debian builds it, and for processors for which it
 * builds none, the name under which an operator puts one into the boot files.
 */
export interface ClientArchitecture {
  readonly code: number;
  /** As in IANA's registry. */
  readonly name: string;
  readonly firmware: 'bios' | 'uefi';
  readonly cpu: 'i386' | 'x86_64' | 'arm' | 'arm64';
  /** How the firmware fetches its first file. Those that boot from HTTP say so by a number of their own. */
  readonly transport: 'tftp' | 'http';
  /** iPXE for it. */
  readonly loader: string;
  /** First loader under secure boot: signed, and followed by a signed GRUB beside it. Null where there is none. */
  readonly shim: string | null;
  /** What shim fetches next, from the root of TFTP. */
  readonly signedGrub: string | null;
  /** Small program that finds the loader on the disk; BIOS needs none, iPXE can start a disk itself. */
  readonly localLoader: string | null;
}

const bios = { firmware: 'bios', shim: null, signedGrub: null, localLoader: null } as const;
const x64 = {
  firmware: 'uefi',
  cpu: 'x86_64',
  loader: 'snponly.efi',
  shim: 'shimx64.efi',
  signedGrub: 'grubx64.efi',
  localLoader: 'local-x64.efi',
} as const;
const ia32 = {
  firmware: 'uefi',
  cpu: 'i386',
  loader: 'snponly-i386.efi',
  shim: null,
  signedGrub: null,
  localLoader: 'local-ia32.efi',
} as const;
const arm32 = {
  firmware: 'uefi',
  cpu: 'arm',
  loader: 'snponly-arm32.efi',
  shim: null,
  signedGrub: null,
  localLoader: 'local-arm.efi',
} as const;
const arm64 = {
  firmware: 'uefi',
  cpu: 'arm64',
  loader: 'snponly-arm64.efi',
  shim: 'shimaa64.efi',
  signedGrub: 'grubaa64.efi',
  localLoader: 'local-aa64.efi',
} as const;

export const CLIENT_ARCHITECTURES: readonly ClientArchitecture[] = [
  { code: 0, name: 'x86 BIOS', cpu: 'x86_64', transport: 'tftp', loader: 'undionly.kpxe', ...bios },
  { code: 6, name: 'x86 UEFI', transport: 'tftp', ...ia32 },
  { code: 7, name: 'x64 UEFI', transport: 'tftp', ...x64 },
  { code: 9, name: 'EBC', transport: 'tftp', ...x64 },
  { code: 10, name: 'ARM 32-bit UEFI', transport: 'tftp', ...arm32 },
  { code: 11, name: 'ARM 64-bit UEFI', transport: 'tftp', ...arm64 },
  { code: 15, name: 'x86 UEFI boot from HTTP', transport: 'http', ...ia32 },
  { code: 16, name: 'x64 UEFI boot from HTTP', transport: 'http', ...x64 },
  { code: 17, name: 'EBC boot from HTTP', transport: 'http', ...x64 },
  { code: 18, name: 'ARM UEFI 32 boot from HTTP', transport: 'http', ...arm32 },
  { code: 19, name: 'ARM UEFI 64 boot from HTTP', transport: 'http', ...arm64 },
];

const byCode = new Map(CLIENT_ARCHITECTURES.map((architecture) => [architecture.code, architecture]));

export const clientArchitecture = (code: number): ClientArchitecture | null => byCode.get(code) ?? null;

/** The number inside a vendor class such as `PXEClient:Arch:00007:UNDI:003000` (PXE 2.1 §2.2), for firmware that tells it nowhere else. */
export const architectureOfVendorClass = (vendorClass: string): number | null => {
  const digits = /^(?:PXE|HTTP)Client:Arch:(\d{5})/.exec(vendorClass)?.[1];
  return digits === undefined ? null : Number(digits);
};

/** Loaders that every installation has: the scripts put Debian's iPXE into the boot files. */
export const SHIPPED_LOADERS: ReadonlySet<string> = new Set(['undionly.kpxe', 'snponly.efi']);
