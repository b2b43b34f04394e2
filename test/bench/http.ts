import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { ContentStore, findNginx } from '#netio';
import { CHECKOUT } from '../../deploy/runtime/index.js';
import type { Bench } from './bench.js';

/**
 * Boot files over HTTP to many clients at once: a loader of one megabyte by its name, and an image of 300 MB by its
 * digest. Ours, with nginx in front as netboot runs it where there is one, and without; against nginx that serves the same
 * files as they lie.
 */
const LOADER_BYTES = 1_000_000;
const IMAGE_BYTES = 300_000_000;
const CLIENTS = 50;
const LOADER_SECONDS = 4;
/** A whole image takes a client seconds when fifty share the machine. */
const IMAGE_SECONDS = 8;
const READY_MS_MAX = 20_000;

const run = promisify(execFile);

export const httpBench: Bench = {
  name: 'http',
  says: 'a 1 MB loader and a 300 MB image to 50 clients over HTTP, against nginx',
  rounds: 3,
  round: async (_args, progress) => {
    const nginx = findNginx();
    if (!nginx) throw new Error('nginx is missing: install the Debian package nginx-light');
    const folder = await mkdtemp(join(tmpdir(), 'anneal-bench-http-'));
    try {
      await chmod(folder, 0o755);
      const root = join(folder, 'boot');
      await mkdir(join(root, 'files'), { recursive: true });
      await writeFile(join(root, 'files', 'loader'), randomBytes(LOADER_BYTES));
      const image = join(root, 'files', 'image');
      await writeFile(image, randomBytes(IMAGE_BYTES));
      const { sha256 } = await new ContentStore(root).put(createReadStream(image));
      const rates: Record<string, { loader: number; image: number }> = {};
      for (const who of ['ours', 'peer', 'node'] as const) {
        const port = await freePort();
        const server =
          who === 'peer'
            ? await startPeer(nginx, folder, root, port)
            : startOurs(folder, root, port, who === 'ours' ? 'nginx' : 'node');
        try {
          const at = (path: string): string => `http://127.0.0.1:${port}${path}`;
          await answers(at('/files/loader'));
          const loader = await rate(at('/files/loader'), LOADER_SECONDS);
          const byDigest = await rate(at(`/content/sha256/${sha256}`), IMAGE_SECONDS);
          rates[who] = { loader, image: byDigest };
          progress(`${who}: loader ${loader.toFixed(0)} MB/s, image ${byDigest.toFixed(0)} MB/s`);
        } finally {
          await ended(server);
        }
      }
      const { ours, peer, node } = rates as Record<'ours' | 'peer' | 'node', { loader: number; image: number }>;
      return {
        metrics: {
          ours_mb_s: ours.image,
          peer_mb_s: peer.image,
          ratio: ours.image / peer.image,
          loader_ours_mb_s: ours.loader,
          loader_peer_mb_s: peer.loader,
          loader_ratio: ours.loader / peer.loader,
          node_mb_s: node.image,
          node_loader_mb_s: node.loader,
        },
        settings: { loader_bytes: LOADER_BYTES, image_bytes: IMAGE_BYTES, clients: CLIENTS, peer: 'nginx' },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

const startOurs = (folder: string, root: string, port: number, how: 'nginx' | 'node'): ChildProcess =>
  spawn(
    process.execPath,
    [join(CHECKOUT, 'dist/test/bench/boot/serve-http.js'), root, join(folder, how), String(port), how],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );

/** nginx as one would set it up by hand for static files. */
const startPeer = async (program: string, folder: string, root: string, port: number): Promise<ChildProcess> => {
  const prefix = join(folder, 'peer');
  await mkdir(prefix);
  await writeFile(
    join(prefix, 'nginx.conf'),
    `daemon off; worker_processes 2; pid ${prefix}/pid; error_log stderr error;
     events { worker_connections 1024; }
     http { access_log off; sendfile on; sendfile_max_chunk 2m; tcp_nopush on; default_type application/octet-stream;
       ${['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${prefix}/${name};`).join(' ')}
       server { listen 127.0.0.1:${port}; root ${root}; } }\n`,
  );
  return spawn(program, ['-p', prefix, '-c', join(prefix, 'nginx.conf'), '-e', 'stderr'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
};

/** Megabytes (10^6) a second, by wrk. */
const rate = async (url: string, seconds: number): Promise<number> => {
  const { stdout } = await run(
    'wrk',
    ['-t', '1', '-c', String(CLIENTS), '-d', `${seconds}s`, '--timeout', '60s', url],
    { timeout: (seconds + 60) * 1_000 },
  );
  const [, figure, unit] = /Transfer\/sec:\s+([\d.]+)(KB|MB|GB)/.exec(stdout) ?? [];
  const errors = /Non-2xx or 3xx responses: (\d+)/.exec(stdout);
  if (!figure || errors) throw new Error(`wrk did not get what it asked for:\n${stdout}`);
  return (Number(figure) * ({ KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }[unit as 'KB'] ?? 0)) / 1e6;
};

const answers = async (url: string): Promise<void> => {
  const until = performance.now() + READY_MS_MAX;
  while (
    !(await fetch(url, { method: 'HEAD' }).then(
      ({ ok }) => ok,
      () => false,
    ))
  ) {
    if (performance.now() > until) throw new Error(`${url} does not answer`);
    await pause(50);
  }
};

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 8_000);
  await gone;
  clearTimeout(late);
};

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer();
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
