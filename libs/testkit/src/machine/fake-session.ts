import { randomBytes, randomUUID } from 'node:crypto';
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import {
  NodeSession,
  type ExecEnd,
  type ExecOptions,
  type ProbeDepth,
  type ProbeResult,
  type Reach,
  type Unreachable,
} from '#app';
import { idOf, type NodeId } from '#core';
import { LineSplitter } from '#machine';

interface FakeMachine {
  readonly hostKey: string;
  connected: boolean;
  loginAllowed: boolean;
  /** What runs on it, to be cut off when the network goes. */
  readonly running: Set<() => void>;
}

/**
 * Machines without a network: commands run as processes of this computer, in sessions of their own, and a test can pull a
 * machine's plug. It passes the same contract as the SSH adapter, so what is tested with it may rely on the same words.
 */
export class FakeSession extends NodeSession {
  private readonly machines = new Map<string, FakeMachine>();

  /** Adds a machine and returns how to reach it, its host key pinned. */
  addMachine(name: string): Reach {
    const address = `192.0.2.${this.machines.size + 1}`;
    const hostKey = `ssh-ed25519 ${randomBytes(51).toString('base64')}`;
    this.machines.set(`${address}:22`, { hostKey, connected: true, loginAllowed: true, running: new Set() });
    return { nodeId: idOf<NodeId>(randomUUID()), name, address, sshPort: 22, hostKey };
  }

  /** Cuts the machine off: what runs on it goes on unseen. */
  cut(reach: Reach): void {
    const machine = this.machine(reach)!;
    machine.connected = false;
    for (const lose of machine.running) lose();
  }

  mend(reach: Reach): void {
    this.machine(reach)!.connected = true;
  }

  refuseLogin(reach: Reach): void {
    this.machine(reach)!.loginAllowed = false;
  }

  async exec(reach: Reach, argv: readonly string[], options: ExecOptions = {}): Promise<ExecEnd> {
    const machine = this.enter(reach);
    if ('kind' in machine) return machine;
    if (options.signal?.aborted) return { kind: 'stopped', by: 'signal', exitCode: null };
    return new Promise((resolve) => {
      const child = spawn(argv[0]!, argv.slice(1), {
        detached: true,
        stdio: 'pipe',
        env: { PATH: process.env['PATH'], HOME: '/root', ...options.env },
      });
      this.follow(machine, child, options, resolve);
    });
  }

  async probe(reach: Reach, _deadlineMs: number, depth: ProbeDepth = 'login'): Promise<ProbeResult> {
    const machine = this.enter({ ...reach, hostKey: reach.hostKey ?? this.machine(reach)?.hostKey ?? '' });
    if ('kind' in machine) return { ...machine, tookMs: 0 };
    return { kind: 'alive', tookMs: 0, hostKey: depth === 'banner' ? null : machine.hostKey };
  }

  async hostKey(reach: Reach): Promise<{ readonly kind: 'offered'; readonly hostKey: string } | Unreachable> {
    const machine = this.machine(reach);
    if (!machine?.connected) return noContact(reach);
    return { kind: 'offered', hostKey: machine.hostKey };
  }

  async upload(
    reach: Reach,
    path: string,
    content: string | Uint8Array,
    options: { readonly mode?: number; readonly signal?: AbortSignal; readonly deadlineMs?: number } = {},
  ): Promise<ExecEnd> {
    const { mode = 0o600, ...limits } = options;
    const write = 'umask 077; cat > "$1.part" && chmod "$2" "$1.part" && mv -f -- "$1.part" "$1"';
    return this.exec(reach, ['sh', '-c', write, 'sh', path, mode.toString(8)], { ...limits, stdin: content });
  }

  async close(): Promise<void> {
    for (const machine of this.machines.values()) for (const lose of machine.running) lose();
  }

  private machine(reach: Reach): FakeMachine | undefined {
    return this.machines.get(`${reach.address}:${reach.sshPort}`);
  }

