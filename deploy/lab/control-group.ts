import { readdir, readFile, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/**
 * A node's systemd keeps its services apart by control group. Without a group of its own every node would use the same
 * one, and stopping a service on one node would wait for its namesake on another. The groups are made in the hierarchies
 * that systemd uses (the unified one, and on older hosts the one named systemd) and removed with the node.
 */

/** Folders of a node's control groups on this host. They need not exist. */
export async function controlGroupsOf(machine: string): Promise<string[]> {
  const mounts = await readFile('/proc/mounts', 'utf8');
  const hierarchies = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .filter(
      ([, , type, options]) =>
        type === 'cgroup2' || (type === 'cgroup' && (options ?? '').split(',').includes('name=systemd')),
    )
    .map(([, path]) => path ?? '');
  return [...new Set(hierarchies)].map((path) => join(path, machine));
}

/** Removes the control groups of a node whose processes are gone. */
export async function removeControlGroups(machine: string): Promise<void> {
  const end = Date.now() + EXIT_DEADLINE_MS;
  for (const folder of await controlGroupsOf(machine)) {
    for (;;) {
      const refused = await removeTree(folder).catch((cause: NodeJS.ErrnoException) => cause);
      if (refused === undefined) break;
      if (refused.code !== 'EBUSY' || Date.now() > end)
        throw new Error(`remove control group ${folder}`, { cause: refused });
      await pause(POLL_MS);
    }
  }
}

/** A process that has left its namespaces may still be on its way out of its control group. */
const EXIT_DEADLINE_MS = 10_000;
const POLL_MS = 25;

/** Only folders can be removed in a control group file system, children first; the files go with them. */
async function removeTree(folder: string): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => null);
  if (entries === null) return;
  for (const entry of entries) if (entry.isDirectory()) await removeTree(join(folder, entry.name));
  await rmdir(folder).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'ENOENT') throw cause;
  });
}
