import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { userInfo } from 'node:os';

/**
 * A real sshd on a free port of 127.0.0.1, with configuration, host keys and authorized keys of its own in one temporary
 * folder. It installs nothing: where sshd is missing, starting it fails with the sentence that says what to install.
 */
export interface TestSshd {
  readonly port: number;
  readonly user: string;
  /** `ssh-ed25519 AAAA…` */
  readonly hostKey: string;
  readonly privateKeyPath: string;
  readonly folder: string;
  /** What sshd wrote so far, for messages of failing tests. */
  log(): string;
  /** Ends sshd and every connection it serves, and removes the folder. */
  stop(): Promise<void>;
}

export interface TestSshdOptions {
  /** Further lines of sshd_config. */
  readonly config?: readonly string[];
  /** A shell command that prepares the machine and then starts `"$@"`, for example in a mount namespace of its own. */
  readonly inside?: string;
  readonly maxSessions?: number;
}

export const SSHD_PATH = '/usr/sbin/sshd';
const START_DEADLINE_MS = 10_000;
const START_TRIES_MAX = 5;

export async function startSshd(options: TestSshdOptions = {}): Promise<TestSshd> {
  if (!existsSync(SSHD_PATH))
    throw new Error(`${SSHD_PATH} is missing; install it with: apt-get install -y openssh-server`);
  // Under /var/tmp because a test may hide /tmp from this sshd.
  const folder = mkdtempSync('/var/tmp/anneal-sshd-');
  chmodSync(folder, 0o755);
  const hostKeyPath = join(folder, 'host_ed25519');
  const privateKeyPath = join(folder, 'client_ed25519');
  for (const path of [hostKeyPath, privateKeyPath]) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'test', '-f', path]);
  }
  writeFileSync(join(folder, 'authorized_keys'), readFileSync(`${privateKeyPath}.pub`), { mode: 0o600 });
  // Debian's unit makes this one; without it sshd refuses to start.
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });

  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    writeFileSync(join(folder, 'sshd_config'), configuration(folder, hostKeyPath, port, options));
    const started = await launch(folder, options.inside);
    if ('process' in started) return running(started.process, started.log, folder, port, hostKeyPath, privateKeyPath);
    if (tries >= START_TRIES_MAX) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`sshd did not start in ${START_TRIES_MAX} tries; the last one said: ${started.said}`);
    }
  }
}

/**
 * SHLVL keeps a bash that sshd starts from reading the account's start-up files, which may take a tenth of a second here;
 * a managed node has no such files.
 */
const configuration = (folder: string, hostKeyPath: string, port: number, options: TestSshdOptions): string =>
  [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${hostKeyPath}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'MaxStartups 200',
    `MaxSessions ${options.maxSessions ?? 10}`,
    'PidFile none',
    'PrintMotd no',
    'SetEnv SHLVL=5',
    ...(options.config ?? []),
    '',
  ].join('\n');

function launch(
  folder: string,
  inside: string | undefined,
): Promise<{ process: ChildProcess; log: () => string } | { said: string }> {
  const argv = [SSHD_PATH, '-D', '-e', '-f', join(folder, 'sshd_config')];
  const child = inside
    ? spawn('unshare', ['--mount', '--propagation', 'private', 'sh', '-c', inside, 'sh', ...argv], spawnOptions)
    : spawn(argv[0]!, argv.slice(1), spawnOptions);
  let said = '';
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      if (child.pid) signalGroup(child.pid, 'SIGKILL');
      resolve({ said: `nothing within ${START_DEADLINE_MS} ms; ${said}` });
    }, START_DEADLINE_MS);
    child.stderr!.setEncoding('utf8');
    child.stderr!.on('data', (text: string) => {
      said += text;
      if (!said.includes('Server listening on')) return;
      clearTimeout(timer);
      resolve({ process: child, log: () => said });
    });
    child.once('exit', () => {
      clearTimeout(timer);
      resolve({ said });
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ said: error.message });
    });
  });
}

/** A group of its own, so that the servers of open connections end with it. */
const spawnOptions = { detached: true, stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'] };

function running(
  child: ChildProcess,
  log: () => string,
  folder: string,
  port: number,
  hostKeyPath: string,
  privateKeyPath: string,
): TestSshd {
  return {
    port,
    folder,
    privateKeyPath,
    log,
    user: userInfo().username,
    hostKey: readFileSync(`${hostKeyPath}.pub`, 'utf8').split(' ').slice(0, 2).join(' ').trim(),
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = new Promise((resolve) => child.once('exit', resolve));
        signalGroup(child.pid!, 'SIGTERM');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // Already gone.
  }
}

/** A port that was free a moment ago: sshd cannot be asked to choose one itself. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
