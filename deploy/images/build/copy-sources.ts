import { chmod, copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { walk } from './walk.js';

/** Copies our own files into a root; what begins with `#!` may be executed, whatever the checkout made of it. */
export async function copySources(from: string, to: string): Promise<void> {
  for await (const { path, kind } of walk(from)) {
    if (kind !== 'file') continue;
    const source = join(from, path);
    const target = join(to, path);
    await mkdir(dirname(target), { recursive: true });
    await rm(target, { force: true });
    await copyFile(source, target);
    const isProgram = (await readFile(source)).subarray(0, 2).toString() === '#!';
    await chmod(target, isProgram ? 0o755 : 0o644);
  }
}
