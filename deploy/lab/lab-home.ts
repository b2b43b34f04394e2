import { existsSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { LabKind } from './arguments.js';
import { annealHome, labsFolder } from './folders.js';

/**
 * What a lab leaves in ANNEAL_HOME. Nodes of one kind make no sense to a lab of another, and a database that remembers
 * machines which are gone is worse than none. So a home says which kind of lab it holds; a home that the lab made itself is
 * emptied with it, and one that was there before keeps what it had.
 */
interface HomeNote {
  readonly kind: LabKind;
  /** There was no Anneal in this home before the lab. */
  readonly made: boolean;
}

/** What Anneal keeps in a home: nothing else is ever removed. */
const PARTS = [
  ...['postgres', 'redis', 'netboot', 'boot', 'images', 'ssh', 'secrets.key', 'address', 'setup-code'],
  ...['postgres-password', 'redis-password', 'admin-token'],
];

const noteFile = (): string => join(labsFolder(), 'home.json');

const readNote = (): HomeNote | null => {
  try {
    return JSON.parse(readFileSync(noteFile(), 'utf8')) as HomeNote;
  } catch {
    return null;
  }
};

/** The kind of lab that this home holds; null when it holds none. */
export const kindOfHome = (): LabKind | null => readNote()?.kind ?? null;

/** Whether this home was made by a lab: then what is in it goes with the lab. */
export const isOwnHome = (): boolean => readNote()?.made ?? false;

/** Takes a home for a lab. Throws with a sentence where another kind of lab is in it. */
export const takeHome = async (kind: LabKind): Promise<void> => {
  const note = readNote();
  if (note !== null && note.kind !== kind)
    throw new Error(
      `${annealHome()} holds a lab of ${note.kind}: take it down with npm run lab -- --down, or set another ANNEAL_HOME`,
    );
  const made = note?.made ?? !existsSync(join(annealHome(), 'postgres'));
  await mkdir(labsFolder(), { recursive: true, mode: 0o700 });
  await writeFile(noteFile(), `${JSON.stringify({ kind, made } satisfies HomeNote)}\n`);
};

/** Empties a home that a lab made; Anneal must be stopped. Another home only forgets that there was a lab. */
export const leaveHome = async (): Promise<void> => {
  if (isOwnHome()) for (const part of PARTS) await removePart(join(annealHome(), part));
  await rm(noteFile(), { force: true });
  if (existsSync(labsFolder()) && readdirSync(labsFolder()).length === 0) rmSync(labsFolder(), { recursive: true });
};

/** A part may be a link to where another account can reach it: then that goes, with the folder that was made around it. */
const removePart = async (path: string): Promise<void> => {
  if (existsSync(path)) {
    const real = realpathSync(path);
    if (real !== path && dirname(dirname(real)) === '/var/lib/anneal') await rm(real, { recursive: true, force: true });
  }
  await rm(path, { recursive: true, force: true });
};
