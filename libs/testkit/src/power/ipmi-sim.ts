import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * OpenIPMI's simulator of a BMC on a free port of 127.0.0.1, before a machine that is three files: `power`, `boot` and
 * `done`, what was asked of it, a line each.
 */
export interface IpmiSim {
  readonly port: number;
  readonly user: string;
  readonly password: string;
  isOn(): boolean;
  setOn(on: boolean): void;
  boot(): string;
  done(): string[];
  /** From now on it takes so many seconds to do what it is asked, and answers only then. */
  setSlow(seconds: number): void;
  stop(): Promise<void>;
}

export const IPMI_SIM_PATHS = ['/usr/bin/ipmi_sim', '/usr/bin/ipmitool'];
const READY_MS = 10_000;
const START_TRIES_MAX = 5;

export const startIpmiSim = async (user = 'admin', password = 'S3cret-of-a-BMC'): Promise<IpmiSim> => {
  for (const path of IPMI_SIM_PATHS)
    if (!existsSync(path)) throw new Error(`${path} is missing; install it with: apt-get install -y openipmi ipmitool`);
  const folder = mkdtempSync(join(tmpdir(), 'anneal-ipmi-'));
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'power'), '0\n');
  writeFileSync(join(folder, 'boot'), 'none\n');
  writeFileSync(join(folder, 'done'), '');
  writeFileSync(join(folder, 'chassis'), CHASSIS, { mode: 0o755 });
  writeFileSync(join(folder, 'commands'), COMMANDS);
  for (let tried = 1; ; tried += 1) {
    const port = await freePort();
    writeFileSync(join(folder, 'lan.conf'), lanConf(folder, port, user, password), { mode: 0o600 });
    const child = await launch(folder, port);
    if (child) return running(child, folder, port, user, password);
    if (tried >= START_TRIES_MAX) {
      rmSync(folder, { recursive: true, force: true });
      throw new Error(`ipmi_sim did not start in ${START_TRIES_MAX} tries`);
    }
  }
};

const running = (child: ChildProcess, folder: string, port: number, user: string, password: string): IpmiSim => {
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8').trim();
  return {
    port,
    user,
    password,
    isOn: () => read('power') === '1',
    setOn: (on) => writeFileSync(join(folder, 'power'), on ? '1\n' : '0\n'),
    boot: () => read('boot'),
    done: () => read('done').split('\n'),
    setSlow: (seconds) => writeFileSync(join(folder, 'slow'), `${seconds}\n`),
    stop: async () => {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      if (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGKILL');
        await gone;
      }
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

/** Null when it ended before it answered: somebody else took the port. */
const launch = async (folder: string, port: number): Promise<ChildProcess | null> => {
  const child = spawn(
    'ipmi_sim',
    ['-n', '-c', join(folder, 'lan.conf'), '-f', join(folder, 'commands'), '-s', join(folder, 'state')],
    { stdio: 'ignore', cwd: folder },
  );
  const ended = new Promise<'ended'>((resolve) => {
    child.once('exit', () => resolve('ended'));
    child.once('error', () => resolve('ended'));
  });
  const end = performance.now() + READY_MS;
  while (performance.now() < end) {
    const first = await Promise.race([ended, pong(port)]);
    if (first === 'ended') return null;
    if (first) return child;
  }
  child.kill('SIGKILL');
  return null;
};

/** Whether it answers a presence ping (ASF 2.0 §3.2.4.2) within a moment. */
const pong = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (answered: boolean): void => {
      clearTimeout(timer);
      socket.close();
      resolve(answered);
    };
    const timer = setTimeout(done, 100, false);
    socket.once('message', () => done(true));
    socket.once('error', () => done(false));
    socket.send(Buffer.from('0600ff0600 0011be80000000'.replaceAll(' ', ''), 'hex'), port, '127.0.0.1');
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = createSocket('udp4');
    socket.once('error', reject);
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });

const lanConf = (folder: string, port: number, user: string, password: string): string => `name "test"
set_working_mc 0x20
  startlan 1
    addr 127.0.0.1 ${port}
    priv_limit admin
    allowed_auths_callback none md2 md5 straight
    allowed_auths_user none md2 md5 straight
    allowed_auths_operator none md2 md5 straight
    allowed_auths_admin none md2 md5 straight
    guid a123456789abcdefa123456789abcdef
  endlan
  chassis_control "${join(folder, 'chassis')} 0x20"
  user 1 false "" "" user 10 none md2 md5 straight
  user 2 true "${user}" "${password}" admin 10 none md2 md5 straight
`;

const COMMANDS = `mc_setbmc 0x20
mc_add 0x20 0 has-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
mc_enable 0x20
`;

const CHASSIS = `#!/bin/sh
cd "$(dirname "$0")" || exit 1
shift
verb=$1
shift
case $verb in
get)
  for name in "$@"; do
    if [ -f "$name" ]; then echo "$name:$(cat "$name")"; else echo "$name:0"; fi
  done ;;
set)
  if [ -f slow ]; then sleep "$(cat slow)"; fi
  while [ $# -ge 2 ]; do
    echo "$1 $2" >>done
    case $1 in power | boot) echo "$2" >"$1" ;; esac
    shift 2
  done ;;
esac
exit 0
`;
