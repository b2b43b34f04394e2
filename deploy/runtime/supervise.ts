/**
 * Runs Anneal's own processes (server, worker, netboot) as children: prefixes their lines, starts a crashed one again,
 * and stops all of them in reverse order. Nothing is left behind: a child that does not end in time is killed, with
 * whatever it started in its own process group; and when we are killed ourselves, each child gets SIGTERM from the
 * kernel and sees its channel close.
 */
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { isReadyMessage, SETTINGS_LATER, type SettingsMessage } from './child.js';
import type { Log } from './home.js';
import { keepRunning, type Kept, type Runnable } from './keep-running.js';
import { startTied, stopTied, type Exit, type TiedProcess } from './tied-process.js';

/** From the start until the process serves: it connects, loads its caches and binds its ports. */
const READY_WITHIN_MS = 60_000;
/** A worker lets go of its runs and a server of its streams in this time; then they are killed and rescue does the rest. */
const STOP_WITHIN_MS = 10_000;

export interface ProcessSpec {
  /** Short: it stands before every line. */
  readonly name: string;
  /** Arguments of node: the entry point and what it takes. */
  readonly argv: readonly string[];
  /** Added to our own environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** It calls `settingsFromSupervisor`: it may load its code before the services that it needs are up. */
  readonly asksForSettings?: boolean;
  /** Time between SIGTERM and SIGKILL; 10 s when it is not given. */
  readonly stopWithinMs?: number;
}

export interface Supervised {
  /** What the children asked to be printed when they became ready. */
  readonly say: readonly string[];
  pidOf(name: string): number | null;
  restartsOf(name: string): number;
  /** Stops all, the last started first. Never rejects; harmless twice. */
  stop(): Promise<void>;
}

/**
 * Starts all processes at once and resolves when each has called `reportReady`. One that ends before that is a fault of
 * its settings (a port in use, say) and not worth repeating: all are stopped and its last words are the error. What is
 * common to their environments may come later, as `settings`; when it is rejected, so is this, and nothing is left running.
 */
export async function supervise(
  specs: readonly ProcessSpec[],
  log: Log,
  settings: Promise<Settings> = Promise.resolve({}),
): Promise<Supervised> {
  const say: string[] = [];
  const starts = await Promise.allSettled(
    specs.map((spec) => keepRunning(spec.name, () => startChild(spec, log, settings), log)),
  );
  const kept = starts.map((start) => (start.status === 'fulfilled' ? start.value : null));
  const failed = starts.find((start) => start.status === 'rejected');
  if (failed) {
    await stopAll(kept);
    throw failed.reason;
  }
  for (const child of kept) say.push(...child!.current().say);
  const find = (name: string): Kept<Child> | null => kept[specs.findIndex((spec) => spec.name === name)] ?? null;
  return {
    say,
    pidOf: (name) => find(name)?.current().pid ?? null,
    restartsOf: (name) => find(name)?.restarts() ?? 0,
    stop: () => stopAll(kept),
  };
}

async function stopAll(kept: readonly (Kept<Child> | null)[]): Promise<void> {
  for (const child of kept.toReversed()) await child?.stop();
}

export type Settings = Readonly<Record<string, string | undefined>>;

interface Child extends Runnable {
  readonly pid: number;
  readonly say: readonly string[];
  readonly exited: Promise<Exit>;
}

async function startChild(spec: ProcessSpec, log: Log, settings: Promise<Settings>): Promise<Child> {
  let lastLine = '';
  const later = spec.asksForSettings === true;
  const process_ = await startTied(process.execPath, spec.argv, {
    orphanSignal: 'SIGTERM',
    env: { ...process.env, ...(later ? { [SETTINGS_LATER]: '1' } : await settings), ...spec.env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  for (const stream of [process_.child.stdout!, process_.child.stderr!]) {
    eachLine(stream, (line) => {
      lastLine = line.trim() === '' ? lastLine : line;
      log(`${spec.name.padEnd(7)} ${line}`);
    });
  }
  // What it started in its own group has lost its parent.
  const exited = process_.exited.finally(() => killGroup(process_.pid));
  const stop = async (): Promise<void> => {
    await stopTied(process_, [{ signal: 'SIGTERM', waitMs: spec.stopWithinMs ?? STOP_WITHIN_MS }]);
    await exited;
  };
  if (later) {
    const known = await Promise.race([settings, process_.exited.then(() => ({}))]).catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    // One that has ended meanwhile says why below.
    if (process_.child.connected) process_.child.send(settingsMessage(known), () => undefined);
  }
  const answer = await untilReady(process_);
  if (answer.ready) return { pid: process_.pid, say: answer.say, exited, stop };
  await stop();
  throw new Error(`${spec.name} ${answer.reason}${lastLine ? `; its last line: ${lastLine}` : ''}`);
}

const settingsMessage = (settings: Settings): SettingsMessage => ({
  anneal: 'settings',
  env: Object.fromEntries(Object.entries(settings).map(([name, value]) => [name, value ?? null])),
});

type Answer =
  { readonly ready: true; readonly say: readonly string[] } | { readonly ready: false; readonly reason: string };

function untilReady(process: TiedProcess): Promise<Answer> {
  return new Promise((resolve) => {
    const timer = setTimeout(
      () => resolve({ ready: false, reason: `does not become ready in ${READY_WITHIN_MS / 1000} s` }),
      READY_WITHIN_MS,
    );
    const settle = (answer: Answer): void => {
      clearTimeout(timer);
      resolve(answer);
    };
    process.child.on('message', (message) => {
      if (isReadyMessage(message)) settle({ ready: true, say: message.say });
    });
    // One turn later, so that the last lines have been read.
    void process.exited.then(({ code, signal }) =>
      setImmediate(() =>
        settle({ ready: false, reason: `ended ${signal ? `by ${signal}` : `with code ${code}`} at its start` }),
      ),
    );
  });
}

const eachLine = (stream: Readable, take: (line: string) => void): void =>
  void createInterface({ input: stream, crlfDelay: Infinity }).on('line', take);

/** A child leads a session and a group of its own, so the group's number is its pid. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
