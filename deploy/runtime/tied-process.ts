/**
 * A child that does not outlive us. It gets a session of its own, so that Ctrl-C reaches only the supervisor, which then
 * stops everything in order; and when we die without a word (kill -9), the kernel sends it `orphanSignal`
 * (PR_SET_PDEATHSIG, through util-linux's setpriv). Where setpriv is missing the child is started plainly: what is left
 * behind then is found by the next start.
 */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Account } from './account.js';

export interface TiedOptions {
  /** What the child gets when we vanish: its own signal for a quick, clean end. */
  readonly orphanSignal: 'SIGINT' | 'SIGTERM' | 'SIGKILL';
  readonly account?: Account | null;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly stdio: StdioOptions;
}

export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface TiedProcess {
  readonly pid: number;
  readonly child: ChildProcess;
  /** resolves when the process has ended. Never rejects. */
  readonly exited: Promise<Exit>;
}

/** Starts the program. Rejects when it cannot be started at all. */
export async function startTied(program: string, args: readonly string[], options: TiedOptions): Promise<TiedProcess> {
  const setpriv = programOnPath('setpriv');
  const [file, argv] = setpriv
    ? [setpriv, ['--pdeathsig', options.orphanSignal.replace('SIG', ''), program, ...args]]
    : [program, [...args]];
  const child = spawn(file, argv, {
    detached: true,
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: options.stdio,
    ...(options.account ? { uid: options.account.uid, gid: options.account.gid } : {}),
  });
  const exited = new Promise<Exit>((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) => reject(new Error(`start ${program}`, { cause })));
  });
  return { pid: child.pid!, child, exited };
}

/** Signals one after the other, each with its time to take effect, until the process has ended. */
export async function stopTied(
  process: TiedProcess,
  steps: readonly { readonly signal: NodeJS.Signals; readonly waitMs: number }[],
): Promise<Exit> {
  for (const { signal, waitMs } of steps) {
    process.child.kill(signal);
    const exit = await within(process.exited, waitMs);
    if (exit) return exit;
  }
  process.child.kill('SIGKILL');
  return process.exited;
}

/** The value, or null when it takes longer. The timer keeps nothing alive. */
export async function within<T>(value: Promise<T>, timeoutMs: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), timeoutMs)));
  return Promise.race([value, late]).finally(() => clearTimeout(timer));
}

/** Full path of a program, or null when no folder of PATH has it. */
export function programOnPath(name: string): string | null {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  for (const folder of folders) {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return join(folder, name);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
