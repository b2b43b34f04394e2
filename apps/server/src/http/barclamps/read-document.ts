import type { BarclampDocument } from '#app';
import { YAML_TYPES, type Fault } from '#api-types';
import { loadBarclamp, readTar, type Known, type Problem } from '#catalog';
import { isRefusal, refuse, type Refusal } from '#core';
import type { Reading } from '../reading.js';

/** What is read of a file that is sent alone. */
const DOCUMENT_FILE = 'barclamp.yml';

/** From the bytes of a request to a validated document, or to every mistake in it with its file and line. */
export const readDocument = async (
  body: unknown,
  contentType: string | string[] | undefined,
  reading: Reading,
): Promise<BarclampDocument | Refusal> => {
  if (!Buffer.isBuffer(body) || body.length === 0)
    return refuse('invalid', 'the body is empty: send the text of a barclamp.yml, or a tar archive of its folder.');
  const files = await filesOf(body, String(contentType).split(';')[0]!.trim().toLowerCase());
  if (isRefusal(files)) return files;
  const loaded = loadBarclamp(files, { known: await knownNames(reading) });
  return 'problems' in loaded ? refuseProblems(loaded.problems) : (loaded.document as BarclampDocument);
};

const filesOf = async (
  body: Buffer,
  contentType: string,
): Promise<readonly { path: string; content: string }[] | Refusal> => {
  if (!YAML_TYPES.includes(contentType)) {
    const read = await readTar(body);
    return 'problems' in read ? refuseProblems(read.problems) : read.files;
  }
  try {
    return [{ path: DOCUMENT_FILE, content: new TextDecoder('utf-8', { fatal: true }).decode(body) }];
  } catch {
    return refuse('invalid', 'the body is not UTF-8 text.');
  }
};

const knownNames = (reading: Reading): Promise<Known> =>
  reading.within(async (tx) => {
    const { barclamps, roles, attribs, jigs } = await tx.catalog.facts();
    const owners = new Map<string | null, string>(barclamps.map(({ id, name }) => [id, name]));
    const byOwner = (things: readonly { name: string; barclampId: string | null }[]) =>
      Object.fromEntries(things.map(({ name, barclampId }) => [name, owners.get(barclampId) ?? '']));
    return { roles: byOwner(roles), attribs: byOwner(attribs), jigs: jigs.map(({ name }) => name) };
  });

const refuseProblems = (problems: readonly Problem[]): Refusal => {
  const errors = problems.filter(({ level }) => level === 'error');
  const [first] = errors;
  const says = ({ message, suggestion }: Problem): string => (suggestion ? `${message} (${suggestion})` : message);
  return refuse(
    'invalid',
    `${first!.file} line ${first!.line}: ${says(first!)}${errors.length > 1 ? `, and ${errors.length - 1} more; see fields` : ''}.`,
    {
      errors: problems.map((problem): Fault & { file: string; column: number; level: string; code: string } => ({
        in: 'body',
        at: '',
        file: problem.file,
        line: problem.line,
        column: problem.column,
        level: problem.level,
        code: problem.code,
        says: says(problem),
      })),
    },
  );
};
