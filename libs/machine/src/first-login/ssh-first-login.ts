import { readFileSync } from 'node:fs';
import {
  FirstLogin,
  type ExecEnd,
  type FirstReach,
  type LoggedIn,
  type NodeSession,
  type ProbeResult,
  type Reach,
  type Secured,
} from '#app';
import { idOf } from '#core';
import { makeKeyPair } from '../key-pair.js';
import { SshSession } from '../ssh-session.js';
import { offeredMethods } from './offered-methods.js';

/** Milliseconds for one account: to connect, to log in, to become root. */
const ACCOUNT_DEADLINE_MS = 12_000;
const KNOCK_DEADLINE_MS = 8_000;
/** Milliseconds for a server to read its rules anew, and between two looks at it. */
const RELOAD_MS_MAX = 10_000;
const RELOAD_LOOK_MS = 200;
/** Accounts that a machine names itself, and that are tried before the others. */
const HINTS_MAX = 3;
/** What the scripts end with while the machine is setting itself up. */
const NOT_YET = 75;

const SECURE = readFileSync(new URL('./secure.sh', import.meta.url), 'utf8');
const FORGET = readFileSync(new URL('./forget-key.sh', import.meta.url), 'utf8');

/** Says whether whoever runs it is root, or may be. */
const WHO = `if [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null || doas -n true 2>/dev/null; then echo anneal:root; else echo anneal:user; fi`;
/** Runs a script from standard input as root. */
const AS_ROOT = `if [ "$(id -u)" = 0 ]; then exec sh -s -- "$@"; elif command -v sudo >/dev/null; then exec sudo -n sh -s -- "$@"; else exec doas -n sh -s -- "$@"; fi`;
/** What images answer in whose root account cloud-init has put the key with a command. */
const ANOTHER_ACCOUNT = /login as the (?:user|account) "?([a-z_][-a-z0-9_]{0,31})"?/i;
/** Methods that are no password. */
const BY_KEY = ['publickey', 'hostbased', 'gssapi-with-mic', 'gssapi-keyex'];

type Visited = FirstReach & { readonly account: string; readonly hostKey: string };

/** The first minutes of a machine, over SSH. `session` logs in as root by the key of the installation. */
export class SshFirstLogin extends FirstLogin {
  constructor(private readonly session: NodeSession) {
    super();
  }

  override makeKey() {
    return makeKeyPair();
  }

  override async logIn(reach: FirstReach, accounts: readonly string[], deadlineMs: number): Promise<LoggedIn> {
    const until = performance.now() + deadlineMs;
    const hostKey = reach.hostKey ?? (await this.offeredKey(reach));
    if (typeof hostKey !== 'string') return { kind: 'not-yet', says: hostKey.says };
    const waiting = [...accounts];
    const [tried, refused]: [Set<string>, string[]] = [new Set(), []];
    let useless = '';
    for (let account = waiting.shift(); account !== undefined; account = waiting.shift()) {
      if (tried.has(account)) continue;
      if (performance.now() > until) return { kind: 'not-yet', says: `${reach.name} takes long to answer` };
      tried.add(account);
      const { end, lines } = await this.as(account, { ...reach, hostKey }, ['sh', '-c', WHO], '');
      if (end.kind === 'unreachable' && end.code === 'host-key-mismatch') return { kind: 'failed', says: end.reason };
      if (end.kind === 'unreachable' && end.code !== 'login-refused') return { kind: 'not-yet', says: end.reason };
      if (lines.includes('anneal:root')) return { kind: 'done', account, hostKey, refused };
      if (lines.includes('anneal:user'))
        return { kind: 'not-yet', says: `${account} of ${reach.name} may not become root without a password` };
      refused.push(account);
      const hint = lines.map((line) => ANOTHER_ACCOUNT.exec(line)?.[1]).find((each) => each !== undefined);
      if (hint === undefined && end.kind === 'exited')
        useless = `; ${account} logs in and cannot run a command: ${lines.at(-1) ?? `exit code ${end.exitCode}`}`;
      if (hint !== undefined && tried.size - accounts.length < HINTS_MAX) waiting.unshift(hint);
    }
    return { kind: 'not-yet', says: `${reach.name} lets the key into none of ${[...tried].join(', ')}${useless}` };
  }

  override async secure(reach: Visited, keys: readonly string[], deadlineMs: number): Promise<Secured> {
    const { end, lines } = await this.as(
      reach.account,
      reach,
      ['sh', '-c', AS_ROOT, 'sh', ...keys],
      SECURE,
      deadlineMs,
    );
    const last = lines.at(-1) ?? '';
    if (end.kind === 'exited' && end.exitCode === NOT_YET) return { kind: 'not-yet', says: `${reach.name}: ${last}` };
    if (end.kind !== 'exited' || end.exitCode !== 0)
      return endedBadly(end, `${reach.name} could not be made to know root's keys`, last);
    const probed = await this.rootGetsIn(reach);
    if (probed.kind !== 'alive') return { kind: 'not-yet', says: `root does not get in yet: ${probed.reason}` };
    const offers = await this.offersBesideKeys(reach);
    if (offers === null) return { kind: 'not-yet', says: `${reach.name} does not say how it lets people in` };
    return { kind: 'done', offers, says: last };
  }

