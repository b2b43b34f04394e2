import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * Which processes live in a named network namespace. Only a lab puts processes into the namespaces it made, so this is
 * how it finds what it started, also after the process that started it has died; no pid file can be stale here.
 */
const NAMESPACES = '/run/netns';
const POLL_MS = 25;

/** Path of a named network namespace. */
export function namespacePath(name: string): string {
  return `${NAMESPACES}/${name}`;
}

/** Whether a namespace of this name exists. */
export async function namespaceExists(name: string): Promise<boolean> {
  return stat(namespacePath(name)).then(
    () => true,
    () => false,
  );
}

/** Process ids of all processes in a named namespace; none when there is no such namespace. */
export async function processesIn(name: string): Promise<number[]> {
  const inode = await stat(namespacePath(name)).then(
    (found) => found.ino,
    () => null,
  );
  if (inode === null) return [];
  const pids = (await readdir('/proc')).filter((entry) => /^\d+$/.test(entry));
  const there = await Promise.all(pids.map(async (pid) => (await networkOf(pid)) === `net:[${inode}]`));
  return pids.filter((_, index) => there[index]).map(Number);
}

/** Kills every process in a namespace at once and returns when none is left. Throws when one outlives the deadline. */
export async function killAllIn(name: string, deadlineMs: number): Promise<void> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const pids = await processesIn(name);
    if (pids.length === 0) return;
    if (Date.now() > end) throw new Error(`processes ${pids.join(', ')} in namespace ${name} do not die`);
    for (const pid of pids) signal(pid, 'SIGKILL');
    await pause(POLL_MS);
  }
}

/** Waits until a namespace has no process left. Returns false when the deadline comes first. */
export async function emptied(name: string, deadlineMs: number): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while ((await processesIn(name)).length > 0) {
    if (Date.now() > end) return false;
    await pause(POLL_MS);
  }
  return true;
}

/** The process of a container that supervises it from outside, and the container's own first process. */
export async function supervisorAndInit(name: string): Promise<{ supervisor: number; init: number | null } | null> {
  for (const pid of await processesIn(name)) {
    const program = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '');
    // Until the container boots, children of the supervisor go by its name; they live in the container already.
    if (program.trim() !== 'systemd-nspawn' || (await processIdInside(pid)) !== null) continue;
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
    for (const child of children.trim().split(' ').filter(Boolean).map(Number)) {
      if ((await processIdInside(child)) === 1) return { supervisor: pid, init: child };
    }
    return { supervisor: pid, init: null };
  }
  return null;
}

/** Sends a signal to a process that may be gone already. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ESRCH') throw cause;
  }
}

async function networkOf(pid: string): Promise<string | null> {
  return readlink(`/proc/${pid}/ns/net`).catch(() => null);
}

/** The pid a process has in a process namespace below ours; null when it lives in ours. */
async function processIdInside(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const pids = /^NSpid:\t(.*)$/m.exec(status)?.[1]?.split('\t') ?? [];
  return pids.length > 1 ? Number(pids.at(-1)) : null;
}
