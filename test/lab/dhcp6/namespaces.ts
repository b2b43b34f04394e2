import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { command } from '../../../deploy/lab/command.js';
import { killAllIn } from '../../../deploy/lab/namespace.js';

/** How long a process has to end by itself before it is killed. */
const END_MS = 5_000;
const LINK_MS_MAX = 10_000;
const LOOK_MS = 50;

/**
 * Network namespaces joined by wires, for clients and servers of one host. Whatever was started or made here is gone
 * after `close`.
 */
export class Namespaces {
  private readonly names: string[] = [];
  private readonly children: ChildProcess[] = [];

  /** `prefix` keeps labs apart that run side by side; names of interfaces are local to a namespace. */
  constructor(private readonly prefix = `an6-${process.pid}`) {}

  full(name: string): string {
    return `${this.prefix}-${name}`;
  }

  async add(name: string): Promise<void> {
    await command('ip', ['netns', 'add', this.full(name)]);
    this.names.push(name);
    // Addresses are usable at once: the lab knows that no two hosts have the same.
    await this.run(name, 'sysctl', [
      '-q',
      '-w',
      'net.ipv6.conf.all.accept_dad=0',
      'net.ipv6.conf.default.accept_dad=0',
    ]);
    await this.run(name, 'ip', ['link', 'set', 'lo', 'up']);
  }

  /** Joins two interfaces, each `namespace/interface`, with a MAC each. */
  async wire(one: string, other: string, macs: readonly [string, string]): Promise<void> {
    const [here, there] = [one, other].map((end) => end.split('/') as [string, string]) as [
      [string, string],
      [string, string],
    ];
    const inHere = ['link', 'add', here[1], 'netns', this.full(here[0]), 'address', macs[0], 'type', 'veth'];
    await command('ip', [...inHere, 'peer', 'name', there[1], 'netns', this.full(there[0]), 'address', macs[1]]);
    for (const [name, wire] of [here, there]) await this.run(name, 'ip', ['link', 'set', wire, 'up']);
    for (const [name, wire] of [here, there]) await this.linkLocal(name, wire);
  }

  /** The kernel makes the link-local address some time after the wire is joined. */
  private async linkLocal(name: string, wire: string): Promise<void> {
    const end = Date.now() + LINK_MS_MAX;
    const look = () =>
      this.run(name, 'ip', ['-6', '-o', 'address', 'show', 'dev', wire, 'scope', 'link', '-tentative']);
    while (!(await look()).includes('fe80:')) {
      if (Date.now() > end) throw new Error(`${wire} in ${this.full(name)} gets no link-local address`);
      await pause(LOOK_MS);
    }
  }

  run(name: string, file: string, args: readonly string[], deadlineMs?: number): Promise<string> {
    return command('ip', ['netns', 'exec', this.full(name), file, ...args], deadlineMs ? { deadlineMs } : {});
  }

  /** Starts a process in a namespace; its output is handed out line by line. */
  start(name: string, file: string, args: readonly string[], onLine: (line: string) => void): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.full(name), file, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.children.push(child);
    for (const stream of [child.stdout, child.stderr]) {
      let rest = '';
      stream.setEncoding('utf8').on('data', (text: string) => {
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) onLine(line);
      });
    }
    return child;
  }

  async end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
    await ended;
    clearTimeout(timer);
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => this.end(child)));
    for (const name of this.names) {
      await killAllIn(this.full(name), END_MS);
      await command('ip', ['netns', 'delete', this.full(name)]);
    }
    this.names.length = 0;
  }
}