  override async forgetKey(reach: Visited, publicKey: string, deadlineMs: number) {
    const blob = publicKey.trim().split(/\s+/)[1] ?? '';
    const lines: string[] = [];
    const end = await this.session.exec(rootOf(reach), ['sh', '-s', '--', blob], {
      stdin: FORGET,
      deadlineMs,
      onLine: (_stream, line) => lines.push(line),
    });
    if (end.kind !== 'exited' || end.exitCode !== 0)
      return endedBadly(end, `the key could not be taken off ${reach.name}`, lines.at(-1) ?? '');
    for (const account of new Set([reach.account, 'root'])) {
      const session = this.sessionOf(account, reach);
      const probed = await session.probe(rootOf(reach), ACCOUNT_DEADLINE_MS).finally(() => session.close());
      if (probed.kind === 'alive' || probed.code !== 'login-refused')
        return {
          kind: 'not-yet' as const,
          says:
            probed.kind === 'alive'
              ? `${account} of ${reach.name} still takes the key of the node`
              : `nobody can say whether the key is gone: ${probed.reason}`,
        };
    }
    return { kind: 'done' as const };
  }

  /** A server that reads its rules anew shuts its door for a moment. */
  private async rootGetsIn(reach: Visited): Promise<ProbeResult> {
    const until = performance.now() + RELOAD_MS_MAX;
    for (;;) {
      const probed = await this.session.probe(rootOf(reach), KNOCK_DEADLINE_MS);
      if (probed.kind === 'alive' || probed.code !== 'no-contact' || performance.now() > until) return probed;
      await new Promise((resolve) => setTimeout(resolve, RELOAD_LOOK_MS));
    }
  }

  /** Looks from outside. The old rules may be answered for a moment, or nothing; null when it stays so. */
  private async offersBesideKeys(reach: Visited): Promise<readonly string[] | null> {
    const until = performance.now() + RELOAD_MS_MAX;
    for (;;) {
      const offered = new Set<string>();
      let isSilent = false;
      for (const user of new Set(['root', reach.account])) {
        const methods = await offeredMethods({ ...reach, user, deadlineMs: KNOCK_DEADLINE_MS });
        isSilent ||= methods === null;
        for (const method of methods ?? []) if (!BY_KEY.includes(method)) offered.add(method);
      }
      if (!isSilent && offered.size === 0) return [];
      if (performance.now() > until) return isSilent ? null : [...offered];
      await new Promise((resolve) => setTimeout(resolve, RELOAD_LOOK_MS));
    }
  }

  private async offeredKey(reach: FirstReach): Promise<string | { readonly says: string }> {
    const offered = await this.session.hostKey(rootOf({ ...reach, hostKey: null }), ACCOUNT_DEADLINE_MS);
    return offered.kind === 'offered' ? offered.hostKey : { says: offered.reason };
  }

  /** Runs something as an account of the machine, by the key of the node. */
  private async as(
    account: string,
    reach: FirstReach & { readonly hostKey: string },
    argv: readonly string[],
    stdin: string,
    deadlineMs = ACCOUNT_DEADLINE_MS,
  ): Promise<{ readonly end: ExecEnd; readonly lines: readonly string[] }> {
    const session = this.sessionOf(account, reach);
    const lines: string[] = [];
    try {
      const end = await session.exec(rootOf(reach), argv, {
        stdin,
        deadlineMs,
        onLine: (_stream, line) => lines.push(line.trim()),
      });
      return { end, lines };
    } finally {
      await session.close();
    }
  }

  private sessionOf(user: string, { privateKey }: FirstReach): SshSession {
    return new SshSession({ user, privateKey: { content: privateKey }, connectDeadlineMs: ACCOUNT_DEADLINE_MS });
  }
}

/** It is no node yet, so that it has no id. */
const rootOf = ({ name, address, port, hostKey }: Omit<FirstReach, 'privateKey'>): Reach => ({
  nodeId: idOf(`${address} ${port}`),
  name,
  address,
  sshPort: port,
  hostKey,
});

/** What was cut off, or could not be reached, is tried again. */
const endedBadly = (
  end: ExecEnd,
  what: string,
  last: string,
): { readonly kind: 'not-yet' | 'failed'; readonly says: string } => {
  if (end.kind === 'unreachable' || end.kind === 'lost-contact') {
    const isAnother = end.kind === 'unreachable' && end.code === 'host-key-mismatch';
    return { kind: isAnother ? 'failed' : 'not-yet', says: `${what}: ${end.reason}` };
  }
  const how = end.kind === 'exited' ? `exit code ${end.exitCode}` : end.kind;
  return { kind: 'not-yet', says: `${what}: ${last || how}` };
};
