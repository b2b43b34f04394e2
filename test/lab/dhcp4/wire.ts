import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { killAllIn } from '../../../deploy/lab/namespace.js';

const run = promisify(execFile);
/** For one command that sets something up, in milliseconds. */
const COMMAND_MS_MAX = 60_000;
const KILL_MS_MAX = 10_000;
/** The last characters of what a program said, in a message. */
const OUTPUT_SHOWN = 4_000;
let count = 0;

/**
 * Network namespaces with wires between them: the hosts of a small network, on one machine and out of reach of its own.
 * Everything in them dies with `close`.
 */
export class Wires {
  readonly folder = mkdtempSync(join(tmpdir(), 'anneal-dhcp4-'));
  private readonly tag = `${process.pid}x${(count += 1)}`;
  private readonly hosts = new Set<string>();
  private cables = 0;

  static get possible(): boolean {
    return process.getuid?.() === 0;
  }

  name(host: string): string {
    return `anneal-d4-${host}-${this.tag}`;
  }

  async host(host: string): Promise<void> {
    if (this.hosts.size === 0) await sweep();
    await run('ip', ['netns', 'add', this.name(host)], { timeout: COMMAND_MS_MAX });
    this.hosts.add(host);
    await this.ip(host, 'link', 'set', 'lo', 'up');
  }

  /** A wire between interfaces of two hosts; both ends come up, with an address where one is given. */
  async wire(
    a: readonly [host: string, name: string, cidr?: string],
    b: readonly [host: string, name: string, cidr?: string],
  ): Promise<void> {
    const [first, second] = [
      `d4${(this.cables += 1)}a${process.pid}`.slice(0, 15),
      `d4${this.cables}b${process.pid}`.slice(0, 15),
    ];
    await run('ip', [
      'link',
      'add',
      first,
      'netns',
      this.name(a[0]),
      'type',
      'veth',
      'peer',
      'name',
      second,
      'netns',
      this.name(b[0]),
    ]);
    for (const [[host, name, cidr], made] of [
      [a, first],
      [b, second],
    ] as const) {
      await this.ip(host, 'link', 'set', made, 'name', name);
      if (cidr) await this.ip(host, 'addr', 'add', cidr, 'dev', name);
      await this.ip(host, 'link', 'set', name, 'up');
    }
  }

  async ip(host: string, ...args: string[]): Promise<string> {
    return (await run('ip', ['-n', this.name(host), ...args], { timeout: COMMAND_MS_MAX })).stdout;
  }

  /** Runs a program on a host to its end; the exit code counts only when the caller looks at it. */
  async run(
    host: string,
    program: string,
    args: readonly string[],
    timeout = COMMAND_MS_MAX,
  ): Promise<{ code: number; output: string }> {
    return run('ip', ['netns', 'exec', this.name(host), program, ...args], { timeout, maxBuffer: 2 ** 26 }).then(
      ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
      (error: { code?: number; stdout?: string; stderr?: string }) => ({
        code: error.code ?? -1,
        output: `${error.stdout ?? ''}${error.stderr ?? ''}`,
      }),
    );
  }

  start(host: string, program: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Running {
    return new Running(
      spawn('ip', ['netns', 'exec', this.name(host), program, ...args], { stdio: ['ignore', 'pipe', 'pipe'], env }),
    );
  }

  async close(): Promise<void> {
    for (const host of this.hosts) {
      await killAllIn(this.name(host), KILL_MS_MAX);
      await run('ip', ['netns', 'del', this.name(host)]);
    }
    this.hosts.clear();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Removes the hosts of programs that were killed before they could: their process id is in the name. */
async function sweep(): Promise<void> {
  const { stdout } = await run('ip', ['netns', 'list']);
  for (const [name, pid] of stdout.matchAll(/^anneal-d4-\w+-(\d+)x\d+/gm)) {
    if (existsSync(`/proc/${pid}`)) continue;
    await killAllIn(name, KILL_MS_MAX);
    await run('ip', ['netns', 'del', name]);
  }
}

/** A program that runs on a host, with all that it said. */
export class Running {
  output = '';
  private readonly ended: Promise<number>;

  constructor(private readonly child: ChildProcess) {
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (this.output += String(chunk)));
    this.ended = once(child, 'exit').then(([code]) => (code as number | null) ?? -1);
  }

  get pid(): number {
    return this.child.pid as number;
  }

  /** Returns when it has said this; throws with all that it said when it ends first or takes too long. */
  async says(words: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
    const deadline = AbortSignal.timeout(timeoutMs);
    for (;;) {
      const found = words.exec(this.output);
      if (found) return found;
      const next = once(this.child.stdout!, 'data', { signal: deadline });
      const other = once(this.child.stderr!, 'data', { signal: deadline });
      await Promise.race([next, other, this.ended]).catch(() => {});
      for (const each of [next, other]) each.catch(() => {});
      if (words.test(this.output)) continue;
      if (deadline.aborted || this.child.exitCode !== null)
        throw new Error(`did not say ${words}: ${this.output.slice(-OUTPUT_SHOWN)}`);
    }
  }

  /** Ends it and returns its exit code. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<number> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    return this.ended;
  }
}
