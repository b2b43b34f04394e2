import { open, readdir, readlink, lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImageArchitecture } from './architecture.js';

/**
 * Looks whether every program and library of an image finds the libraries that it asks for, without running any: packages
 * are left out on purpose, and one too many would else be noticed by a machine that does not boot.
 */

/** Folders that the loader of Debian looks into, and those that one package keeps its own libraries in. */
const TRIPLETS: Readonly<Record<ImageArchitecture, string>> = { amd64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' };

export async function refuseMissingLibraries(root: string, architecture: ImageArchitecture): Promise<void> {
  const found = new Set<string>();
  const asked = new Map<string, readonly string[]>();
  for (const folder of ['usr/bin', 'usr/sbin', 'usr/lib64', 'usr/lib', `usr/lib/${TRIPLETS[architecture]}`]) {
    const all = await readdir(join(root, folder)).catch(() => []);
    for (const name of all) {
      const path = join(root, folder, name);
      const stats = await lstat(path);
      if (name.includes('.so')) found.add(name);
      const isText = stats.isSymbolicLink() && (await readlink(path)) !== '';
      if (!stats.isFile() || isText) continue;
      for (const library of await neededBy(path))
        asked.set(library, [...(asked.get(library) ?? []), `${folder}/${name}`]);
    }
  }
  const missing = [...asked].filter(([library]) => !found.has(library));
  if (missing.length > 0)
    throw new Error(
      `the image lacks libraries: ${missing.map(([library, by]) => `${library} (asked for by ${by.join(' ')})`).join(', ')}`,
    );
}

const DYNAMIC_SECTION = 6;
const STRING_SECTION = 3;
const NEEDED_TAG = 1n;

/** Names of the libraries that an ELF file of 64 bits asks for; none for any other file. */
export async function neededBy(path: string): Promise<readonly string[]> {
  const handle = await open(path);
  try {
    const read = async (length: number, at: number): Promise<Buffer> => {
      const buffer = Buffer.alloc(length);
      await handle.read(buffer, 0, length, at);
      return buffer;
    };
    const head = await read(64, 0);
    if (head.toString('latin1', 0, 5) !== '\x7fELF\x02') return [];
    const [start, size, count] = [Number(head.readBigUInt64LE(40)), head.readUInt16LE(58), head.readUInt16LE(60)];
    if (count === 0) return [];
    const table = await read(size * count, start);
    const section = (index: number) => {
      const at = index * size;
      const type = table.readUInt32LE(at + 4);
      const link = table.readUInt32LE(at + 40);
      return {
        type,
        link,
        offset: Number(table.readBigUInt64LE(at + 24)),
        length: Number(table.readBigUInt64LE(at + 32)),
      };
    };
    const sections = Array.from({ length: count }, (_none, index) => section(index));
    const dynamic = sections.find(({ type }) => type === DYNAMIC_SECTION);
    const strings = dynamic && sections[dynamic.link];
    if (!dynamic || strings?.type !== STRING_SECTION) return [];
    const entries = await read(dynamic.length, dynamic.offset);
    const text = await read(strings.length, strings.offset);
    const names: string[] = [];
    for (let at = 0; at + 16 <= entries.length; at += 16) {
      if (entries.readBigUInt64LE(at) !== NEEDED_TAG) continue;
      const from = Number(entries.readBigUInt64LE(at + 8));
      names.push(text.toString('latin1', from, text.indexOf(0, from)));
    }
    return names;
  } finally {
    await handle.close();
  }
}
