import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, SSHD_PATH } from '../machine/sshd.js';

/** A machine as a cloud makes it: one account knows one key and may become root; root is told to use that account. */
export interface Guest {
  readonly port: number;
  readonly hostKey: string;
  /** `/root` and `/home/ACCOUNT` of the guest, as files here. */
  readonly root: string;
  readonly home: string;
  /** The whole of its sshd_config and what that includes. */
  config(): string;
  log(): string;
  stop(): Promise<void>;
}

export interface GuestOptions {
  readonly account: string;
  readonly publicKey: string;
  /** Its rules stand in one file, as in images that include no others. */
  readonly withoutInclude?: boolean;
  /** A free port when absent. */
  readonly port?: number;
}

const START_DEADLINE_MS = 15_000;
const UID = 61_234;

/**
 * Starts a real sshd in a mount namespace with accounts, homes, /etc/ssh and /run of its own, so that what is done to the
 * guest does nothing to this computer. It has a `sudo` that asks nobody. Needs root, sshd and python3.
 */
export const startGuest = async (options: GuestOptions): Promise<Guest> => {
  if (!existsSync(SSHD_PATH))
    throw new Error(`${SSHD_PATH} is missing; install it with: apt-get install -y openssh-server`);
  const { account, publicKey } = options;
  const folder = mkdtempSync(join('/var/tmp', 'anneal-guest-'));
  chmodSync(folder, 0o755);
  const port = options.port ?? (await freePort());
  const within = (...names: string[]): string => join(folder, ...names);
  for (const name of ['etc', 'bin', 'root/.ssh', `home/${account}/.ssh`])
    mkdirSync(within(name), { recursive: true, mode: 0o755 });
  mkdirSync(within('etc/ssh/sshd_config.d'), { recursive: true, mode: 0o755 });
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-C', 'guest', '-f', within('etc/ssh/host_ed25519')]);
  writeFileSync(within('etc/ssh/sshd_config'), sshdConfig(port, options), { mode: 0o644 });
  writeFileSync(within('etc/ssh/sshd_config.d/50-cloud-init.conf'), 'PasswordAuthentication yes\n', { mode: 0o600 });
  for (const file of ['passwd', 'group', 'shadow']) cpSync(`/etc/${file}`, within('etc', file));
  appendLine(within('etc/passwd'), `${account}:x:${UID}:${UID}::/home/${account}:/bin/sh`);
  appendLine(within('etc/group'), `${account}:x:${UID}:`);
  appendLine(within('etc/shadow'), `${account}:*:19000:0:99999:7:::`);
  writeFileSync(within(`home/${account}/.ssh/authorized_keys`), `${publicKey}\n`, { mode: 0o600 });
  // As cloud-init writes it.
  writeFileSync(
    within('root/.ssh/authorized_keys'),
    `no-port-forwarding,command="echo 'Please login as the user \\"${account}\\" rather than the user \\"root\\".';echo;sleep 1;exit 142" ${publicKey}\n`,
    { mode: 0o600 },
  );
  execFileSync('chown', ['-R', `${UID}:${UID}`, within(`home/${account}`)]);
  chmodSync(within('root/.ssh'), 0o700);
  // An interpreter that keeps root's rights, so that the script before it need not be a program of C.
  cpSync(readlinkOf('python3'), within('bin/root-python'));
  chmodSync(within('bin/root-python'), 0o4755);
  writeFileSync(within('bin/sudo'), SUDO, { mode: 0o755 });
  writeFileSync(within('start.sh'), START, { mode: 0o755 });
  const child = spawn('unshare', ['--mount', '--propagation', 'private', 'sh', within('start.sh'), folder], {
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const said = await listening(child);
  return {
    port,
    hostKey: readFileSync(within('etc/ssh/host_ed25519.pub'), 'utf8').split(' ').slice(0, 2).join(' '),
    root: within('root'),
    home: within('home', account),
    config: () =>
      execFileSync('sh', ['-c', 'cat etc/ssh/sshd_config etc/ssh/sshd_config.d/*.conf'], { cwd: folder }).toString(),
    log: said,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = new Promise((resolve) => child.once('exit', resolve));
        process.kill(-child.pid!, 'SIGTERM');
        await exited;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

const sshdConfig = (port: number, { withoutInclude }: GuestOptions): string =>
  [
    ...(withoutInclude ? [] : ['Include /etc/ssh/sshd_config.d/*.conf']),
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    'HostKey /etc/ssh/host_ed25519',
    'AuthorizedKeysFile .ssh/authorized_keys',
    'PasswordAuthentication yes',
    'PidFile /run/sshd.pid',
    'UsePAM no',
    'UseDNS no',
    'MaxStartups 100',
    'PrintMotd no',
    'SetEnv SHLVL=5 PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin',
    '',
  ].join('\n');

const SUDO = `#!/usr/local/bin/root-python -I
import os, sys
os.setgroups([]); os.setresgid(0, 0, 0); os.setresuid(0, 0, 0)
argv = [a for a in sys.argv[1:] if a != '-n']
os.execvp(argv[0], argv)
`;

const START = `set -e
cd "$1"
mount -t tmpfs tmpfs /run
mkdir -p /run/sshd
for file in passwd group shadow; do mount --bind "etc/$file" "/etc/$file"; done
mount --bind etc/ssh /etc/ssh
mount --bind root /root
mount --bind bin /usr/local/bin
mount -t tmpfs -o mode=755 tmpfs /home
for home in home/*; do mkdir "/home/\${home#home/}"; mount --bind "$home" "/home/\${home#home/}"; done
cd /
exec ${SSHD_PATH} -D -e
`;

const appendLine = (path: string, line: string): void =>
  writeFileSync(path, `${readFileSync(path, 'utf8').trimEnd()}\n${line}\n`);

const readlinkOf = (program: string): string =>
  execFileSync('sh', ['-c', `readlink -f "$(PATH=/usr/bin:/bin command -v ${program})"`], { cwd: tmpdir() })
    .toString()
    .trim();

const listening = (child: ChildProcess): Promise<() => string> =>
  new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => {
      process.kill(-child.pid!, 'SIGKILL');
      reject(new Error(`the guest did not start within ${START_DEADLINE_MS} ms: ${said}`));
    }, START_DEADLINE_MS);
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (!said.includes('Server listening on')) return;
      clearTimeout(timer);
      resolve(() => said);
    });
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(timer);
      reject(new Error(`the guest ended with ${code}: ${said}`));
    });
  });
