/**
 * A file that says which process holds a folder, so that two do not run the same database. It holds the pid and the
 * process's start time: what a killed process left behind is told apart from a living holder, also when another process
 * has got the pid since. The file appears whole or not at all (link of a written file), never half written.
 */
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { isRunning, ourIdentity, type ProcessIdentity } from './process-identity.js';

/** How often a stale file is cleared away before we give up: each turn means that another process was quicker. */
const TURNS_MAX = 10;

export interface PidFile {
  /** Removes the file if it is still ours. Harmless twice. */
  release(): void;
}

export type Taken =
  { readonly taken: true; readonly file: PidFile } | { readonly taken: false; readonly holder: ProcessIdentity };

/** Takes the file for this process, or says who holds it. A stale one is replaced. */
export function takePidFile(path: string): Taken {
  // The last word makes each taking its own, so that releasing twice never takes away a later one of the same process.
  const text = JSON.stringify({ ...ourIdentity(), taking: randomUUID() }) + '\n';
  for (let turn = 0; turn < TURNS_MAX; turn++) {
    if (createWhole(path, text)) return { taken: true, file: { release: () => removeIf(path, text) } };
    const found = readOrNull(path);
    if (found === null) continue;
    const holder = parse(found);
    if (holder && isRunning(holder)) return { taken: false, holder };
    removeIf(path, found);
  }
  throw new Error(`${path} changes hands faster than it can be read; see which processes write it and stop them`);
}

/** Who holds the file now; null when nobody does. */
export function holderOf(path: string): ProcessIdentity | null {
  const text = readOrNull(path);
  const holder = text === null ? null : parse(text);
  return holder && isRunning(holder) ? holder : null;
}

function createWhole(path: string, text: string): boolean {
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, text, { mode: 0o644 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw new Error(`write the pid file ${path}`, { cause: error });
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Removes the file if it holds `text`. Moved aside first: what was put there in between is seen, and put back. */
function removeIf(path: string, text: string): void {
  if (readOrNull(path) !== text) return;
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch {
    return;
  }
  const moved = readOrNull(aside);
  if (moved !== null && moved !== text) createWhole(path, moved);
  rmSync(aside, { force: true });
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

function parse(text: string): ProcessIdentity | null {
  try {
    const { pid, startedAt } = JSON.parse(text) as Partial<ProcessIdentity>;
    return typeof pid === 'number' ? { pid, startedAt: startedAt ?? null } : null;
  } catch {
    return null;
  }
}
