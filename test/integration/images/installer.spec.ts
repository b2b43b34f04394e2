import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

/** What the installer refuses before it opens anything: orders that make no sense, and disks that are not what was granted. */
const run = promisify(execFile);
const INSTALL = join(import.meta.dirname, '../../../deploy/images/install');
const PARTS = join(INSTALL, 'parts');
const JOIN = join(import.meta.dirname, '../../../libs/catalog/bootenvs/shared/anneal-join.sh');
const GIB = 2 ** 30;
const RUN_MS = 20_000;

const DISK = {
  ...{ name: 'vda', id: 'wwn:0x5', bytes: 4 * GIB, sector_bytes: 512, serial: 'A', wwn: '0x5', bus_path: 'pci-1' },
  ...{ removable: false, read_only: false },
};
const OTHER = { ...DISK, name: 'vdb', serial: 'B', wwn: '0x6', bus_path: 'pci-2', id: 'wwn:0x6' };
const GRANT = { id: 'wwn:0x5', bytes: 4 * GIB, serial: 'A' as string | null, wwn: '0x5' as string | null };
const ORDER = {
  install: '0192aaaa-bbbb-7ccc-8ddd-1234567890ab',
  token: 'order-token',
  report_url: 'http://127.0.0.1:1/api/v2/installs/I',
  node: { id: 'n1', name: 'n1.example.com' },
  disks: [GRANT],
  layout: 'plain',
  image: { url: 'http://127.0.0.1:1/x', sha256: 'a'.repeat(64), bytes: 10, raw_bytes: GIB, compression: 'zstd' },
  files: [{ path: '/etc/motd', mode: '0644', content: 'hello' }],
  authorized_keys: ['ssh-ed25519 AAAA me'],
  kernel_params: ['quiet'],
  packages: [],
  join: { url: 'http://127.0.0.1:1/join', token: 'join-token' },
  proxy: null as string | null,
};

