/**
 * Starting `anneal up` so that it goes on when we end (the lab leaves it running), and stopping such a one. The started
 * process takes its home's pid file; that file and the address beside it are all that both sides share.
 */
import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Home } from './home.js';
import { identityOf, isRunning, signal, waitForEnd } from './process-identity.js';
import { addressOf, upProcessOf } from './up.js';

/** A first start makes the database and migrates it. */
const UP_WITHIN_MS = 120_000;
/** Longer than the supervisor gives to all its children. */
const DOWN_WITHIN_MS = 60_000;
const LOOK_EVERY_MS = 20;
/** How much of the log is quoted when it does not come up. */
const QUOTED_LINES = 20;

/** Runs `node argv...`, which must call `up` on this home; resolves with its address. Its output goes to `up.log`. */
export async function startDetached(
  home: Home,
  argv: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const logFile = join(home.path, 'up.log');
  const output = openSync(logFile, 'w', 0o600);
  const child = spawn(process.execPath, argv, {
    detached: true,
    stdio: ['ignore', output, output],
    env: { ...env, ANNEAL_HOME: home.path },
  });
  closeSync(output);
  const started = identityOf(child.pid ?? 0);
  child.unref();
  for (const until = Date.now() + UP_WITHIN_MS; Date.now() < until; await sleep(LOOK_EVERY_MS)) {
    const address = addressOf(home);
    if (address) return address;
    if (child.exitCode !== null || child.signalCode !== null || !isRunning(started)) break;
  }
  const said = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-QUOTED_LINES).join('\n');
  throw new Error(`Anneal does not come up; see ${logFile}, which ends with:\n${said}`);
}

/** Stops the `anneal up` of this home, if there is one, and waits for its end. */
export async function stopDetached(home: Home): Promise<void> {
  const running = upProcessOf(home);
  if (running === null) return;
  signal(running, 'SIGTERM');
  const left = await waitForEnd([running], DOWN_WITHIN_MS);
  if (left.length > 0)
    throw new Error(
      `process ${running.pid} does not end; see ${join(home.path, 'up.log')}, then kill -9 ${running.pid}`,
    );
}
