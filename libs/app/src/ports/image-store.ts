import type { Branded, InstallLayout } from '#core';
import type { EditedStore } from './dns-store.js';

export type ImageId = Branded<'image'>;

/** What a machine can be given as its operating system. */
export interface ImageView {
  readonly id: ImageId;
  /** What `target-os` names, for example `debian-12`. */
  readonly name: string;
  readonly description: string;
  /** `image`: content that is written to the disk. `installer`: a system that installs, booted from its boot environment. */
  readonly kind: 'image' | 'installer';
  readonly os: ImageOs;
  /** Digest of the content as it is sent, hex; null where there is none, as with an installer. */
  readonly sha256: string | null;
  /** Of the content as it is sent, and once unpacked: the least that a disk must have. */
  readonly bytes: number;
  readonly rawBytes: number;
  readonly compression: 'zstd' | 'none';
  /** Layouts of the disk that it can be installed with. */
  readonly layouts: readonly InstallLayout[];
  readonly firmware: readonly ('bios' | 'uefi')[];
  /** Boot environment in which a machine installs it, for example `install` or `ubuntu-24.04-install`. */
  readonly bootenv: string;
  /** Why it cannot be installed now, each a sentence; empty when it is available. */
  readonly errors: readonly string[];
  readonly version: number;
}

export interface ImageOs {
  /** `debian`, `ubuntu`, `redhat`, `suse`. */
  readonly family: string;
  readonly version: string;
  readonly codename: string | null;
  /** As the kernel calls it: `x86_64`, `aarch64`. */
  readonly arch: string;
}

export type NewImage = Omit<ImageView, 'version'>;

export type ImageStore = EditedStore<ImageView, NewImage>;

declare module './unit-of-work.js' {
  interface Transaction {
    readonly images: ImageStore;
  }
}
