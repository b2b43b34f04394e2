import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as packets from 'dns-packet';
import { freePort } from '#runtime';

/** Milliseconds until a server answers, or has stopped. */
const SERVER_MS_MAX = 20_000;

export interface Peer {
  readonly port: number;
  stop(): Promise<void>;
}

/** The zone file that all peers serve. */
const writeZone = (
  folder: string,
  zone: string,
  names: readonly (readonly [name: string, address: string])[],
): string => {
  const file = join(folder, `${zone}.zone`);
  const head = `$TTL 300\n@ IN SOA ns.${zone}. hostmaster.${zone}. 1 3600 600 604800 30\n@ IN NS ns.${zone}.\nns IN A 127.0.0.1\n`;
  writeFileSync(file, head + names.map(([name, address]) => `${name} IN A ${address}\n`).join(''));
  return file;
};

/** BIND 9 with one worker thread. */
export const startBind = async (
  home: string,
  zone: string,
  names: readonly (readonly [string, string])[],
): Promise<Peer> => {
  const folder = join(home, 'bind');
  mkdirSync(folder);
  const port = await freePort();
  const conf = join(folder, 'named.conf');
  writeFileSync(
    conf,
    `options { directory "${folder}"; pid-file "${folder}/pid"; session-keyfile "${folder}/key"; listen-on port ${port} { 127.0.0.1; };
  listen-on-v6 { none; }; recursion no; dnssec-validation no; minimal-responses yes; };
controls { };
zone "${zone}" { type primary; file "${writeZone(folder, zone, names)}"; };\n`,
  );
  return await begin(port, zone, 'named', ['-g', '-n', '1', '-c', conf]);
};

/** Knot with one worker thread for UDP. */
export const startKnot = async (
  home: string,
  zone: string,
  names: readonly (readonly [string, string])[],
): Promise<Peer> => {
  const folder = join(home, 'knot');
  mkdirSync(folder);
  const port = await freePort();
  const conf = join(folder, 'knot.conf');
  writeZone(folder, zone, names);
  writeFileSync(
    conf,
    `server:
    rundir: "${folder}"
    listen: 127.0.0.1@${port}
    udp-workers: 1
    tcp-workers: 1
    background-workers: 1
database:
    storage: "${folder}"
template:
  - id: default
    storage: "${folder}"
    file: "%s.zone"
zone:
  - domain: ${zone}
`,
  );
  return await begin(port, zone, 'knotd', ['-c', conf]);
};

const begin = async (port: number, zone: string, program: string, args: readonly string[]): Promise<Peer> => {
  const child = spawn(program, [...args], { stdio: 'ignore' });
  const failed = new Promise<never>((_resolve, reject) => child.once('error', reject));
  await Promise.race([untilAnswers(port, zone, child), failed]);
  return {
    port,
    stop: async () => {
      if (child.exitCode !== null) return;
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), SERVER_MS_MAX);
      await gone;
      clearTimeout(late);
    },
  };
};

const untilAnswers = async (port: number, zone: string, child: ChildProcess): Promise<void> => {
  const until = Date.now() + SERVER_MS_MAX;
  while (!(await answers(port, zone))) {
    if (Date.now() > until || child.exitCode !== null)
      throw new Error(`${child.spawnfile} does not answer on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
};

const answers = (port: number, zone: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    const end = (answered: boolean): void => {
      clearTimeout(late);
      socket.close();
      resolve(answered);
    };
    const late = setTimeout(() => end(false), 500);
    socket.once('error', () => end(false));
    socket.once('message', (reply) => end((reply.readUInt8(3) & 0x0f) === 0));
    socket.send(packets.encode({ type: 'query', id: 1, questions: [{ name: zone, type: 'SOA' }] }), port, '127.0.0.1');
  });
