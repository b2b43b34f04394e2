import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { PacketNote } from '#app';
import type { ChildProcess } from 'node:child_process';
import { CHECKOUT } from '#runtime';
import type { Namespaces } from './namespaces.js';
import type { ServeWish } from './serve.js';

const READY_MS_MAX = 20_000;
const LOOK_MS = 20;

/** A server of `serve.ts` in a namespace, and the packets that it told of. */
export class Served {
  readonly notes: PacketNote[] = [];
  /** What it said at its end. */
  summary: {
    counts: { received: number; answered: number; silent: Record<string, number> };
    advertised: number;
  } | null = null;
  private child: ChildProcess | null = null;
  private readonly said: string[] = [];

  constructor(
    private readonly namespaces: Namespaces,
    private readonly name: string,
    private readonly wish: Omit<ServeWish, 'folder'>,
    readonly folder = mkdtempSync(join(tmpdir(), 'anneal-dhcp6-')),
  ) {}

  get pid(): number | undefined {
    return this.child?.pid;
  }

  async start(): Promise<void> {
    const wish: ServeWish = { ...this.wish, folder: this.folder };
    const program = join(CHECKOUT, 'dist/test/lab/dhcp6/serve.js');
    const child = this.namespaces.start(this.name, process.execPath, [program, JSON.stringify(wish)], (line) =>
      this.hear(line),
    );
    this.child = child;
    await this.until(() => this.said.includes('ready'), READY_MS_MAX, 'the server to be ready');
  }

  /** The first packet told of for which `matches` holds. */
  async note(matches: (note: PacketNote) => boolean, deadlineMs = 10_000): Promise<PacketNote> {
    await this.until(() => this.notes.some(matches), deadlineMs, 'a packet');
    return this.notes.find(matches) as PacketNote;
  }

  async stop(): Promise<void> {
    if (this.child) await this.namespaces.end(this.child);
    this.child = null;
    this.said.length = 0;
  }

  removeFolder(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  private hear(line: string): void {
    if (line.startsWith('{"counts"')) this.summary = JSON.parse(line) as Served['summary'];
    else if (line.startsWith('{')) this.notes.push(JSON.parse(line) as PacketNote);
    else this.said.push(line);
  }

  private async until(holds: () => boolean, deadlineMs: number, what: string): Promise<void> {
    const end = Date.now() + deadlineMs;
    while (!holds()) {
      if (this.child?.exitCode != null || Date.now() > end)
        throw new Error(
          `waited in vain for ${what}. The server said: ${this.said.join('\n')}\n${JSON.stringify(this.notes.slice(-5))}`,
        );
      await pause(LOOK_MS);
    }
  }
}
