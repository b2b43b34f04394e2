import { readFileSync } from 'node:fs';
import {
  NodeSession,
  type ExecEnd,
  type ExecOptions,
  type ProbeDepth,
  type ProbeResult,
  type Reach,
  type Unreachable,
} from '#app';
import { lookForBanner } from './banner.js';
import { runCommand } from './command.js';
import { Connection, type ConnectionSettings } from './connection.js';
import { isHostKeyText } from './host-key.js';
import type { Link } from './link.js';
import { Pool } from './pool.js';
import { remoteCommand, type RemoteCommand } from './remote-command.js';
import { Stop } from './stop.js';

export interface SshOptions {
  /** Path of the private key, or its text. No passphrase. */
  readonly privateKey: { readonly path: string } | { readonly content: string };
  /** Whom to log in as; work needs root. */
  readonly user?: string;
  readonly connectDeadlineMs?: number;
  readonly keepaliveMs?: number;
  readonly keepaliveCountMax?: number;
  readonly idleMs?: number;
}

/** A healthy node on the admin network answers in a tenth of a second; one that boots may need some. */
const CONNECT_DEADLINE_MS = 10_000;
/** A node that vanished without a word is noticed after three unanswered keepalives. */
const KEEPALIVE_MS = 5_000;
const KEEPALIVE_COUNT_MAX = 3;
/** Long enough to serve the next role of the same node, short enough not to hold a thousand connections for nothing. */
const IDLE_MS = 60_000;
/** How often a command may find that its connection was lost before it was let go. Each try opens a new connection. */
const STARTS_MAX = 3;

/** Machines over SSH, as root, by key, one pooled connection each. */
export class SshSession extends NodeSession {
  private readonly settings: ConnectionSettings;
  private readonly pool: Pool;

  constructor(options: SshOptions) {
    super();
    this.settings = {
      user: options.user ?? 'root',
      privateKey:
        'path' in options.privateKey ? readFileSync(options.privateKey.path, 'utf8') : options.privateKey.content,
      connectDeadlineMs: options.connectDeadlineMs ?? CONNECT_DEADLINE_MS,
      keepaliveMs: options.keepaliveMs ?? KEEPALIVE_MS,
      keepaliveCountMax: options.keepaliveCountMax ?? KEEPALIVE_COUNT_MAX,
    };
    this.pool = new Pool(this.settings, options.idleMs ?? IDLE_MS);
  }

  async exec(reach: Reach, argv: readonly string[], options: ExecOptions = {}): Promise<ExecEnd> {
    const prepare = (bytesMax: number): RemoteCommand => remoteCommand(argv, options.env, bytesMax);
    if (reach.hostKey === null) return this.unpinned(reach);
    if (!isHostKeyText(reach.hostKey)) {
      return {
        kind: 'unreachable',
        code: 'host-key-mismatch',
        reason: `the pinned host key of ${reach.name} is not readable: pin it again`,
      };
    }
    const stop = new Stop(options.signal, options.deadlineMs);
    const link = this.pool.link(reach);
    link.use();
    try {
      return await this.start(link, prepare, options, stop);
    } finally {
      stop.release();
      link.release();
    }
  }

  async probe(reach: Reach, deadlineMs: number, depth: ProbeDepth = 'login'): Promise<ProbeResult> {
    const began = performance.now();
    const tookMs = (): number => Math.round(performance.now() - began);
    if (depth === 'banner') {
      const no = await lookForBanner(reach, deadlineMs);
      return no ? { ...no, tookMs: tookMs() } : { kind: 'alive', tookMs: tookMs(), hostKey: null };
    }
    const link = this.pool.link(reach);
    link.use();
    const stop = new Stop(undefined, deadlineMs);
    try {
      const answer = await Promise.race([login(link, reach), stopped(stop, reach, deadlineMs)]);
      return { ...answer, tookMs: tookMs() };
    } finally {
      stop.release();
      link.release();
    }
  }

  async hostKey(
    reach: Reach,
    deadlineMs: number,
  ): Promise<{ readonly kind: 'offered'; readonly hostKey: string } | Unreachable> {
    const looked = await Connection.connect(reach, { ...this.settings, connectDeadlineMs: deadlineMs }, 'only-look');
    if (looked instanceof Connection)
      throw new Error('a connection that was only to look at the host key has logged in');
    return looked.hostKey === undefined ? looked : { kind: 'offered', hostKey: looked.hostKey };
  }

