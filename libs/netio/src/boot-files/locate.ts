import { constants, type Stats } from 'node:fs';
import { open, realpath, type FileHandle } from 'node:fs/promises';
import { join, sep } from 'node:path';

/**
 * Finds a boot file by the name that a machine asked for, and opens it. A name is a path below the root, whatever it begins
 * with; no name leads out of the root, be it by `..`, by a symbolic link, or by an absolute path. TFTP and HTTP share it, so
 * that a name means the same on both.
 */
export interface OpenedFile {
  readonly handle: FileHandle;
  readonly stats: Stats;
  /** Path below the root, with slashes and without a leading one. */
  readonly name: string;
  /** The file itself, links resolved. */
  readonly path: string;
  /** The same, below the root. */
  readonly below: string;
}

/** Longest name that is looked up; a path on Linux has at most 4096 bytes, and loaders cut theirs at 128 to 256. */
const NAME_LENGTH_MAX = 1_024;

/** The name as it is looked up, or null when it cannot name anything below a root. Both slashes part a name: firmware writes either. */
export const plainName = (asked: string): string | null => {
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (asked.length > NAME_LENGTH_MAX || /[\u0000-\u001f\u007f]/.test(asked)) return null;
  const parts = asked.split(/[/\\]/).filter((part) => part !== '' && part !== '.');
  if (parts.length === 0 || parts.includes('..')) return null;
  return parts.join('/');
};

/** Null when there is no such file below the root. The caller closes the handle. */
export const openBelow = async (root: string, asked: string): Promise<OpenedFile | null> => {
  const name = plainName(asked);
  if (name === null) return null;
  try {
    const home = await realpath(root);
    const path = await realpath(join(home, name));
    if (!path.startsWith(home + sep)) return null;
    // The last part is no link any more; that it became one in between is refused.
    const handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (stats.isFile()) return { handle, stats, name, path, below: path.slice(home.length + 1) };
    } catch (error) {
      await handle.close();
      throw error;
    }
    await handle.close();
    return null;
  } catch (error) {
    if (isAbsence(error)) return null;
    throw new Error(`open boot file ${name}`, { cause: error });
  }
};

const ABSENCES = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP', 'ENAMETOOLONG', 'EISDIR', 'ENXIO', 'EPERM']);

const isAbsence = (error: unknown): boolean => ABSENCES.has((error as NodeJS.ErrnoException).code ?? '');
