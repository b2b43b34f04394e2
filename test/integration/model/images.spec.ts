import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CheckImages, ImportShippedBootenvs, type ImageView } from '#app';
import { ShippedBootenvFolder } from '#catalog';
import { isRefusal, type Refusal } from '#core';
import { StoredImages } from '#netio';
import { TimeOrderedIds } from '#store';
import { openWorld, type World } from './world.js';

const given = <Value>(value: Value | Refusal): Value => {
  if (isRefusal(value)) throw new Error(value.detail);
  return value;
};

const CONTENT = Buffer.from('a disk, packed');
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');

describe('images', () => {
  let world: World;
  let root: string;
  let check: CheckImages;
  const image = (over: Partial<ImageView> = {}) => ({
    name: 'debian-12',
    description: '',
    kind: 'image' as const,
    os: { family: 'debian', version: '12', codename: 'bookworm', arch: 'x86_64' },
    sha256: SHA256 as string | null,
    bytes: CONTENT.length,
    rawBytes: 4_096,
    compression: 'zstd' as const,
    layouts: ['plain'] as const,
    firmware: ['bios'] as const,
    bootenv: 'install',
    errors: [],
    ...over,
  });
  const put = async (name: string, content: Buffer): Promise<void> => {
    await mkdir(join(root, 'files', 'images'), { recursive: true });
    await writeFile(join(root, 'files', 'images', name), content);
  };
  const errorsOf = async (key: string) => given(await world.images.show.execute({ key })).errors;

  beforeAll(async () => {
    world = await openWorld({ name: 'images' });
    root = await mkdtemp(join(tmpdir(), 'anneal-images-'));
    const { unitOfWork } = world;
    await new ImportShippedBootenvs({ unitOfWork, ids: new TimeOrderedIds() }, new ShippedBootenvFolder()).execute(
      'setup',
    );
    check = new CheckImages({ unitOfWork, imageContents: new StoredImages(root) });
  });

  afterAll(async () => {
    await world.close();
    await rm(root, { recursive: true, force: true });
  });

  it('say why they cannot be installed: no content here, no kernel to boot the machine with', async () => {
    given(await world.images.create.execute('op', image()));
    expect((await check.execute()).changed).toEqual(['debian-12']);
    expect(await errorsOf('debian-12')).toEqual([
      expect.stringContaining(`put it into ANNEAL_HOME/boot/files/images/${SHA256}`),
      expect.stringContaining('boot environment install: it has no kernel'),
    ]);
  });

  it('do not take in content that is not what its name says', async () => {
    await put(SHA256, Buffer.from('something else'));
    await check.execute();
    expect((await errorsOf('debian-12'))[0]).toMatch(/has the SHA-256 [0-9a-f]{64}, and .* is expected/);
  });

  it('are available when content and kernel are there, and that is told', async () => {
    await put(SHA256, CONTENT);
    const { version } = given(await world.bootenvs.show.execute({ key: 'install' }));
    const kernel = { path: 'vmlinuz', sha256: 'a'.repeat(64), bytes: 1 };
    given(await world.bootenvs.update.execute('op', { key: 'install', version, change: { kernel } }));
    expect((await check.execute()).changed).toEqual(['debian-12']);
    expect(await errorsOf('debian-12')).toEqual([]);
    expect(await world.events()).toEqual(expect.arrayContaining(['image.created', 'image.available']));
    expect((await check.execute()).changed).toEqual([]);
  });

  it('that lose their content say so', async () => {
    await rm(join(root, 'content', 'sha256', SHA256));
    await check.execute();
    expect(await errorsOf('debian-12')).toEqual([expect.stringContaining('its content is not here')]);
    expect(await world.events()).toContain('image.unavailable');
  });

  it('are refused when they make no sense, each with what to do', async () => {
    const refused = async (over: Partial<ImageView>): Promise<string> => {
      const made = await world.images.create.execute('op', image({ name: 'other', ...over }));
      return isRefusal(made) ? made.detail : 'made';
    };
    expect(await refused({ sha256: null })).toContain('needs the SHA-256');
    expect(await refused({ kind: 'installer' })).toContain('has no content of its own');
    expect(await refused({ bootenv: 'nowhere' })).toContain('there is no boot environment "nowhere"');
    expect(await refused({ name: 'Debian 12' })).toContain('is no name for an image');
    expect(await refused({ layouts: [] })).toContain('at least: plain');
    expect(await refused({ name: 'debian-12' })).toContain('already');
  });

  it('of an installer have no content, and need their boot environment alone', async () => {
    const row = image({
      name: 'ubuntu-24.04',
      kind: 'installer',
      sha256: null,
      bytes: 0,
      rawBytes: 0,
      bootenv: 'ubuntu-install',
    });
    expect(given(await world.images.create.execute('op', row)).errors).toEqual([
      expect.stringContaining('boot environment ubuntu-install: it has no kernel'),
    ]);
    given(await world.images.remove.execute('op', { key: 'ubuntu-24.04' }));
  });
});