  async upload(
    reach: Reach,
    path: string,
    content: string | Uint8Array,
    options: { readonly mode?: number; readonly signal?: AbortSignal; readonly deadlineMs?: number } = {},
  ): Promise<ExecEnd> {
    const { mode = 0o600, ...limits } = options;
    return this.exec(reach, ['sh', '-c', UPLOAD, 'sh', path, mode.toString(8)], { ...limits, stdin: content });
  }

  async close(): Promise<void> {
    this.pool.close();
  }

  /** Takes a channel and runs; starts again on a new connection as long as the command cannot have begun. */
  private async start(
    link: Link,
    prepare: (bytesMax: number) => RemoteCommand,
    options: ExecOptions,
    stop: Stop,
  ): Promise<ExecEnd> {
    let reason = '';
    for (let starts = 0; starts < STARTS_MAX;) {
      if (!(await link.slots.take(stop.signal))) return { kind: 'stopped', by: stop.by!, exitCode: null };
      try {
        const connection = link.open ?? (await Promise.race([link.connect(), whenStopped(stop)]));
        if (connection === 'stopped') return { kind: 'stopped', by: stop.by!, exitCode: null };
        if (!(connection instanceof Connection)) return connection;
        const end = await runCommand(connection, prepare, options, stop);
        if (end.kind !== 'not-started') return end;
        reason = end.reason;
        const others = link.slots.inUse - 1;
        if (end.why === 'channel-refused' && others > 0) link.slots.lowerTo(others);
        else starts += 1;
      } finally {
        link.slots.give();
      }
    }
    return {
      kind: 'unreachable',
      code: 'no-contact',
      reason: `the connection was lost ${STARTS_MAX} times before the command could be started: ${reason}`,
    };
  }

  private async unpinned(reach: Reach): Promise<Unreachable> {
    const looked = await this.hostKey(reach, this.settings.connectDeadlineMs);
    if (looked.kind === 'unreachable') return looked;
    return {
      kind: 'unreachable',
      code: 'host-key-unpinned',
      reason: `no host key is pinned for ${reach.name}, so nothing was sent to it; it offers ${looked.hostKey}: pin that key if it is the right machine`,
      hostKey: looked.hostKey,
    };
  }
}

/** Writes beside the file and renames, so that a reader sees the old content or the new one. */
const UPLOAD = 'umask 077; cat > "$1.part" && chmod "$2" "$1.part" && mv -f -- "$1.part" "$1"';

/** What work needs: the pinned key, the login, and a command that answers. */
async function login(
  link: Link,
  reach: Reach,
): Promise<{ readonly kind: 'alive'; readonly hostKey: string } | Unreachable> {
  const connection = await link.connect();
  if (!(connection instanceof Connection)) return connection;
  const no = (reason: string): Unreachable => ({
    kind: 'unreachable',
    code: 'no-contact',
    reason: `${reach.name}: ${reason}`,
  });
  const channel = await connection.open('exit 0');
  if (channel instanceof Error) return no(connection.lost ?? channel.message);
  channel.resume();
  channel.stderr.resume();
  channel.end();
  return new Promise((resolve) => {
    let code: number | null = null;
    const stopListening = connection.whenLost(() => resolve(no(connection.lost!)));
    channel.on('error', () => {});
    channel.once('exit', (exitCode: number | null) => (code = exitCode));
    channel.once('close', () => {
      stopListening();
      resolve(code === 0 ? { kind: 'alive', hostKey: connection.hostKey } : no('logs us in but cannot run a command'));
    });
  });
}

const stopped = async (stop: Stop, reach: Reach, deadlineMs: number): Promise<Unreachable> => {
  await whenStopped(stop);
  return { kind: 'unreachable', code: 'no-contact', reason: `${reach.name} did not answer within ${deadlineMs} ms` };
};

const whenStopped = (stop: Stop): Promise<'stopped'> =>
  new Promise((resolve) => {
    if (stop.by !== null) resolve('stopped');
    else stop.whenStopped(() => resolve('stopped'));
  });
