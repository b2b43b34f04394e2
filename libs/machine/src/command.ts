import type { ExecEnd, ExecOptions, OutputStream } from '#app';
import type { ClientChannel } from 'ssh2';
import type { Connection } from './connection.js';
import { LineSplitter } from './lines.js';
import { announcedSession, endSessionCommand, type RemoteCommand } from './remote-command.js';
import type { Stop } from './stop.js';

/** TERM first; a program that has not ended after this long gets KILL. */
export const KILL_AFTER_MS = 5_000;
/** Longest line kept when the caller names no limit. */
export const LINE_BYTES_MAX = 64 * 1024;
/** A command has ended but something it left behind holds its output open: how long silence is awaited before we hang up. */
const DRAIN_MS = 500;
/** How long the end of a command is awaited beyond TERM and KILL before we say that we do not know. */
const END_GRACE_MS = 3_000;
/** How long a command that is to be ended may take to tell its session. */
const ANNOUNCE_MS = 2_000;

/** A command that cannot have begun: the connection was lost or the channel refused before it was let go. */
export interface NotStarted {
  readonly kind: 'not-started';
  readonly why: 'channel-refused' | 'connection-lost';
  readonly reason: string;
}

type Settled =
  { readonly kind: 'exit'; readonly code: number | null; readonly signal: string | null } | { readonly kind: 'lost' };

/**
 * Runs one command over one connection, prepared for what its server takes. The node holds the command back until our first line arrives, so that
 * everything before that line may be repeated on another connection, and nothing after it.
 */
export async function runCommand(
  connection: Connection,
  prepare: (bytesMax: number) => RemoteCommand,
  options: ExecOptions,
  stop: Stop,
): Promise<ExecEnd | NotStarted> {
  const { command, go } = prepare(connection.commandBytesMax);
  const channel = await connection.open(command);
  if (channel instanceof Error) {
    const why = connection.lost === null && 'reason' in channel ? 'channel-refused' : 'connection-lost';
    return { kind: 'not-started', why, reason: connection.lost ?? channel.message };
  }
  if (stop.by !== null) {
    channel.close();
    return { kind: 'stopped', by: stop.by, exitCode: null };
  }

  const session = new Promise<number | null>((resolve) => listen(channel, options, resolve));
  let ending: Promise<boolean> | null = null;
  const outcome = await new Promise<Settled | { readonly kind: 'gave-up' }>((resolve) => {
    const stopListening = stop.whenStopped(() => {
      ending = endRemote(connection, channel, session, options.killAfterMs ?? KILL_AFTER_MS);
      void ending.then(() => after(END_GRACE_MS, null)).then(() => resolve({ kind: 'gave-up' }));
    });
    whenSettled(connection, channel, (end) => {
      stopListening();
      resolve(end);
    });
    // In one packet: each costs both sides a wake-up.
    channel.end(Buffer.concat([Buffer.from(go), Buffer.from(options.stdin ?? '')]));
  });

  if (outcome.kind === 'gave-up') {
    channel.close();
    return {
      kind: 'lost-contact',
      reason: 'the command did not end when told to; what is left of it on the node is unknown',
    };
  }
  if (outcome.kind === 'lost') {
    return {
      kind: 'lost-contact',
      reason: connection.lost ?? 'the node closed the channel without saying how the command ended',
    };
  }
  if (stop.by !== null && ending !== null) {
    const gone = await (ending as Promise<boolean>);
    if (gone) return { kind: 'stopped', by: stop.by, exitCode: outcome.code };
    return {
      kind: 'lost-contact',
      reason: connection.lost ?? 'could not see whether everything that the command started has ended',
    };
  }
  if (outcome.signal !== null) return { kind: 'signalled', signal: outcome.signal };
  return { kind: 'exited', exitCode: outcome.code ?? 0 };
}

/** Splits both streams into lines. The first line of stderr is the node's own: it tells the session to end. */
function listen(channel: ClientChannel, options: ExecOptions, onSession: (session: number | null) => void): void {
  const bytesMax = options.lineBytesMax ?? LINE_BYTES_MAX;
  const emit = (stream: OutputStream, line: string): void => options.onLine?.(stream, line);
  const out = new LineSplitter(bytesMax, (line) => emit('out', line));
  let announced = false;
  const err = new LineSplitter(bytesMax, (line) => {
    const session = announced ? null : announcedSession(line);
    if (session === null) return emit('err', line);
    announced = true;
    onSession(session);
  });
  channel.on('data', (chunk: Buffer) => (options.onBytes ? options.onBytes(chunk) : out.push(chunk)));
  channel.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  channel.once('close', () => {
    out.flush();
    err.flush();
    onSession(null);
  });
}

/** Calls back once: when the command has ended and its output has been read, or when the connection was lost. */
function whenSettled(connection: Connection, channel: ClientChannel, onSettled: (end: Settled) => void): void {
  let exit: Settled | null = null;
  let drain: NodeJS.Timeout | null = null;
  let settled = false;
  const done = (end: Settled): void => {
    if (settled) return;
    settled = true;
    if (drain) clearTimeout(drain);
    stopListening();
    onSettled(end);
  };
  const awaitSilence = (): void => {
    if (exit === null || settled) return;
    if (drain) clearTimeout(drain);
    drain = setTimeout(() => {
      channel.close();
      done(exit!);
    }, DRAIN_MS);
  };
  let stopListening = (): void => {};
  channel.once('exit', (code: number | null, signal?: string) => {
    exit = { kind: 'exit', code, signal: code === null ? (signal ?? 'unknown').replace(/^SIG/, '') : null };
    awaitSilence();
  });
  channel.on('data', awaitSilence);
  channel.stderr.on('data', awaitSilence);
  channel.on('error', () => {});
  channel.once('close', () => done(exit ?? { kind: 'lost' }));
  stopListening = connection.whenLost(() => done(exit ?? { kind: 'lost' }));
}

/** Ends what the command started, by a command of its own. Resolves to whether nothing is left. */
async function endRemote(
  connection: Connection,
  channel: ClientChannel,
  session: Promise<number | null>,
  killAfterMs: number,
): Promise<boolean> {
  const number = await Promise.race([session, after(ANNOUNCE_MS, null)]);
  if (number === null) {
    channel.signal('KILL');
    return false;
  }
  const killer = await connection.open(endSessionCommand(number, killAfterMs));
  if (killer instanceof Error) {
    channel.signal('TERM');
    await after(killAfterMs, null);
    channel.signal('KILL');
    return false;
  }
  killer.resume();
  killer.stderr.resume();
  return new Promise((resolve) => {
    let code: number | null = null;
    killer.once('exit', (exitCode: number | null) => (code = exitCode));
    killer.once('close', () => resolve(code === 0));
    killer.on('error', () => {});
    killer.end();
  });
}

const after = <T>(ms: number, value: T): Promise<T> => new Promise((resolve) => setTimeout(resolve, ms, value).unref());
