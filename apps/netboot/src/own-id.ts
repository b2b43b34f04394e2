import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The id of the netboot server of this home: made at the first start, and the same ever after. */
export async function ownId(folder: string): Promise<string> {
  const path = join(folder, 'id');
  const kept = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '';
    throw new Error(`read ${path}`, { cause: error });
  });
  if (/^[0-9a-f-]{36}$/.test(kept.trim())) return kept.trim();
  const id = randomUUID();
  // Others may walk through, as nginx's workers do; what is secret in here has a mode of its own.
  await mkdir(folder, { recursive: true, mode: 0o711 });
  await writeFile(`${path}.new`, `${id}\n`, { flush: true });
  await rename(`${path}.new`, path);
  return id;
}
