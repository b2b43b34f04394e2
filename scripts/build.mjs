#!/usr/bin/env node
/**
 * Compiles the sources to `dist/`, the same tree with .js for .ts. An output carries the time of the source it was made
 * from: only sources whose time is another are compiled, and outputs whose source is gone are removed, so a build with
 * nothing to do costs the reading of the file times (some milliseconds). Two builds at once are harmless: a file appears
 * whole. Texts that stand among the sources (a runner in shell, say) are copied. Types are not checked here: `npm run check` does. Specs are not compiled, and the web UI has a build of its own.
 */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createHash, randomUUID } from 'node:crypto';
import { basename, dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHECKOUT } from './checkout.mjs';

const DIST = join(CHECKOUT, 'dist');
const ROOTS = ['libs', 'apps', 'deploy', 'test'];
/** What is shipped is read where it is, and a folder of the same name in `dist/` would be found first. */
const NOT_OURS = new Set([
  'node_modules',
  'apps/web',
  'dist/web',
  'dist/bundle',
  'libs/catalog/barclamps',
  'libs/catalog/bootenvs',
  'libs/catalog/profiles',
]);
/** A change of these changes every output. Their digest stands in `dist/`. */
const SETTINGS = ['.swcrc', 'scripts/build.mjs'];

const SETTINGS_STAMP = join(DIST, '.settings');

/** Another word whenever a program changed; bundles say which one they are of (scripts/bundle.mjs). */
export const COMPILED_STAMP = join(DIST, '.compiled');
export const BUNDLES = join(DIST, 'bundle');

/** Sources whose output is missing or of another time, and outputs without a source. */
export function staleness() {
  const settingsChanged = !existsSync(SETTINGS_STAMP) || readFileSync(SETTINGS_STAMP, 'utf8') !== settingsDigest();
  const outputs = filesBelow(DIST, (name) => name.endsWith('.js') || isText(name));
  const stale = [];
  for (const root of ROOTS) {
    for (const [source, changedAt] of filesBelow(join(CHECKOUT, root), isSource)) {
      const output = join(DIST, relative(CHECKOUT, source)).replace(/\.ts$/, '.js');
      if (settingsChanged || outputs.get(output) !== changedAt) stale.push({ source, output, changedAt });
      outputs.delete(output);
    }
  }
  return { stale, orphans: [...outputs.keys()] };
}

/** @returns {Promise<number>} How many files were compiled. Rejects with the errors of all files that do not compile. */
export async function build() {
  const { stale, orphans } = staleness();
  const programsChange =
    !existsSync(COMPILED_STAMP) || [...stale.map(({ output }) => output), ...orphans].some(isOfPrograms);
  const saySo = () => programsChange && writeWhole(COMPILED_STAMP, randomUUID());
  mkdirSync(DIST, { recursive: true });
  // Before and after: what somebody bundles meanwhile is of neither.
  saySo();
  for (const output of orphans) {
    for (const file of [output, `${output}.map`]) rmSync(file, { force: true });
    removeEmpty(dirname(output));
  }
  if (stale.length === 0) return 0;
  const { transformFile } = await import('@swc/core');
  const failures = [];
  await Promise.all(
    stale.map(async ({ source, output, changedAt }) => {
      try {
        if (isText(source)) {
          mkdirSync(dirname(output), { recursive: true });
          return writeWhole(output, readFileSync(source), changedAt);
        }
        const { code, map } = await transformFile(source, { configFile: join(CHECKOUT, '.swcrc'), cwd: CHECKOUT });
        mkdirSync(dirname(output), { recursive: true });
        writeWhole(`${output}.map`, map ?? '');
        writeWhole(output, `${code}//# sourceMappingURL=${basename(output)}.map\n`, changedAt);
      } catch (error) {
        failures.push(`${relative(CHECKOUT, source)}: ${error instanceof Error ? error.message : error}`);
      }
    }),
  );
  if (failures.length > 0) throw new Error(`${failures.length} files do not compile:\n${failures.join('\n')}`);
  writeWhole(SETTINGS_STAMP, settingsDigest());
  saySo();
  return stale.length;
}

/** Removes a folder that holds nothing any more, and those above it for which that is so then. */
function removeEmpty(folder) {
  try {
    for (let empty = folder; empty.startsWith(`${DIST}/`); empty = dirname(empty)) rmdirSync(empty);
  } catch {
    // It holds something, or somebody else has removed it.
  }
}

const isOfPrograms = (output) => !output.startsWith(join(DIST, 'test'));

/** Writes beside the place and moves there; `changedAt` becomes the file's time (half a millisecond more, so that rounding down gives it back). */
function writeWhole(path, text, changedAt) {
  const draft = `${path}.${process.pid}`;
  writeFileSync(draft, text);
  if (changedAt !== undefined) utimesSync(draft, (changedAt + 0.5) / 1000, (changedAt + 0.5) / 1000);
  renameSync(draft, path);
}

function settingsDigest() {
  const digest = createHash('sha256');
  for (const file of SETTINGS) digest.update(readFileSync(join(CHECKOUT, file)));
  return digest.digest('hex');
}

/** What programs read at run time from beside their code. */
const isText = (name) => /\.(sh|py|json|html|css|svg)$/.test(name);

const isSource = (name) =>
  isText(name) || (name.endsWith('.ts') && !name.endsWith('.spec.ts') && !name.endsWith('.d.ts'));

/** Files below a folder and when each was last written. */
function filesBelow(folder, wanted, found = new Map()) {
  if (!existsSync(folder)) return found;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_OURS.has(entry.name) && !NOT_OURS.has(relative(CHECKOUT, path))) filesBelow(path, wanted, found);
    } else if (wanted(entry.name)) {
      // Milliseconds: what can be set on an output exactly.
      found.set(path, Math.floor(statSync(path).mtimeMs));
    }
  }
  return found;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const before = performance.now();
  const count = await build();
  console.error(
    count === 0 ? 'dist/ is up to date' : `compiled ${count} files in ${Math.round(performance.now() - before)} ms`,
  );
}
