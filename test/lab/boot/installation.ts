import { chmodSync, chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHECKOUT, postgresAccount, startPostgres, temporaryHome, type RunningService } from '#runtime';
import { openSite, type Site } from '../../e2e/netboot/site.js';
import type { Running, Wires } from '../dhcp4/wire.js';

/**
 * An installation of its own for the lab: PostgreSQL and the server on this host, the netboot process in a network
 * namespace, which reaches the database by its socket in the file system. Both can be killed and come back.
 */
export class LabInstallation {
  netboot!: Running;
  readonly bootFiles: string;

  private constructor(
    readonly site: Site,
    private postgres: RunningService,
    private readonly home: ReturnType<typeof temporaryHome>,
    private readonly sockets: string,
    private readonly wires: Wires,
    private readonly host: string,
  ) {
    this.bootFiles = join(site.home, 'boot', 'files');
  }

  static async open(name: string, wires: Wires, host: string): Promise<LabInstallation> {
    const home = temporaryHome();
    const sockets = mkdtempSync(join(tmpdir(), 'anneal-pg-'));
    const account = postgresAccount();
    if (account) chownSync(sockets, account.uid, account.gid);
    const postgres = await startOn(home, sockets);
    const before = process.env['ANNEAL_TEST_DATABASE_URL'];
    process.env['ANNEAL_TEST_DATABASE_URL'] = postgres.url;
    try {
      const site = await openSite(name);
      // nginx's workers pass it.
      chmodSync(site.home, 0o755);
      return new LabInstallation(site, postgres, home, sockets, wires, host);
    } finally {
      process.env['ANNEAL_TEST_DATABASE_URL'] = before;
    }
  }

  /** Resolves when it serves what can be served. */
  async startNetboot(env: NodeJS.ProcessEnv = {}): Promise<void> {
    const url = new URL(this.site.databaseUrl);
    const socket = `postgres://${url.username}:${url.password}@${encodeURIComponent(this.sockets)}:${url.port}${url.pathname}`;
    const program = join(CHECKOUT, 'dist', 'apps', 'netboot', 'src', 'main.js');
    this.netboot = this.wires.start(this.host, process.execPath, ['--enable-source-maps', program], {
      ...process.env,
      DATABASE_URL: socket,
      ANNEAL_HOME: this.site.home,
      ANNEAL_DNS: 'off',
      ...env,
    });
    await this.netboot.says(/"netboot is up"/, 60_000);
  }

  /** Until netboot has taken in all that has happened. */
  async followed(withinMs = 30_000): Promise<void> {
    const until = Date.now() + withinMs;
    for (;;) {
      const { items } = await this.site.ask('GET', 'netboot/servers');
      if (
        items.length > 0 &&
        items.every(({ lag, state }: { lag: number; state: string }) => lag === 0 && state === 'live')
      )
        return;
      if (Date.now() > until)
        throw new Error(`netboot does not follow: ${JSON.stringify(items)}\n${this.netboot.output}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  killPostgres(): void {
    process.kill(this.postgres.pid as number, 'SIGKILL');
  }

  async restartPostgres(): Promise<void> {
    const { port } = new URL(this.postgres.url);
    await this.postgres.stop().catch(() => undefined);
    this.postgres = await startOn(this.home, this.sockets, Number(port));
  }

  async close(): Promise<void> {
    await this.netboot?.end();
    const before = process.env['ANNEAL_TEST_DATABASE_URL'];
    process.env['ANNEAL_TEST_DATABASE_URL'] = this.postgres.url;
    await this.site.stop().catch(() => undefined);
    process.env['ANNEAL_TEST_DATABASE_URL'] = before;
    await this.postgres.stop();
    this.home.remove();
    rmSync(this.sockets, { recursive: true, force: true });
  }
}

const startOn = (home: ReturnType<typeof temporaryHome>, sockets: string, port?: number): Promise<RunningService> =>
  startPostgres({
    home,
    log: () => undefined,
    externalUrl: null,
    settings: { unix_socket_directories: sockets },
    ...(port === undefined ? {} : { port }),
  });
