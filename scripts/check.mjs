#!/usr/bin/env node
/**
 * What a change must pass beside its tests: types, lint, the dependency rules, generated files fresh (among them
 * migrations/schema.sql, which must equal what the migrations make). All are run, two at a time, and the output of each
 * that fails is printed whole.
 *
 * Usage: node scripts/check.mjs [NAME...], with names from CHECKS; without any, all.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.mjs';
import { install } from './install.mjs';

/** Name, what it says when it fails, and the command; longest first. */
const CHECKS = [
  ['types', 'tsc finds errors', ['typescript/bin/tsc', '--noEmit', '-p', 'tsconfig.json']],
  ['promises', 'eslint finds errors; rules and reasons are in eslint.config.js', ['eslint/bin/eslint.js', '.']],
  ['web', 'the web interface does not compile', ['../scripts/web.mjs', 'check']],
  ['generated', 'generated files are stale', ['../scripts/gen.mjs', '--check']],
  [
    'boundaries',
    'imports cross a boundary; the rules are in .dependency-cruiser.cjs',
    ['dependency-cruiser/bin/dependency-cruise.mjs', 'libs', 'apps', 'deploy', 'test'],
  ],
  ['lint', 'oxlint finds errors; rules and reasons are in .oxlintrc.json', ['oxlint/bin/oxlint', '--quiet']],
];
const AT_ONCE = 2;
/** The slowest takes a minute on two quiet cores, and several where others work beside it. */
const CHECK_MS_MAX = 900_000;

await install();
const names = process.argv.slice(2);
const unknown = names.filter((name) => !CHECKS.some(([known]) => known === name));
if (unknown.length > 0)
  throw new Error(`no check is called ${unknown.join(', ')}; there are ${CHECKS.map(([name]) => name).join(', ')}`);

const waiting = CHECKS.filter(([name]) => names.length === 0 || names.includes(name));
const failures = [];
await Promise.all(Array.from({ length: AT_ONCE }, work));
for (const { what, output } of failures) console.error(`\n${what}:\n${output}`);
process.exitCode = failures.length > 0 ? 1 : 0;

async function work() {
  for (let next = waiting.shift(); next; next = waiting.shift()) {
    const [name, what, [program, ...args]] = next;
    const before = performance.now();
    const { ok, output } = await run(join(CHECKOUT, 'node_modules', program), args);
    console.error(
      `${ok ? 'ok    ' : 'FAILED'} ${name.padEnd(10)} ${((performance.now() - before) / 1000).toFixed(1)} s`,
    );
    if (!ok) failures.push({ what: `${name}: ${what}`, output });
  }
}

function run(program, args) {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: CHECK_MS_MAX,
    env: { ...process.env, NO_COLOR: '1' },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve) => child.once('close', (code) => resolve({ ok: code === 0, output: output.trim() })));
}
