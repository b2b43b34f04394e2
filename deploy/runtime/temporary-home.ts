/**
 * A home for one test run or bench, thrown away at its end. Its pid file says whose it is, so that what a killed run left
 * in the temp folder is cleared away by the next one.
 */
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openHome, type Home } from './home.js';
import { holderOf, takePidFile } from './pid-file.js';

const PREFIX = 'anneal-test-';
const OWNER = 'owner.pid';
/** A folder this young may not have its pid file yet. */
const YOUNG_MS = 60_000;

export interface TemporaryHome extends Home {
  /** Removes the folder. Stop what runs in it first. */
  remove(): void;
}

export function temporaryHome(): TemporaryHome {
  sweep();
  const home = openHome(mkdtempSync(join(tmpdir(), PREFIX)));
  takePidFile(join(home.path, OWNER));
  return { path: home.path, remove: () => rmSync(home.path, { recursive: true, force: true }) };
}

function sweep(): void {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(PREFIX))) {
    const folder = join(tmpdir(), name);
    const made = statSync(folder, { throwIfNoEntry: false })?.ctimeMs ?? Date.now();
    if (Date.now() - made < YOUNG_MS || holderOf(join(folder, OWNER))) continue;
    rmSync(folder, { recursive: true, force: true });
  }
}
