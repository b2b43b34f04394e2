import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SilentLog } from '#app';
import { TftpServer, type TransferReport } from '#netio';

const run = promisify(execFile);
const CLIENT_MS = 20_000;

/** A client of somebody else: how it fetches a file, and how it says that there is none. */
const CLIENTS: readonly {
  readonly name: string;
  readonly probe: readonly string[];
  readonly fetch: (at: { host: string; port: number; file: string; into: string }) => readonly string[];
  readonly families: readonly (4 | 6)[];
}[] = [
  {
    name: 'tftp (tftp-hpa)',
    probe: ['tftp', '-V'],
    fetch: ({ host, port, file, into }) => ['tftp', '-m', 'binary', host, String(port), '-c', 'get', file, into],
    families: [4, 6],
  },
  {
    name: 'atftp',
    probe: ['atftp', '--version'],
    fetch: ({ host, port, file, into }) => ['atftp', '--get', '-r', file, '-l', into, host, String(port)],
    families: [4, 6],
  },
  {
    name: 'atftp with options',
    probe: ['atftp', '--version'],
    fetch: ({ host, port, file, into }) => [
      ...['atftp', '--option', 'blksize 1428', '--option', 'windowsize 8', '--option', 'tsize'],
      ...['--get', '-r', file, '-l', into, host, String(port)],
    ],
    families: [4],
  },
  {
    name: 'curl',
    probe: ['curl', '--version'],
    fetch: ({ host, port, file, into }) => [
      ...['curl', '-sS', '-g', '--max-time', '15', '-o', into],
      `tftp://${host.includes(':') ? `[${host}]` : host}:${port}/${file}`,
    ],
    families: [4, 6],
  },
  {
    name: 'curl with blocks of 1468 bytes',
    probe: ['curl', '--version'],
    fetch: ({ host, port, file, into }) => [
      ...['curl', '-sS', '-g', '--max-time', '15', '--tftp-blksize', '1468', '-o', into],
      `tftp://${host.includes(':') ? `[${host}]` : host}:${port}/${file}`,
    ],
    families: [4, 6],
  },
];

const answers = await Promise.all(
  CLIENTS.map(({ probe: [program = '', ...args] }) =>
    run(program, args).then(
      () => true,
      (error: { code?: unknown }) => error.code !== 'ENOENT',
    ),
  ),
);

describe.each(
  CLIENTS.flatMap((client, index) => client.families.map((family) => ({ ...client, family, there: answers[index] }))),
)('$name on IPv$family', ({ name: client, fetch, family, there }) => {
  const host = family === 4 ? '127.0.0.1' : '::1';
  // Whole blocks of 512 and of 1468, so that an empty last block is seen too; and some more.
  const contents = { whole: randomBytes(512 * 1_468), odd: randomBytes(100_001), empty: Buffer.alloc(0) };
  let folder: string;
  let server: TftpServer;
  let port: number;
  let reports: TransferReport[] = [];

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-tftp-clients-'));
    for (const [name, content] of Object.entries(contents)) await writeFile(join(folder, name), content);
    server = new TftpServer({
      listen: [{ address: host, port: 0 }],
      root: folder,
      log: new SilentLog(),
      onTransfer: (report) => reports.push(report),
    });
    port = (await server.start())[0]?.port as number;
  });

  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  });

  const get = async (file: string): Promise<Buffer | null> => {
    const into = join(folder, `got-${file}`);
    const [program = '', ...args] = fetch({ host, port, file, into });
    await run(program, args, { timeout: CLIENT_MS }).catch(() => {});
    return await readFile(into).catch(() => null);
  };

  it.skipIf(!there)(
    'gets files of every length, byte for byte',
    async () => {
      for (const [name, content] of Object.entries(contents))
        // curl fails by itself on a file without a byte, whoever serves it.
        if (content.length > 0 || !client.startsWith('curl'))
          expect((await get(name))?.equals(content), name).toBe(true);
    },
    60_000,
  );

  it.skipIf(!there)(
    'is told when there is none',
    async () => {
      reports = [];
      expect((await get('absent'))?.length ?? 0).toBe(0);
      await expect
        .poll(() => reports.map(({ outcome, says }) => `${outcome}: ${says}`))
        .toContain('refused: file not found');
    },
    60_000,
  );
});
