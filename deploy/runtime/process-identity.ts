/**
 * Who a process is. A pid alone is not an identity: pids are used again. The pair of pid and start time (field 22 of
 * /proc/PID/stat, in clock ticks since boot) is, within one boot. Where there is no /proc, the pid alone must do.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** How often a process that is not our child is looked at while we wait for its end. */
const LOOK_EVERY_MS = 10;

export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks since boot, as text; null where the system does not tell. */
  readonly startedAt: string | null;
}

export const ourIdentity = (): ProcessIdentity => ({
  pid: process.pid,
  startedAt: statOf(process.pid)?.startedAt ?? null,
});

/** True while exactly this process runs. A zombie has ended: only its parent has not looked yet. */
export function isRunning(identity: ProcessIdentity): boolean {
  const stat = statOf(identity.pid);
  if (stat) return stat.state !== 'Z' && (identity.startedAt === null || identity.startedAt === stat.startedAt);
  return !hasProc && canSignal(identity.pid);
}

export const identityOf = (pid: number): ProcessIdentity => ({ pid, startedAt: statOf(pid)?.startedAt ?? null });

/** Waits until none of the processes runs. Returns those that still do when the time is over. */
export async function waitForEnd(
  identities: readonly ProcessIdentity[],
  timeoutMs: number,
): Promise<ProcessIdentity[]> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    const left = identities.filter(isRunning);
    if (left.length === 0 || Date.now() >= until) return left;
    await sleep(LOOK_EVERY_MS);
  }
}

/** Sends a signal to exactly this process; nothing happens when it has ended. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isRunning(identity)) return;
  try {
    process.kill(identity.pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Running processes whose program is called `name` and whose working folder is `folder`. Empty without /proc. */
export function processesIn(folder: string, name: string): ProcessIdentity[] {
  if (!hasProc) return [];
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => readText(`/proc/${pid}/comm`)?.trim() === name && workingFolderOf(pid) === folder)
    .map(identityOf)
    .filter(isRunning);
}

const hasProc = readText('/proc/self/stat') !== null;

function statOf(pid: number): { state: string; startedAt: string } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // The second field is the program's name in brackets and may hold anything, brackets and spaces too.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { state: fields[0] ?? '?', startedAt: fields[19] ?? '0' };
}

function workingFolderOf(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return null;
  }
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function canSignal(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