  private enter(reach: Reach): FakeMachine | Unreachable {
    const machine = this.machine(reach);
    if (!machine?.connected) return noContact(reach);
    const { hostKey } = machine;
    if (reach.hostKey === null) {
      return {
        kind: 'unreachable',
        code: 'host-key-unpinned',
        reason: `${reach.name} offers ${hostKey}: pin it`,
        hostKey,
      };
    }
    if (reach.hostKey !== hostKey) {
      return {
        kind: 'unreachable',
        code: 'host-key-mismatch',
        reason: `${reach.name} is not the machine that was pinned`,
        hostKey,
      };
    }
    if (!machine.loginAllowed)
      return { kind: 'unreachable', code: 'login-refused', reason: `${reach.name} refuses the login` };
    return machine;
  }

  private follow(
    machine: FakeMachine,
    child: ChildProcess,
    options: ExecOptions,
    resolve: (end: ExecEnd) => void,
  ): void {
    const bytesMax = options.lineBytesMax ?? 64 * 1024;
    let stoppedBy: 'signal' | 'deadline' | null = null;
    let drain: NodeJS.Timeout | null = null;
    const out = new LineSplitter(bytesMax, (line) => options.onLine?.('out', line));
    const err = new LineSplitter(bytesMax, (line) => options.onLine?.('err', line));
    const finish = (end: ExecEnd): void => {
      machine.running.delete(lose);
      options.signal?.removeEventListener('abort', onAbort);
      if (deadline) clearTimeout(deadline);
      if (drain) clearTimeout(drain);
      child.stdout!.removeAllListeners('data').destroy();
      child.stderr!.removeAllListeners('data').destroy();
      out.flush();
      err.flush();
      resolve(end);
    };
    const lose = (): void => finish({ kind: 'lost-contact', reason: 'the machine was cut off' });
    const stop = (by: 'signal' | 'deadline'): void => {
      stoppedBy ??= by;
      void endSession(child.pid!, options.killAfterMs ?? 5_000);
    };
    const onAbort = (): void => stop('signal');
    const deadline = options.deadlineMs === undefined ? null : setTimeout(() => stop('deadline'), options.deadlineMs);

    machine.running.add(lose);
    options.signal?.addEventListener('abort', onAbort, { once: true });
    child.stdout!.on('data', (chunk: Buffer) => (options.onBytes ? options.onBytes(chunk) : out.push(chunk)));
    child.stderr!.on('data', (chunk: Buffer) => err.push(chunk));
    child.stdin!.on('error', () => {});
    child.stdin!.end(options.stdin ?? '');
    child.once('error', (error: NodeJS.ErrnoException) => {
      options.onLine?.('err', error.message);
      finish({ kind: 'exited', exitCode: error.code === 'ENOENT' ? 127 : 126 });
    });
    const endOf = (code: number | null, signal: NodeJS.Signals | null): ExecEnd => {
      if (stoppedBy !== null) return { kind: 'stopped', by: stoppedBy, exitCode: code };
      if (code === null) return { kind: 'signalled', signal: signal!.replace(/^SIG/, '') };
      return { kind: 'exited', exitCode: code };
    };
    child.once('exit', (code, signal) => {
      // What it left behind may hold the output open; when it was told to end, all of it must be gone first.
      const gone = stoppedBy === null ? null : endSession(child.pid!, options.killAfterMs ?? 5_000);
      drain = setTimeout(() => void Promise.resolve(gone).then(() => finish(endOf(code, signal))), 500);
      child.once('close', () => void Promise.resolve(gone).then(() => finish(endOf(code, signal))));
    });
  }
}

const noContact = (reach: Reach): Unreachable => ({
  kind: 'unreachable',
  code: 'no-contact',
  reason: `${reach.name} does not answer`,
});

/** TERM to every process of a session, KILL to what is left, until none is. */
async function endSession(session: number, killAfterMs: number): Promise<void> {
  const killAt = performance.now() + killAfterMs;
  let told = false;
  for (;;) {
    const members = membersOf(session);
    if (members.length === 0) return;
    const late = performance.now() >= killAt;
    if (!told || late) for (const pid of members) signalProcess(pid, late ? 'SIGKILL' : 'SIGTERM');
    told = true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function membersOf(session: number): number[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number)
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return Number(fields[3]) === session && fields[0] !== 'Z';
      } catch {
        return false;
      }
    });
}

function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // Already gone.
  }
}
