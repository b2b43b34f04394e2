import type { DiskId } from '../inventory/inventory.js';

/**
 * What the machine is told to install, whole: made when the install begins, given to it once, and kept nowhere with its
 * secrets. The program in the discovery image reads it in snake_case, from a file that it fetched or from standard input.
 *
 * It reports `progress` before it writes anything, and goes on only when that was answered with 200: a token that was
 * replaced or revoked in between is refused there, so that of two orders one is carried out. It repeats `finish` until it is
 * answered, and starts its disk only then.
 */
export interface InstallOrder {
  readonly install: string;
  /** Proves that the machine which reports is the one that was given this order; good until the install ends. */
  readonly token: string;
  /** `…/api/v2/installs/ID`, below which it reports `progress` and `finish`. */
  readonly reportUrl: string;
  readonly node: { readonly id: string; readonly name: string };
  /** Disks that were granted, the first carries the system. Nothing else may be written to. */
  readonly disks: readonly GrantedDisk[];
  readonly layout: InstallLayout;
  /** Null where an installer brings its own packages. */
  readonly image: OrderedImage | null;
  /** Files for the new system, whole. Modes are octal text. */
  readonly files: readonly { readonly path: string; readonly mode: string; readonly content: string }[];
  readonly authorizedKeys: readonly string[];
  /** More kernel parameters, one each. */
  readonly kernelParams: readonly string[];
  /** Packages beside those of the image, for installers. */
  readonly packages: readonly string[];
  /** With which the installed system says, once, that it came up. */
  readonly join: { readonly url: string; readonly token: string };
  readonly proxy: string | null;
}

/** What the disk must still be right before it is written to. */
export interface GrantedDisk {
  readonly id: DiskId;
  readonly bytes: number;
  readonly serial: string | null;
  readonly wwn: string | null;
}

/** `plain`: partitions alone. `lvm`: the root on a logical volume. `raid1`: the root mirrored over two granted disks. */
export type InstallLayout = 'plain' | 'lvm' | 'raid1';

export interface OrderedImage {
  /** Where its content is, by digest. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** Once unpacked. */
  readonly rawBytes: number;
  readonly compression: 'zstd' | 'none';
}
