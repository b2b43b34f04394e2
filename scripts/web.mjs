#!/usr/bin/env node
/**
 * Builds the web interface into dist/web, which the server serves. First come its types: what the API promises, from the
 * OpenAPI document, so that a call that is not in it does not compile. Both are made again when their inputs have changed,
 * told by a digest; a build with nothing to do costs some milliseconds.
 *
 * Usage: node scripts/web.mjs [types|check|build]; `build` when nothing is said. `check` compiles the types of the web.
 */
import { createHash } from 'node:crypto';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { constants, gzipSync } from 'node:zlib';
import { CHECKOUT } from './checkout.mjs';

const WEB = join(CHECKOUT, 'apps', 'web');
const OUTPUT = join(CHECKOUT, 'dist', 'web');
const STAMP = '.inputs';
/** What becomes smaller by packing, and is sent to browsers. */
const PACKED = /\.(js|css|html|svg)$/;
const TYPES = join(WEB, 'src', 'api', 'schema.gen.d.ts');
const HEAD =
  '/** Made by `node scripts/web.mjs types` from the OpenAPI document; not to be edited, not committed. */\n';

/** Writes the types of the API, when they are not what the route table says. Needs dist/ to be built. */
export async function types() {
  const { openApiDocument } = await import('#api-types');
  const document = openApiDocument('0.0.0');
  const digest = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  const before = existsSync(TYPES) ? readFileSync(TYPES, 'utf8') : '';
  const mark = `/** ${digest} */\n`;
  if (before.startsWith(HEAD + mark)) return;
  const { default: openApiTypes, astToString } = await import('openapi-typescript');
  const text = HEAD + mark + astToString(await openApiTypes(document));
  const draft = `${TYPES}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, TYPES);
}

/** Builds dist/web when a source of it has changed. Returns whether it did. */
export async function buildWeb() {
  await types();
  const digest = inputsDigest();
  const stamp = join(OUTPUT, STAMP);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return false;
  const { build } = await import('vite');
  const draft = `${OUTPUT}.${process.pid}`;
  try {
    await build({ root: WEB, logLevel: 'warn', build: { outDir: draft, emptyOutDir: true } });
    for (const file of filesBelow(draft).filter((name) => PACKED.test(name)))
      writeFileSync(`${file}.gz`, gzipSync(readFileSync(file), { level: constants.Z_BEST_COMPRESSION }));
    writeFileSync(join(draft, STAMP), digest);
    rmSync(OUTPUT, { recursive: true, force: true });
    mkdirSync(join(OUTPUT, '..'), { recursive: true });
    renameSync(draft, OUTPUT);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
  return true;
}

/** The same for programs that can do without: what is wrong is said, and the API is served alone. */
export async function tryBuildWeb() {
  try {
    if (await buildWeb()) console.error('the web interface is built');
  } catch (error) {
    console.error(
      `the web interface cannot be built, so it is not served: ${error instanceof Error ? error.message : error}`,
    );
  }
}

/** Compiles the types of the web interface; the output of tsc is ours. */
export async function check() {
  await types();
  const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
  return spawnSync(process.execPath, [tsc, '--noEmit', '-p', WEB], { stdio: 'inherit' }).status ?? 1;
}

function inputsDigest() {
  const hash = createHash('sha256')
    .update(readFileSync(join(CHECKOUT, 'package-lock.json')))
    .update(readFileSync(new URL(import.meta.url)));
  for (const file of filesBelow(WEB).sort()) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { install } = await import('./install.mjs');
  await install();
  const { build } = await import('./build.mjs');
  await build();
  const what = process.argv[2] ?? 'build';
  if (what === 'types') await types();
  else if (what === 'check') process.exitCode = await check();
  else console.error((await buildWeb()) ? 'dist/web is built' : 'dist/web is up to date');
}
