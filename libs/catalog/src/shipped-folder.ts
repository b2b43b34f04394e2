import { createHash } from 'node:crypto';
import { ShippedBarclamps, type BarclampDocument as ImportedDocument } from '#app';
import { listShipped, loadShipped, sourceOf } from './shipped.js';

/** The barclamps in the folder of this package. */
export class ShippedFolder extends ShippedBarclamps {
  override async sources(): Promise<Map<string, string>> {
    const names = await listShipped();
    return new Map(
      await Promise.all(names.map(async (name): Promise<[string, string]> => [name, await digestOf(name)])),
    );
  }

  override async load(): Promise<readonly ImportedDocument[]> {
    return (await loadShipped()) as readonly ImportedDocument[];
  }
}

/** Read in another version, the same files may come to another document. */
const READER = 1;

const digestOf = async (name: string): Promise<string> => {
  const { files } = await sourceOf(name);
  const digest = createHash('sha256').update(`${READER}\n`);
  for (const { path, content } of files) digest.update(JSON.stringify([path, content]));
  return digest.digest('hex');
};
