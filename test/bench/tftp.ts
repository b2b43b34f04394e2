import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT } from '../../deploy/runtime/index.js';
import type { Bench } from './bench.js';

/**
 * A loader of one megabyte over TFTP, to many clients at once: our server against tftpd-hpa, in the same run, on the same
 * files, with the same clients. The clients are curl, each with one transfer after the other.
 */
const LOADER_BYTES = 1_000_000;
const CLIENTS = 50;
/** Transfers of each client: the first second is the start of the clients themselves. */
const TRANSFERS = 12;
const BLOCK_BYTES = 1_468;
const READY_MS_MAX = 15_000;
const ROUND_MS_MAX = 120_000;
const TFTPD = '/usr/sbin/in.tftpd';

export const tftpBench: Bench = {
  name: 'tftp',
  says: 'a 1 MB loader to 50 clients over TFTP, against tftpd-hpa',
  rounds: 3,
  round: async (_args, progress) => {
    if (!existsSync(TFTPD)) throw new Error(`${TFTPD} is missing: install the Debian package tftpd-hpa`);
    const folder = await mkdtemp(join(tmpdir(), 'anneal-bench-tftp-'));
    try {
      // tftpd-hpa gives up its rights before it reads.
      await chmod(folder, 0o755);
      await writeFile(join(folder, 'loader'), randomBytes(LOADER_BYTES), { mode: 0o644 });
      const ours = await measured(folder, startOurs);
      progress(`ours ${ours.toFixed(1)} MB/s`);
      const peer = await measured(folder, startPeer);
      progress(`tftpd-hpa ${peer.toFixed(1)} MB/s`);
      return {
        metrics: { ours_mb_s: ours, peer_mb_s: peer, ratio: ours / peer },
        settings: {
          loader_bytes: LOADER_BYTES,
          clients: CLIENTS,
          transfers: TRANSFERS,
          block_bytes: BLOCK_BYTES,
          peer: 'tftpd-hpa',
        },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

type Start = (folder: string, port: number) => ChildProcess;

const startOurs: Start = (folder, port) =>
  spawn(process.execPath, [join(CHECKOUT, 'dist/test/bench/boot/serve-tftp.js'), folder, String(port)], {
    stdio: 'ignore',
  });

const startPeer: Start = (folder, port) =>
  spawn(TFTPD, ['--foreground', '--listen', '--address', `127.0.0.1:${port}`, '--secure', folder], { stdio: 'ignore' });

/** Megabytes (10^6) a second, over all clients. */
const measured = async (folder: string, start: Start): Promise<number> => {
  const port = await freePort();
  const server = start(folder, port);
  try {
    const until = performance.now() + READY_MS_MAX;
    while (!(await fetches(port, 1))) {
      if (performance.now() > until) throw new Error('the TFTP server does not answer');
      await pause(50);
    }
    const began = performance.now();
    const ends = await Promise.all(Array.from({ length: CLIENTS }, () => fetches(port, TRANSFERS)));
    const seconds = (performance.now() - began) / 1_000;
    if (ends.includes(false)) throw new Error('a client did not get its files');
    return (LOADER_BYTES * CLIENTS * TRANSFERS) / 1e6 / seconds;
  } finally {
    await ended(server);
  }
};

const fetches = (port: number, times: number): Promise<boolean> =>
  new Promise((resolve) => {
    const url = `tftp://127.0.0.1:${port}/loader`;
    const files = Array.from({ length: times }, () => ['-o', '/dev/null', url]).flat();
    const client = spawn(
      'curl',
      ['-s', '-f', '--max-time', String(ROUND_MS_MAX / 1_000), '--tftp-blksize', String(BLOCK_BYTES), ...files],
      { stdio: 'ignore' },
    );
    client.once('error', () => resolve(false));
    client.once('exit', (code) => resolve(code === 0));
  });

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3_000);
  await gone;
  clearTimeout(late);
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1', () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
