import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import type { Log } from '#app';
import { nginxConfig, type NginxSetup } from './nginx-config.js';

/**
 * Starts nginx with a configuration of ours, starts it again when it dies, and ends it with us: also when we are killed
 * without a word (kill -9), for then the kernel tells it to (PR_SET_PDEATHSIG, through util-linux's setpriv). Where setpriv
 * is missing, or nginx has file capabilities (for which the kernel drops that wish), one may be left that holds our ports
 * and knows an old word: it is ended before another is started.
 */
const START_MS_MAX = 10_000;
const STOP_MS_MAX = 5_000;
const RESTART_MS_FIRST = 200;
const RESTART_MS_MAX = 15_000;
/** One that ran for this long was not the configuration's fault. */
const STEADY_MS = 30_000;

const run = promisify(execFile);

/** Where nginx is, or null: on the PATH, or where Debian puts it. */
export const findNginx = (path = process.env['PATH'] ?? ''): string | null =>
  findProgram('nginx', [...path.split(delimiter), '/usr/sbin', '/usr/local/sbin']);

const findProgram = (name: string, folders: readonly string[]): string | null =>
  folders
    .filter((folder) => folder !== '')
    .map((folder) => join(folder, name))
    .find((program) => {
      try {
        accessSync(program, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }) ?? null;

export type NginxPlan = Omit<NginxSetup, 'user' | 'workers'> & { readonly program: string; readonly log: Log };

export class Nginx {
  private child: ChildProcess | null = null;
  private stopping = false;
  private restartMs = RESTART_MS_FIRST;
  private restarting: NodeJS.Timeout | null = null;

  private constructor(
    private readonly plan: NginxPlan,
    private readonly config: string,
  ) {}

  /** Rejects with what nginx says when it does not start. */
  static async start(plan: NginxPlan): Promise<Nginx> {
    await mkdir(plan.prefix, { recursive: true });
    await endLeftover(plan);
    const config = join(plan.prefix, 'nginx.conf');
    const user = process.getuid?.() === 0 ? await workerUser() : null;
    if (user !== null) await checkReachable([join(plan.root, 'files'), dirname(plan.backend)]);
    // The word by which nginx shows itself is in it.
    await writeFile(config, nginxConfig({ ...plan, user, workers: WORKERS }), { mode: 0o600 });
    await chmod(config, 0o600);
    try {
      await run(plan.program, ['-t', '-q', ...argumentsFor(plan.prefix, config)], { timeout: START_MS_MAX });
    } catch (error) {
      throw new Error('nginx does not take its configuration', { cause: error });
    }
    const nginx = new Nginx(plan, config);
    nginx.spawn();
    try {
      await nginx.untilListening();
    } catch (error) {
      await nginx.stop();
      throw error;
    }
    return nginx;
  }

  get pid(): number | null {
    return this.child?.pid ?? null;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    if (this.restarting) clearTimeout(this.restarting);
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS_MAX);
    await gone;
    clearTimeout(late);
  }

  private spawn(): void {
    const began = Date.now();
    const [program, words] = tiedToUs(this.plan.program, argumentsFor(this.plan.prefix, this.config));
    const child = spawn(program, words, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.child = child;
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-2_000);
    });
    child.once('error', (error) => this.plan.log.error('nginx cannot be started', error));
    child.once('exit', (code, signal) => {
      if (this.stopping) return;
      if (Date.now() - began > STEADY_MS) this.restartMs = RESTART_MS_FIRST;
      this.plan.log.warn('nginx ended; it is started again', {
        code,
        signal,
        said: said.trim(),
        after_ms: this.restartMs,
      });
      this.restarting = setTimeout(() => this.spawn(), this.restartMs);
      this.restartMs = Math.min(this.restartMs * 2, RESTART_MS_MAX);
    });
  }

  private async untilListening(): Promise<void> {
    const until = Date.now() + START_MS_MAX;
    const { child } = this;
    for (const at of this.plan.listen)
      while (!(await answers(at))) {
        if (!child || child.exitCode !== null || child.signalCode !== null || Date.now() > until)
          throw new Error(`nginx does not listen on ${at.address} port ${at.port}`);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
  }
}

/** The command under which the kernel ends the program with us; setpriv becomes the program, which keeps its pid. */
const tiedToUs = (program: string, words: readonly string[]): [string, readonly string[]] => {
  const setpriv = findProgram('setpriv', (process.env['PATH'] ?? '').split(delimiter));
  return setpriv === null ? [program, words] : [setpriv, ['--pdeathsig', 'TERM', program, ...words]];
};

/** Ends the nginx that an earlier process of ours started in this folder, and waits until it is gone. */
const endLeftover = async ({ prefix, log }: NginxPlan): Promise<void> => {
  const pid = Number(await readFile(join(prefix, 'pid'), 'utf8').catch(() => ''));
  if (!Number.isInteger(pid) || pid <= 0) return;
  const isOurs = async (): Promise<boolean> => {
    // Its number may be somebody else's by now: nginx writes into its title how it was called.
    const title = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return title.startsWith('nginx: master process') && title.includes(` -p ${prefix} `);
  };
  if (!(await isOurs())) return;
  log.warn('an nginx that was left here is ended', { pid });
  const end = (signal: NodeJS.Signals): void => {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  };
  end('SIGTERM');
  for (const until = Date.now() + STOP_MS_MAX; await isOurs();) {
    if (Date.now() > until) end('SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Sending files takes little; a second worker is for the second network card. */
const WORKERS = 2;

const argumentsFor = (prefix: string, config: string): string[] => ['-p', prefix, '-c', config, '-e', 'stderr'];

const answers = ({ address, port }: { readonly address: string; readonly port: number }): Promise<boolean> =>
  new Promise((resolve) => {
    const host = address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address;
    const socket = createConnection({ host, port });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(1_000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });

/** The account that owns nothing, and its group, as this system calls them. */
const workerUser = async (): Promise<string> => {
  const groups = await readFile('/etc/group', 'utf8');
  return `nobody ${/^nogroup:/m.test(groups) ? 'nogroup' : 'nobody'}`;
};

/** Workers are nobody in particular: every folder above must let them through. */
const checkReachable = async (folders: readonly string[]): Promise<void> => {
  for (let folder of folders)
    for (;;) {
      const { mode } = await stat(folder);
      if ((mode & 0o001) === 0)
        throw new Error(`nginx's workers cannot pass ${folder}: chmod o+x it, or keep the boot files elsewhere`);
      if (folder === dirname(folder)) break;
      folder = dirname(folder);
    }
};
