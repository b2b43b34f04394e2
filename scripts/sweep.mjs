#!/usr/bin/env node
/**
 * Stops the processes that carry our ANNEAL_RUN_MARK in their environment, which are those that this run started and
 * nobody else's: SIGTERM, some seconds, SIGKILL. Names each that it had to stop. We and our ancestors are left alone.
 */
import { readFileSync, readdirSync } from 'node:fs';

const MARK = `ANNEAL_RUN_MARK=${process.env.ANNEAL_RUN_MARK}`;
/** What is just ending gets this long before anything is said, and after SIGTERM once more. */
const GRACE_MS = 5000;
const LOOK_EVERY_MS = 100;

if (!process.env.ANNEAL_RUN_MARK) throw new Error('ANNEAL_RUN_MARK is not set: it says which processes to look for');

const spared = ancestry();
if (await gone()) process.exit(0);
for (const { pid, command } of marked()) {
  console.log(`left behind, stopped now: ${pid} ${command}`);
  send(pid, 'SIGTERM');
}
if (!(await gone())) for (const { pid } of marked()) send(pid, 'SIGKILL');

async function gone() {
  for (const until = Date.now() + GRACE_MS; Date.now() < until;) {
    if (marked().length === 0) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return marked().length === 0;
}

function marked() {
  return (
    readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && !spared.has(Number(entry)))
      .filter((entry) => read(`/proc/${entry}/environ`).split('\0').includes(MARK))
      .map((entry) => ({ pid: Number(entry), command: read(`/proc/${entry}/cmdline`).replaceAll('\0', ' ').trim() }))
      // A zombie has no command line any more.
      .filter(({ command }) => command !== '')
  );
}

function ancestry() {
  const pids = new Set();
  for (let pid = process.pid; pid > 0 && !pids.has(pid);) {
    pids.add(pid);
    pid = Number(/^PPid:\s*(\d+)/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
  }
  return pids;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended by itself.
  }
}
