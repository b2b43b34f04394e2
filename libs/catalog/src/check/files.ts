/**
 * The files that come with a barclamp: which belong to a role, which are left behind. Their names come from uploads, so
 * nothing is taken that could leave the folder it is later written to.
 */
import type { RoleFileDocument } from '../document.js';
import { BARCLAMP_BYTES_MAX, FILES_MAX, PATH_LENGTH_MAX, SCRIPT_BYTES_MAX } from '../limits.js';
import type { Place, ProblemList } from '../problem.js';
import { didYouMean } from '../suggest.js';

/** A text file of a barclamp; `path` is relative to the barclamp's folder, with `/` between its parts. */
export interface CatalogFile {
  readonly path: string;
  readonly content: string;
}

/** Why a path is refused; undefined when it is safe to write below any folder. */
export function badPath(path: string): string | undefined {
  if (path === '') return 'it is empty';
  if (path.length > PATH_LENGTH_MAX) return `it is longer than ${PATH_LENGTH_MAX} characters`;
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'it is absolute';
  if (path.includes('\\')) return 'it has a backslash';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it has a control character';
  const parts = path.split('/');
  if (parts.includes('..')) return 'it leads out of the folder';
  if (parts.includes('') || parts.includes('.')) return 'it has an empty part';
  return undefined;
}

/** Problems with the files as a whole: names, sizes, doubles. True when they can be read on. */
export function checkFiles(files: readonly CatalogFile[], problems: ProblemList): boolean {
  if (files.length > FILES_MAX) {
    problems.error(
      startOf(files[0]!.path),
      'too-many',
      `the barclamp has ${files.length} files, at most ${FILES_MAX} are read`,
    );
    return false;
  }
  let bytes = 0;
  const seen = new Set<string>();
  let good = true;
  for (const { path, content } of files) {
    bytes += Buffer.byteLength(content);
    const why = badPath(path) ?? (seen.has(path) ? 'it is there twice' : undefined);
    seen.add(path);
    if (!why) continue;
    problems.error(
      startOf(JSON.stringify(path).slice(1, -1)),
      'bad-path',
      `the file name is refused: ${why}`,
      'rename the file',
    );
    good = false;
  }
  if (bytes > BARCLAMP_BYTES_MAX) {
    problems.error(
      startOf(files[0]!.path),
      'too-large',
      `the files have ${bytes} bytes, at most ${BARCLAMP_BYTES_MAX} are read`,
    );
    good = false;
  }
  return good;
}

/** Sorts files to the roles they belong to; warns of the rest. `folder` holds a folder a role and ends in `/`. */
export function filesByRole(
  files: readonly CatalogFile[],
  documentPath: string,
  folder: string,
  roles: ReadonlySet<string>,
  problems: ProblemList,
): Map<string, RoleFileDocument[]> {
  const byRole = new Map<string, RoleFileDocument[]>([...roles].map((role) => [role, []]));
  for (const { path, content } of files) {
    if (path === documentPath) continue;
    const [role, ...rest] = path.startsWith(folder) ? path.slice(folder.length).split('/') : [];
    if (role === undefined || rest.length === 0) {
      const advice = `files of a role lie in ${folder}<role>/`;
      problems.warn(startOf(path), 'ignored-file', 'this file belongs to no role and is not imported', advice);
    } else if (!byRole.has(role)) {
      const message = `this file is for a role "${role}" that the barclamp does not have, and is not imported`;
      problems.warn(startOf(path), 'ignored-file', message, didYouMean(role, roles));
    } else {
      checkContent(path, content, problems);
      byRole.get(role)!.push({ path: rest.join('/'), content });
    }
  }
  for (const list of byRole.values()) list.sort((a, b) => (a.path < b.path ? -1 : 1));
  return byRole;
}

function checkContent(path: string, content: string, problems: ProblemList): void {
  if (content.includes('\0')) {
    problems.error(startOf(path), 'not-text', 'this file is not text', 'fetch binary files from a script instead');
  }
  const bytes = Buffer.byteLength(content);
  if (bytes > SCRIPT_BYTES_MAX) {
    const message = `this file has ${bytes} bytes, at most ${SCRIPT_BYTES_MAX} are sent to a node`;
    problems.error(startOf(path), 'too-large', message, 'split it, or fetch the data from a script');
  }
}

/** A problem with a file as a whole stands at its first line. */
export const startOf = (path: string): Place => ({ file: path, line: 1, column: 1 });