describe('the installer', () => {
  let folder: string;
  let state: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-installer-'));
    state = join(folder, 'state');
    await mkdir(state);
    await mkdir(join(folder, 'proc'));
    for (const table of ['mounts', 'swaps']) await writeFile(join(folder, 'proc', table), '');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const machine = async (disks: readonly (typeof DISK)[]): Promise<void> => {
    await writeFile(join(folder, 'disks.sh'), `cat <<'E'\n${JSON.stringify(disks)}\nE\n`);
    for (const [index, { name }] of disks.entries()) {
      await mkdir(join(folder, 'sys/block', name, 'holders'), { recursive: true });
      await writeFile(join(folder, 'sys/block', name, 'diskseq'), `${index + 1}\n`);
      await writeFile(join(folder, 'sys/block', name, 'size'), `${(4 * GIB) / 512}\n`);
    }
  };
  /** Runs a part; what made it fail, or null. */
  const part = async (script: string): Promise<string | null> => {
    const env = {
      ...{ PATH: process.env['PATH'], PARTS, STATE: state, ANNEAL_DISKS: join(folder, 'disks.sh') },
      ...{ ANNEAL_SYS: join(folder, 'sys'), ANNEAL_PROC: join(folder, 'proc') },
    };
    return run('sh', ['-c', script], { env, timeout: RUN_MS }).then(
      () => null,
      (error: { stdout?: string }) => error.stdout?.trim() ?? '',
    );
  };
  const order = async (over: object): Promise<string | null> => {
    await writeFile(join(state, 'order.json'), JSON.stringify({ ...ORDER, ...over }));
    return part('. "$PARTS/order.sh"; check_order');
  };
  /** Null when the disks were found; else why not. */
  const verify = async (over: object = {}): Promise<string | null> => {
    expect(await order(over)).toBeNull();
    if ((await part('sh "$PARTS/step-verify.sh"')) === null) return null;
    return (await readFile(join(state, 'reason'), 'utf8')).trim();
  };

  it('takes an order that makes sense, and keeps its words apart', async () => {
    expect(await order({})).toBeNull();
    const words = await readFile(join(state, 'words'), 'utf8');
    expect(words).toContain('node n1.example.com\n');
    expect(words).toContain(`image_raw_bytes ${GIB}\n`);
  });

  it.each([
    ['without disks', { disks: [] }, 'no disk is granted'],
    ['that grants a disk twice', { disks: [GRANT, GRANT] }, 'granted twice'],
    ['for a mirror of one disk', { layout: 'raid1' }, 'needs two'],
    ['with a layout of its own', { layout: 'zfs' }, 'none of plain'],
    ['without a digest', { image: { ...ORDER.image, sha256: 'abc' } }, 'SHA-256'],
    ['with a file above the root', { files: [{ path: '/a/../../b', mode: '644', content: '' }] }, 'no absolute path'],
    ['with a name that holds a line', { node: { id: 'n', name: 'a\nb' } }, 'no host name'],
    ['with a key of two lines', { authorized_keys: ['a\nb'] }, 'no single line'],
    ['with a parameter of two', { kernel_params: ['a b'] }, 'kernel parameter'],
    ['with a proxy that would end a line', { proxy: 'http://x";\nEvil "' }, 'proxy'],
    ['with a token of two lines', { token: 'a\nlayout lvm' }, 'token'],
  ])('refuses an order %s', async (_what, over, why) => {
    expect(await order(over)).toContain(why);
  });

  it('finds the granted disk under whatever name it has now', async () => {
    await machine([
      { ...OTHER, name: 'vda' },
      { ...DISK, name: 'vdb' },
    ]);
    expect(await verify()).toBeNull();
    expect(await readFile(join(state, 'disks'), 'utf8')).toBe('vdb\n');
  });

  it.each([
    ['is not there', [OTHER], {}, 'is not among the disks'],
    ['is there twice', [DISK, { ...OTHER, wwn: '0x5' }], {}, 'cannot be told apart'],
    ['has another size', [{ ...DISK, bytes: 5 * GIB }], {}, 'one of 4294967296 was granted'],
    ['has another serial number', [{ ...DISK, serial: 'Z' }], {}, 'serial number Z'],
    [
      'has another WWN',
      [{ ...DISK, wwn: '0x7', id: 'serial:A' }],
      { disks: [{ ...GRANT, id: 'serial:A' }] },
      'WWN 0x7',
    ],
    [
      'stands where one that says nothing of itself was granted',
      [DISK],
      { disks: [{ ...GRANT, id: 'path:pci-1', serial: null, wwn: null }] },
      'and a disk without either was granted',
    ],
    ['can be taken out', [{ ...DISK, removable: true }], {}, 'can be taken out'],
    ['cannot be written to', [{ ...DISK, read_only: true }], {}, 'read-only'],
    ['is too small', [DISK], { image: { ...ORDER.image, raw_bytes: 4 * GIB } }, 'the image needs'],
    ['has sectors of 4096 bytes', [{ ...DISK, sector_bytes: 4_096 }], {}, 'sectors of 4096'],
    [
      'was granted under two ids',
      [DISK],
      { disks: [GRANT, { ...GRANT, id: 'path:pci-1' }] },
      'two grants mean the same',
    ],
  ])('touches nothing when the granted disk %s', async (_what, disks, over, why) => {
    await machine(disks);
    expect(await verify(over)).toContain(why);
  });

  it('touches nothing when the granted disk is mounted, or carries a volume', async () => {
    await machine([DISK]);
    await writeFile(join(folder, 'proc/mounts'), '/dev/vda1 /data ext4 rw 0 0\n');
    expect(await verify()).toContain('in use by this system');
    await writeFile(join(folder, 'proc/mounts'), '/dev/vdaa1 /data ext4 rw 0 0\n');
    expect(await verify()).toBeNull();
    await mkdir(join(folder, 'sys/block/vda/vda2/holders/dm-0'), { recursive: true });
    expect(await verify()).toContain('held by dm-0');
  });

  it('writes nothing before the server has heard that it is about to', async () => {
    const { createServer } = await import('node:http');
    const before = async (statuses: readonly number[]): Promise<string | null> => {
      let count = 0;
      const server = createServer((request, response) => {
        request.resume().on('end', () => response.writeHead(statuses[count++] ?? 500).end('{}'));
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const { port } = server.address() as { port: number };
      expect(await order({ report_url: `http://127.0.0.1:${port}/api/v2/installs/I` })).toBeNull();
      const script =
        '. "$PARTS/order.sh"; . "$PARTS/report.sh"; HEARD_SECONDS=2; : >"$STATE/log"; write_machine; report_until_heard wipe 1 x';
      try {
        return (await part(script)) === null ? null : (await readFile(join(state, 'reason'), 'utf8')).trim();
      } finally {
        await new Promise((resolve) => server.close(resolve));
      }
    };
    expect(await before([503, 200])).toBeNull();
    expect(await before([500, 500, 500, 500])).toContain('nobody answered');
    expect(await before([410])).toContain('has ended this install');
  });

  it('notices that a disk was exchanged between looking and writing', async () => {
    await machine([DISK]);
    expect(await verify()).toBeNull();
    const recheck = '. "$PARTS/say.sh"; . "$PARTS/disk-facts.sh"; recheck_disks';
    expect(await part(recheck)).toBeNull();
    await writeFile(join(folder, 'sys/block/vda/diskseq'), '9\n');
    expect(await part(recheck)).not.toBeNull();
    expect(await readFile(join(state, 'reason'), 'utf8')).toContain('plugged in or out');
  });
});

describe('the program that joins', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-join-'));
    await mkdir(join(folder, 'ssh'));
    await writeFile(join(folder, 'ssh/ssh_host_ed25519_key.pub'), 'ssh-ed25519 AAAA root@n1\n');
    await writeFile(join(folder, 'join-token'), 'join-token\n');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const join1 = async (statuses: number[], path = process.env['PATH'] ?? ''): Promise<unknown[]> => {
    const { createServer } = await import('node:http');
    const bodies: unknown[] = [];
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece: Buffer) => (body += piece.toString()));
      request.on('end', () => {
        bodies.push(JSON.parse(body));
        response.writeHead(statuses[bodies.length - 1] ?? 500).end();
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await writeFile(join(folder, 'join-url'), `http://127.0.0.1:${port}/api/v2/installs/I/join\n`);
    const env = { ANNEAL_JOIN_PATH: path, ANNEAL_JOIN_FOLDER: folder, ANNEAL_JOIN_KEYS: join(folder, 'ssh') };
    try {
      await run('/bin/bash', [JOIN], { env, timeout: RUN_MS });
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
    return bodies;
  };
  const token = (): Promise<string | null> => readFile(join(folder, 'join-token'), 'utf8').catch(() => null);

  it('tries until the server has heard it, and forgets its token then', async () => {
    const bodies = await join1([503, 200]);
    expect(bodies).toHaveLength(2);
    expect(bodies[1]).toEqual({
      token: 'join-token',
      boot_id: (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim(),
      host_key: 'ssh-ed25519 AAAA',
    });
    expect(await token()).toBeNull();
  });

  it('gives up what the server never takes', async () => {
    expect(await join1([409])).toHaveLength(1);
    expect(await token()).toBeNull();
  });

  it('needs no curl', async () => {
    const bin = join(folder, 'bin');
    await mkdir(bin);
    for (const name of ['cat', 'cut', 'sed', 'sleep', 'rm'])
      await writeFile(join(bin, name), `#!/bin/sh\nPATH=/usr/bin:/bin exec ${name} "$@"\n`);
    for (const name of ['cat', 'cut', 'sed', 'sleep', 'rm']) await chmod(join(bin, name), 0o755);
    expect(await join1([200], bin)).toHaveLength(1);
  });
});

describe('an order that is handed over', () => {
  it('is refused while another one is worked off, and when it makes no sense', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'anneal-order-'));
    const state = join(folder, 'state');
    const env = { PATH: process.env['PATH'], ANNEAL_INSTALL_PARTS: PARTS, ANNEAL_INSTALL_STATE: state };
    const hand = async (order: object): Promise<{ code: number; says: string }> => {
      const file = join(folder, 'order.json');
      await writeFile(file, JSON.stringify(order));
      return run('sh', [join(INSTALL, 'anneal-install'), file], { env, timeout: RUN_MS }).then(
        ({ stdout }) => ({ code: 0, says: stdout }),
        ({ code, stderr }: { code: number; stderr: string }) => ({ code, says: stderr }),
      );
    };
    try {
      expect(await hand({})).toEqual({ code: 2, says: expect.stringContaining('cannot be carried out') as string });
      await mkdir(state);
      await writeFile(join(state, 'pid'), String(process.pid));
      await writeFile(join(state, 'step'), 'write');
      expect(await hand(ORDER)).toEqual({ code: 3, says: expect.stringContaining('under way: write') as string });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
