import { usage } from '../exit.js';
import { homeOf, readFromHome } from './home.js';
import { sessionWith } from './sessions.js';

/** Which server a command speaks to, and as whom. */
export interface Connection {
  /** Without a slash at the end, for example `http://127.0.0.1:7700`. */
  readonly address: string;
  readonly token: string | null;
  /** Where the token was found, for messages; null without one. */
  readonly tokenFrom: string | null;
}

/** Where `anneal up` answers when nothing says otherwise. */
const DEFAULT_PORT = '7700';

/**
 * The server is the one that `--url` names, else `ANNEAL_URL`, else the one that runs from this ANNEAL_HOME, else port 7700
 * of this host. The token is `ANNEAL_TOKEN`, else that of `anneal login`, else the administrator's of ANNEAL_HOME — that
 * one never leaves the host.
 */
export const resolveConnection = (
  wanted: { url?: string | undefined },
  env: NodeJS.ProcessEnv,
  now: number,
): Connection => {
  const home = homeOf(env);
  const homeAddress = readFromHome(home, 'address');
  const named = wanted.url || env['ANNEAL_URL'];
  const address = checked(named || homeAddress || `http://127.0.0.1:${env['ANNEAL_PORT'] || DEFAULT_PORT}`);
  if (env['ANNEAL_TOKEN']) return { address, token: env['ANNEAL_TOKEN'].trim(), tokenFrom: 'ANNEAL_TOKEN' };
  const session = sessionWith(address, env, now);
  if (session) return { address, token: session.token, tokenFrom: 'anneal login' };
  const ofHome = address === homeAddress || isThisHost(address) ? readFromHome(home, 'admin-token') : null;
  return { address, token: ofHome, tokenFrom: ofHome ? `${home}/admin-token` : null };
};

const checked = (text: string): string => {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw usage(`${text} is not an address.`, 'Write it like http://127.0.0.1:7700 in ANNEAL_URL or --url.');
  }
  if (!['http:', 'https:'].includes(url.protocol)) throw usage(`${text} is neither http nor https.`);
  if (url.username || url.password)
    throw usage('An address must not hold a name or a password.', 'Use `anneal login` or ANNEAL_TOKEN.');
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
};

const isThisHost = (address: string): boolean =>
  /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(address).hostname);
