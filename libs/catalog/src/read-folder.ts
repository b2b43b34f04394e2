/** Reads a barclamp from a folder on disk. Only what a barclamp may hold is opened: text files, no links, nothing hidden. */
import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startOf, type CatalogFile } from './check/files.js';
import { decodeText } from './decode-text.js';
import { DOCUMENT_BYTES_MAX, FILES_MAX } from './limits.js';
import { ProblemList, type Problem } from './problem.js';

export type ReadFilesResult = { readonly files: readonly CatalogFile[] } | { readonly problems: readonly Problem[] };

/** The files below `folder`, by path relative to it. A folder that cannot be read is thrown as an error. */
export async function readFolder(folder: string): Promise<ReadFilesResult> {
  const problems = new ProblemList();
  const files: CatalogFile[] = [];
  const open = [''];
  while (open.length > 0) {
    const below = open.pop()!;
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (entry.name.startsWith('.')) continue;
      if (entry.isDirectory()) open.push(path);
      else if (!entry.isFile()) {
        problems.error(
          startOf(path),
          'bad-path',
          'this is a link or a device, not a file',
          'put a copy of the file here',
        );
      } else if (files.length >= FILES_MAX) {
        problems.error(
          startOf(path),
          'too-many',
          `the folder holds more than ${FILES_MAX} files`,
          'is this the folder of a barclamp?',
        );
        return { problems: problems.all() };
      } else {
        const file = await readOne(folder, path, problems);
        if (file) files.push(file);
      }
    }
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return problems.hasErrors ? { problems: problems.all() } : { files };
}

async function readOne(folder: string, path: string, problems: ProblemList): Promise<CatalogFile | undefined> {
  const { size } = await lstat(join(folder, path));
  if (size > DOCUMENT_BYTES_MAX) {
    problems.error(startOf(path), 'too-large', `this file has ${size} bytes, at most ${DOCUMENT_BYTES_MAX} are read`);
    return undefined;
  }
  const content = decodeText(await readFile(join(folder, path)));
  if (content !== undefined) return { path, content };
  problems.error(startOf(path), 'not-text', 'this file is not UTF-8 text', 'fetch binary files from a script instead');
  return undefined;
}
