import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { CHECKOUT } from '#runtime';
import { occurrences, type Guard } from './guard.js';

/** What the specs of the races need of a checkout; the packages are those of the checkout itself. */
const FOLDERS = ['libs', 'apps', 'deploy', 'test', 'migrations', 'scripts'];
/** Made, or not ours. */
const LEFT_OUT = new Set(['node_modules', 'dist', '.cache']);

/** A copy of the sources in a folder of its own, in which one text may be replaced at a time. It refuses any other edit. */
export class CopiedTree {
  readonly root = mkdtempSync(join(tmpdir(), 'anneal-guards-'));

  constructor() {
    const filter = (source: string) => !LEFT_OUT.has(basename(source));
    for (const folder of FOLDERS) cpSync(join(CHECKOUT, folder), join(this.root, folder), { recursive: true, filter });
    for (const { name } of readdirSync(CHECKOUT, { withFileTypes: true }).filter((each) => each.isFile()))
      cpSync(join(CHECKOUT, name), join(this.root, name));
    symlinkSync(join(CHECKOUT, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Takes the guard out while `work` goes on. Throws when its text does not stand there exactly once. */
  async without<T>({ file, from, to }: Guard, work: (path: string) => Promise<T>): Promise<T> {
    const path = join(this.root, file);
    const whole = readFileSync(path, 'utf8');
    const times = occurrences(whole, from);
    if (times !== 1) throw new Error(`${file} has this text ${times} times, and a guard has to stand there once: ${from}`);
    try {
      writeFileSync(path, whole.replace(from, () => to));
      return await work(path);
    } finally {
      writeFileSync(path, whole);
    }
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
