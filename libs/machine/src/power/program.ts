import { spawn } from 'node:child_process';

/** How a local program ended. */
export type ProgramEnd =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly out: string; readonly err: string }
  /** It was ended: its time was over, or the caller let go. */
  | { readonly kind: 'stopped'; readonly by: 'deadline' | 'signal' }
  /** It is not installed here, or may not be started. */
  | { readonly kind: 'absent'; readonly reason: string };

/** What a program may print before the rest is dropped: answers of these tools are a few lines. */
const OUTPUT_CHARACTERS_MAX = 256 * 1024;

/**
 * Runs a program of this host with a bare environment and waits for its end, at most `deadlineMs`. Secrets go into `env`,
 * which only root and our own account can see, and never into `args`, which everybody sees.
 */
export const runProgram = (
  program: string,
  args: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
  },
): Promise<ProgramEnd> =>
  new Promise((resolve) => {
    if (options.signal?.aborted) return resolve({ kind: 'stopped', by: 'signal' });
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: '/', LC_ALL: 'C', ...options.env },
    });
    let stopped: 'deadline' | 'signal' | null = null;
    const stop = (by: 'deadline' | 'signal'): void => {
      stopped ??= by;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => stop('deadline'), Math.max(1, options.deadlineMs));
    const onAbort = (): void => stop('signal');
    options.signal?.addEventListener('abort', onAbort, { once: true });

    const said = { out: '', err: '' };
    for (const [stream, name] of [
      [child.stdout, 'out'],
      [child.stderr, 'err'],
    ] as const) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said[name] = (said[name] + text).slice(0, OUTPUT_CHARACTERS_MAX);
      });
    }
    const end = (how: ProgramEnd): void => {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', onAbort);
      resolve(how);
    };
    child.once('error', (error) => end({ kind: 'absent', reason: `cannot start ${program}: ${error.message}` }));
    child.once('close', (code) =>
      end(stopped === null ? { kind: 'exited', exitCode: code ?? 1, ...said } : { kind: 'stopped', by: stopped }),
    );
  });
