import { readFile } from 'node:fs/promises';
import { usage } from '../exit.js';
import type { Terminal } from './terminal.js';

/** Longest document that is read, in bytes: what the server takes at the most. */
const BYTES_MAX = 64 * 1024 * 1024;
/** Input that does not come is not waited for longer than this. */
const STDIN_MS_MAX = 60_000;

/** The bytes of a file, or of stdin for `-`. */
export const readBytes = async (path: string, terminal: Pick<Terminal, 'stdin' | 'signal'>): Promise<Buffer> => {
  if (path === '-') return await readStdin(terminal);
  try {
    return await readFile(path);
  } catch (cause) {
    throw usage(`${path} cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown'}).`);
  }
};

/** A YAML or JSON document; JSON is YAML. Refuses one with errors, with the line of each. */
export const readDocument = async (path: string, terminal: Pick<Terminal, 'stdin' | 'signal'>): Promise<unknown> => {
  const text = (await readBytes(path, terminal)).toString('utf8');
  const { parseDocument } = await import('yaml');
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0)
    throw usage(`${nameOf(path)} is not YAML.`, document.errors.map(({ message }) => message.trimEnd()).join('\n'));
  return document.toJS({ maxAliasCount: 100 }) as unknown;
};

export const nameOf = (path: string): string => (path === '-' ? 'stdin' : path);

const readStdin = async ({ stdin, signal }: Pick<Terminal, 'stdin' | 'signal'>): Promise<Buffer> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  const timer = setTimeout(
    () =>
      (stdin as NodeJS.ReadStream).destroy?.(
        usage('Nothing came on stdin for a minute.', 'Pipe a document into the command.'),
      ),
    STDIN_MS_MAX,
  );
  const stop = (): void => void (stdin as NodeJS.ReadStream).destroy?.();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of stdin) {
      timer.refresh();
      bytes += (chunk as Buffer).length;
      if (bytes > BYTES_MAX) throw usage(`stdin holds more than ${BYTES_MAX / 1024 / 1024} MiB.`);
      chunks.push(Buffer.from(chunk as Uint8Array));
    }
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
  signal.throwIfAborted();
  return Buffer.concat(chunks);
};
