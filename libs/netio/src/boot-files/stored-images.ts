import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageContents } from '#app';
import { ContentStore } from './content-store.js';

/** Among the boot files: where the content of an image is put, under its digest, to be taken in. */
export const IMAGES_FOLDER = 'images';

/**
 * The contents of images on this host. Somebody puts a file into `files/images` under its SHA-256; it is read once, and
 * becomes content that never changes when it is what its name says.
 */
export class StoredImages extends ImageContents {
  private readonly store: ContentStore;

  /** `root` is the folder of all boot files. */
  constructor(private readonly root: string) {
    super();
    this.store = new ContentStore(root);
  }

  override async problem({ sha256, bytes }: { sha256: string; bytes: number }): Promise<string | null> {
    const path = this.store.pathOf(sha256);
    if (path === null) return `${sha256} is no SHA-256`;
    const there = await bytesOf(path);
    if (there !== null)
      return there === bytes ? null : `its content has ${there} bytes, and it was registered with ${bytes}`;
    const put = join(this.root, 'files', IMAGES_FOLDER, sha256);
    if ((await bytesOf(put)) === null)
      return `its content is not here: put it into ANNEAL_HOME/boot/files/${IMAGES_FOLDER}/${sha256}, or build it with \`anneal images build\``;
    const problem = await this.store.adopt({ path: `${IMAGES_FOLDER}/${sha256}`, sha256, bytes });
    if (problem !== null) return problem;
    await rm(put, { force: true });
    return null;
  }
}

const bytesOf = (path: string): Promise<number | null> =>
  stat(path).then(
    ({ size }) => size,
    () => null,
  );
