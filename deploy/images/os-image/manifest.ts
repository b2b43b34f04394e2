/** What is known of an image that was built: enough to register it, and to say later what was in it. */
export interface ImageManifest {
  readonly name: string;
  readonly os: { readonly family: string; readonly version: string; readonly codename: string; readonly arch: string };
  readonly kernel: string;
  /** Digest of the recipe and of the way it is built. */
  readonly recipe: string;
  /** Digest of the content as it is sent. */
  readonly sha256: string;
  readonly bytes: number;
  /** Once unpacked: the least that a disk must have. */
  readonly rawBytes: number;
  readonly compression: 'zstd';
  readonly layouts: readonly ('plain' | 'lvm' | 'raid1')[];
  readonly firmware: readonly ('bios' | 'uefi')[];
  readonly packages: readonly { readonly name: string; readonly version: string }[];
}

/** Names of the files of a built image, within its folder. */
export const CONTENT_FILE = 'disk.raw.zst';
export const MANIFEST_FILE = 'manifest.json';
