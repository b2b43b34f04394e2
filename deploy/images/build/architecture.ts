/**
 * The processor architectures that images are built for, and what Debian, the kernel and GRUB call things there. Another
 * one is another row; nothing else in the builders asks which it is.
 */
export type ImageArchitecture = 'amd64' | 'arm64';
export type KernelFlavour = 'cloud' | 'generic';

export interface ArchitectureWords {
  /** As `uname -m` has it, and QEMU. */
  readonly machine: string;
  /** The Debian package that depends on the newest kernel. */
  readonly kernel: Readonly<Record<KernelFlavour, string>>;
  /** GRUB's platform, and the package that brings its modules. */
  readonly grub: string;
  readonly grubPackage: string;
  /** What UEFI calls it, in `BOOTX64.EFI` and the like. */
  readonly efi: string;
}

export const ARCHITECTURES: Readonly<Record<ImageArchitecture, ArchitectureWords>> = {
  amd64: {
    machine: 'x86_64',
    kernel: { cloud: 'linux-image-cloud-amd64', generic: 'linux-image-amd64' },
    grub: 'x86_64-efi',
    grubPackage: 'grub-efi-amd64-bin',
    efi: 'x64',
  },
  arm64: {
    machine: 'aarch64',
    kernel: { cloud: 'linux-image-cloud-arm64', generic: 'linux-image-arm64' },
    grub: 'arm64-efi',
    grubPackage: 'grub-efi-arm64-bin',
    efi: 'aa64',
  },
};
