#!/usr/bin/env node
/**
 * `anneal up` from the sources, started again whenever they change (migrations and barclamps are read at a start: save a
 * source to have one). A change that does not compile leaves what runs
 * running and says why. Arguments go to `anneal up`.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './checkout.mjs';
import { install } from './install.mjs';
import { need } from './need.mjs';

const WATCHED = ['libs', 'apps', 'deploy'];
/** An editor and a `git pull` write many files at once. */
const QUIET_MS = 200;

await install();
need('up');
const { build } = await import('./build.mjs');
await build();

let running = start();
let changed;
let stopping = false;
/** Restarts come one after the other. */
let turn = Promise.resolve();
for (const folder of WATCHED) {
  watch(join(CHECKOUT, folder), { recursive: true }, (_event, file) => {
    if (!/\.(ts|sh|json)$/.test(file ?? '') || file.endsWith('.spec.ts')) return;
    clearTimeout(changed);
    changed = setTimeout(() => (turn = turn.then(restart)), QUIET_MS);
  });
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (stopping) process.exit(1);
    stopping = true;
    running.child.kill('SIGTERM');
    void running.ended.then((code) => process.exit(code ?? 0));
  });
}

async function restart() {
  if (stopping) return;
  try {
    if ((await build()) === 0) return;
  } catch (error) {
    console.error(`${error.message}\nwhat runs goes on with the code it has`);
    return;
  }
  console.error('the sources changed: starting again');
  running.child.kill('SIGTERM');
  await running.ended;
  if (!stopping) running = start();
}

/** In a group of its own: Ctrl-C reaches us alone, and it gets one signal, because a second one would end it at once. */
function start() {
  const child = spawn(process.execPath, [join(CHECKOUT, 'bin', 'anneal'), 'up', ...process.argv.slice(2)], {
    cwd: CHECKOUT,
    stdio: ['ignore', 'inherit', 'inherit'],
    // Bundles start faster, and take longer to make than a change should take to be seen.
    env: { ...process.env, ANNEAL_UNBUNDLED: '1' },
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  void ended.then((code) => {
    if (!stopping && code !== 0) console.error('it ended; it is started again when the sources change');
  });
  return { child, ended };
}
