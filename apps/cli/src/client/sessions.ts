import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

/**
 * The tokens that `anneal login` got, one for each server, in a file that only this account can read. A token is never
 * taken from the command line: other accounts of the host can see that.
 */
export interface Session {
  readonly token: string;
  readonly actor: string;
  /** RFC 3339. */
  readonly expires_at: string;
}

type Sessions = Record<string, Session>;

/** `$XDG_CONFIG_HOME/anneal/sessions.json`, else below `~/.config`. */
export const sessionsFile = (env: NodeJS.ProcessEnv): string =>
  join(env['XDG_CONFIG_HOME'] || join(env['HOME'] || homedir(), '.config'), 'anneal', 'sessions.json');

/** The session with a server; null when there is none or it has ended by `now` (milliseconds since the epoch). */
export const sessionWith = (address: string, env: NodeJS.ProcessEnv, now: number): Session | null => {
  const session = readAll(sessionsFile(env))[address];
  return session && Date.parse(session.expires_at) > now ? session : null;
};

/** Keeps a session, or forgets it with null. */
export const keepSession = (address: string, session: Session | null, env: NodeJS.ProcessEnv): void => {
  const file = sessionsFile(env);
  const { [address]: _before, ...others } = readAll(file);
  const sessions: Sessions = session ? { ...others, [address]: session } : others;
  if (Object.keys(sessions).length === 0) return rmSync(file, { force: true });
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(sessions, null, 2)}\n`, { mode: 0o600 });
  chmodSync(draft, 0o600);
  renameSync(draft, file);
};

const readAll = (file: string): Sessions => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Sessions;
  } catch {
    // Missing, or not ours: logging in writes it anew.
    return {};
  }
};
