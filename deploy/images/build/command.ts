import { execa } from 'execa';
import { apart } from './apart.js';

/** A step that has not ended by then hangs: building an image fetches packages, but each in minutes. */
const DEADLINE_MS = 900_000;
const COMPLAINT_LINES = 8;

export interface CommandOptions {
  readonly deadlineMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  readonly signal?: AbortSignal | undefined;
  /** It mounts things, which are to be gone with it. */
  readonly apart?: boolean;
}

/** Runs a program of this host without a shell and returns what it printed. Throws with the end of its complaint. */
export async function command(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program, words] = options.apart ? await apart(file, args) : [file, [...args]];
  const result = await execa(program, words, {
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    timeout: options.deadlineMs ?? DEADLINE_MS,
    cwd: options.cwd,
    env: { LC_ALL: 'C.UTF-8', ...options.env },
    ...(options.signal ? { cancelSignal: options.signal } : {}),
    all: true,
    reject: false,
    maxBuffer: 256 * 2 ** 20,
  });
  if (!result.failed) return result.stdout;
  if (result.code === 'ENOENT')
    throw new Error(`${file} is not installed on this host; \`anneal images build\` needs it`);
  const complaint = (result.all ?? '').trim().split('\n').slice(-COMPLAINT_LINES).join('\n');
  const ending = result.timedOut
    ? 'did not end in time'
    : `ended with ${result.exitCode ?? result.signal ?? result.code}`;
  throw new Error(`${[file, ...args].join(' ').slice(0, 400)} ${ending}${complaint === '' ? '' : `:\n${complaint}`}`);
}
