/**
 * PostgreSQL refuses to run as root. Under root it runs as the account `postgres`, which Debian's own packages use too;
 * when there is none, it is made. An ordinary user runs PostgreSQL as himself.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const NAME = 'postgres';

export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The account to run PostgreSQL as, or null when we are not root and it runs as ourselves. */
export function postgresAccount(): Account | null {
  if (process.getuid?.() !== 0) return null;
  return lookUp(NAME) ?? make(NAME);
}

function lookUp(name: string): Account | null {
  for (const line of readFileSync('/etc/passwd', 'utf8').split('\n')) {
    const [entry, , uid, gid] = line.split(':');
    if (entry === name) return { name, uid: Number(uid), gid: Number(gid) };
  }
  return null;
}

function make(name: string): Account {
  const made = spawnSync(
    'useradd',
    ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
    {
      encoding: 'utf8',
    },
  );
  const account = lookUp(name);
  if (account) return account;
  const reason = made.error?.message ?? made.stderr.trim();
  throw new Error(
    `PostgreSQL does not run as root and the account ${name} could not be made (${reason}); make it, or set DATABASE_URL`,
  );
}
