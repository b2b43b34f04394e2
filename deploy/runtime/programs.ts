import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.js';

/**
 * The file that starts one of our programs (`server`, `worker`, `netboot`, `cli`): its bundle (scripts/bundle.mjs) when
 * that is of the code that was compiled last, which starts in a third of the time, else the compiled tree. Null when it is
 * not part of this installation.
 */
export function programFile(name: string): string | null {
  const dist = join(CHECKOUT, 'dist');
  const bundle = join(dist, 'bundle', `${name}.js`);
  const of = read(join(dist, 'bundle', '.of'));
  if (of !== null && of === read(join(dist, '.compiled')) && existsSync(bundle)) return bundle;
  const tree = join(dist, 'apps', name, 'src', 'main.js');
  return existsSync(tree) ? tree : null;
}

const read = (path: string): string | null => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
};
