#!/usr/bin/env node
/**
 * Writes the files that follow from others: each module of scripts/gen names its `file` and `print`s it. With --check
 * nothing is written; files that are not what would be written are named, and the exit code is 1. The files are committed
 * and reviewed like any other.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CHECKOUT } from './checkout.mjs';
import { install } from './install.mjs';

const GENERATORS = join(CHECKOUT, 'scripts', 'gen');
const checkOnly = process.argv.includes('--check');

await install();
const { build } = await import('./build.mjs');
await build();

let stale = 0;
for (const name of readdirSync(GENERATORS)
  .filter((each) => each.endsWith('.mjs'))
  .sort()) {
  const { file, print } = await import(join(GENERATORS, name));
  const path = join(CHECKOUT, file);
  const text = (await print()).trimEnd() + '\n';
  const before = existsSync(path) ? readFileSync(path, 'utf8') : null;
  if (before === text) continue;
  stale += 1;
  if (checkOnly) {
    console.error(
      `${file} is not what \`npm run gen\` makes${before === null ? ': it is missing' : firstDifference(before, text)}`,
    );
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    console.log(`wrote ${file}`);
  }
}
if (checkOnly && stale > 0) {
  console.error('run `npm run gen`, look at the change, and commit it');
  process.exitCode = 1;
}

function firstDifference(before, after) {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  const at = fresh.findIndex((line, index) => line !== old[index]);
  return `; line ${at + 1} is\n  ${old[at] ?? '(missing)'}\nand would be\n  ${fresh[at] ?? '(gone)'}`;
}
