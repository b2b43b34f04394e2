/**
 * ANNEAL_HOME: the one folder in which a running Anneal keeps what must outlive it — the embedded PostgreSQL, the
 * administrator's token, pid files. This file decides where it is and makes it with the right modes. It does not know
 * what the services write there.
 *
 * PostgreSQL refuses to run as root, so under root its part of the home belongs to another account, which must be able
 * to walk there. Below a closed folder (a checkout in /root, mode 0700) it cannot: then that part alone goes to
 * /var/lib/anneal, a symbolic link in the home leads to it, and the log says so.
 */
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, realpathSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Account } from './account.js';
import { CHECKOUT } from './checkout.js';

/** Where folders go that another account must reach although the home is closed to it. */
const OPEN_PLACE = '/var/lib/anneal';

export type Log = (line: string) => void;

export interface Home {
  /** Absolute path, made and ours. */
  readonly path: string;
}

/** The home that `ANNEAL_HOME` names, else `.anneal` of the checkout. Makes it when it is missing. */
export function openHome(path?: string): Home {
  const folder = resolve(path ?? process.env['ANNEAL_HOME'] ?? join(CHECKOUT, '.anneal'));
  mkdirSync(folder, { recursive: true });
  // Others may walk through to a folder of theirs, but see nothing; what is secret in here has mode 600 of its own.
  if (statSync(folder).uid === process.getuid?.()) chmodSync(folder, 0o711);
  return { path: realpathSync(folder) };
}

/** A folder below the home that `account` owns and can reach. Mode 700. Returns its real path. */
export function folderFor(home: Home, name: string, account: Account | null, log: Log): string {
  const wanted = join(home.path, name);
  if (!existsSync(wanted)) {
    if (isLink(wanted)) throw new Error(`${wanted} leads to a folder that is gone; remove the link to begin anew`);
    if (account && !canWalkTo(home.path, account)) {
      const elsewhere = join(OPEN_PLACE, digestOf(home.path), name);
      mkdirSync(elsewhere, { recursive: true, mode: 0o755 });
      symlinkSync(elsewhere, wanted);
      log(`${home.path} is closed to the account ${account.name}: ${name} is kept in ${elsewhere}`);
    } else {
      mkdirSync(wanted);
    }
  }
  const folder = realpathSync(wanted);
  if (account) chownSync(folder, account.uid, account.gid);
  chmodSync(folder, 0o700);
  return folder;
}

/** True when every folder from the root to `path` lets the account through. Looks at mode bits only. */
export function canWalkTo(path: string, account: Account): boolean {
  for (let folder = path; ; folder = dirname(folder)) {
    const { mode, uid, gid } = statSync(folder);
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
const digestOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 12);
