import { spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '#runtime';
import { dig } from './dig.js';

/** Milliseconds until BIND answers, or has stopped. */
const BIND_MS_MAX = 15_000;

/**
 * A BIND 9 of our own on a loopback port: primary for the given zones, which one key may update and transfer. Its files
 * lie in a folder that goes with it.
 */
export class Bind {
  readonly secret = randomBytes(32).toString('base64');
  private child: ChildProcess | null = null;

  private constructor(
    readonly port: number,
    private readonly folder: string,
    private readonly zones: readonly string[],
  ) {}

  static async make(zones: readonly string[]): Promise<Bind> {
    const bind = new Bind(await freePort(), mkdtempSync(join(tmpdir(), 'anneal-bind-')), zones);
    bind.writeFiles();
    await bind.start();
    return bind;
  }

  async start(): Promise<void> {
    this.child = spawn('named', ['-g', '-n', '1', '-c', join(this.folder, 'named.conf')], { stdio: 'ignore' });
    const until = Date.now() + BIND_MS_MAX;
    for (;;) {
      if ((await dig(this.port, [this.zones[0]!, 'SOA', '+short', '+time=1', '+tries=1'])).includes('ns.')) return;
      if (Date.now() > until || this.child.exitCode !== null) throw new Error('named does not answer');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** Stops it; what it was told stays in its files and journals. */
  async stop(): Promise<void> {
    const child = this.child;
    this.child = null;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), BIND_MS_MAX);
    await gone;
    clearTimeout(late);
  }

  async close(): Promise<void> {
    await this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private writeFiles(): void {
    const { folder } = this;
    const zones = this.zones.map(
      (zone) =>
        `zone "${zone}" { type primary; file "${join(folder, zone)}.db"; allow-update { key anneal; }; allow-transfer { key anneal; }; };`,
    );
    for (const zone of this.zones)
      writeFileSync(
        join(folder, `${zone}.db`),
        `$TTL 300\n@ IN SOA ns.${zone}. hostmaster.${zone}. 1 3600 600 604800 30\n@ IN NS ns.${zone}.\nns IN A 127.0.0.1\nmail IN A 192.0.2.25\n`,
      );
    writeFileSync(
      join(folder, 'named.conf'),
      [
        `options { directory "${folder}"; pid-file "${join(folder, 'pid')}"; session-keyfile "${join(folder, 'session.key')}";`,
        `  listen-on port ${this.port} { 127.0.0.1; }; listen-on-v6 { none; }; recursion no; dnssec-validation no; };`,
        `controls { };`,
        `key "anneal" { algorithm hmac-sha256; secret "${this.secret}"; };`,
        ...zones,
        '',
      ].join('\n'),
    );
  }
}
