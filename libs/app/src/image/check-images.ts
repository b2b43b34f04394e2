import type { ImageContents } from '../ports/image-contents.js';
import type { ImageId, ImageView } from '../ports/image-store.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { bootenvErrors, contentErrors } from './find-errors.js';

/**
 * Looks whether each image can be installed now, and writes down what it found: content that was put in place or taken
 * away, a boot environment that got its kernel. Mostly it finds nothing new, and writes nothing.
 */
export class CheckImages {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork; readonly imageContents?: ImageContents }) {}

  async execute(): Promise<{ readonly changed: readonly string[] }> {
    const { unitOfWork, imageContents } = this.parts;
    const images = await unitOfWork.read((tx) => tx.images.all());
    const found = new Map<ImageId, readonly string[]>();
    for (const image of images) found.set(image.id, await contentErrors(imageContents, image));
    const differs = await unitOfWork.read(async (tx) => {
      for (const [id, errors] of found) {
        const image = images.find((each) => each.id === id);
        if (image) found.set(id, [...errors, ...(await bootenvErrors(tx, image.bootenv))]);
      }
      return images.some((image) => !isSame(image, found.get(image.id) ?? []));
    });
    if (!differs) return { changed: [] };
    return await unitOfWork.write(ENGINE, async (tx) => {
      const changed: string[] = [];
      for (const { id, name } of images) {
        const image = await tx.images.find(id, { lock: true });
        const errors = found.get(id) ?? [];
        if (!image || isSame(image, errors)) continue;
        await tx.images.update(id, { errors });
        tx.tell({ kind: errors.length === 0 ? 'image.available' : 'image.unavailable', data: { name, errors } });
        changed.push(name);
      }
      return { changed };
    });
  }
}

const isSame = ({ errors }: Pick<ImageView, 'errors'>, found: readonly string[]): boolean =>
  errors.length === found.length && errors.every((error, index) => error === found[index]);
