import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  BIOS_MIB,
  BIOS_SECTOR,
  ESP_MIB,
  ESP_SECTOR,
  patchBootSector,
  patchCore,
  ROOT_SECTOR,
  rootConfig,
} from './loaders.js';
import { debianImage } from './recipe.js';

describe('a disk that starts', () => {
  it('has a boot sector that knows where the core is, and a core that knows where the rest of it is', () => {
    const sector = patchBootSector(Buffer.alloc(512, 0xee));
    expect(sector).toHaveLength(440);
    expect(sector.readBigUInt64LE(0x5c)).toBe(BigInt(BIOS_SECTOR));
    expect(sector[0x64]).toBe(0xff);
    expect(patchCore(Buffer.alloc(40_000)).readBigUInt64LE(0x1f4)).toBe(BigInt(BIOS_SECTOR + 1));
  });

  it('has no core that would run into the next partition', () => {
    expect(() => patchCore(Buffer.alloc(BIOS_MIB * 2 ** 20 + 1))).toThrow(/its partition/);
  });

  it('is divided where the installer expects it', async () => {
    const partition = await readFile(join(import.meta.dirname, '../install/parts/step-partition.sh'), 'utf8');
    const word = (name: string): number => Number(new RegExp(`^${name}=(\\d+)$`, 'm').exec(partition)?.[1]);
    expect([BIOS_SECTOR, BIOS_MIB, ESP_MIB]).toEqual([word('BIOS_START'), word('BIOS_MIB'), word('ESP_MIB')]);
    expect([ESP_SECTOR, ROOT_SECTOR]).toEqual([4_096, 4_096 + 64 * 2_048]);
  });

  it('names its root on the kernel line, and kernel and initrd by links that packages keep', () => {
    expect(rootConfig('UUID=1', ['a=b', 'quiet'])).toContain(
      'linux /vmlinuz root=UUID=1 ro a=b quiet\ninitrd /initrd.img\n',
    );
  });
});

describe('the recipe of an image', () => {
  it('names each package once, with what was wished for', () => {
    const { packages, suite } = debianImage('debian-12', { kernel: 'generic', packages: ['curl', 'vim', 'vim'] });
    expect(suite).toBe('bookworm');
    expect(packages[0]).toBe('linux-image-amd64');
    expect(packages.filter((name) => name === 'vim' || name === 'curl').sort()).toEqual(['curl', 'vim']);
  });

  it('holds no key, no machine id and no name of a machine', () => {
    const { files } = debianImage('debian-12');
    expect(files['/etc/machine-id']).toBe('');
    expect(Object.keys(files).some((path) => path.includes('ssh_host'))).toBe(false);
  });
});
