import { execa } from 'execa';

/** A command of the host has a deadline, because a lab that hangs in `ip` or `apt-get` tells nobody why. */
const COMMAND_DEADLINE_MS = 30_000;

/** The last lines of a command's complaint that are worth repeating. */
const COMPLAINT_LINES = 6;

export interface CommandOptions {
  /** Written to the command's standard input. */
  readonly input?: string;
  readonly deadlineMs?: number;
  readonly env?: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Gets every line of standard output and standard error as it comes. */
  readonly onLine?: (line: string) => void;
}

/** Runs a command of the host without a shell and returns its standard output. Throws with what the command complained about. */
export async function command(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const child = execa(file, [...args], {
    ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    timeout: options.deadlineMs ?? COMMAND_DEADLINE_MS,
    env: options.env,
    cwd: options.cwd,
    all: true,
    reject: false,
  });
  if (options.onLine) for await (const line of child.iterable({ from: 'all' })) options.onLine(String(line));
  const result = await child;
  if (!result.failed) return result.stdout;

  const complaint = (result.all ?? '').trim().split('\n').slice(-COMPLAINT_LINES).join('\n');
  const ending = result.timedOut
    ? 'did not end in time'
    : `ended with ${result.exitCode ?? result.signal ?? result.code}`;
  throw new Error(`${file} ${args.join(' ')} ${ending}${complaint === '' ? '' : `: ${complaint}`}`);
}

/** Whether a command ends with 0. A command that is not installed does not. */
export async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  const result = await execa(file, [...args], { stdin: 'ignore', timeout: COMMAND_DEADLINE_MS, reject: false });
  return !result.failed;
}
