import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT, holderOf, signal, waitForEnd } from '#runtime';
import { cacheFolder } from '../folders.js';
import { labFolder } from '../lab-record.js';
import type { PackageSource } from './sources.js';

/** The port that package caches of this kind have by custom. */
const PROXY_PORT = 3142;
const UP_WITHIN_MS = 20_000;
const DOWN_WITHIN_MS = 10_000;
const LOOK_MS = 50;
const PROGRAM = 'dist/deploy/lab/package-proxy/main.js';

const pidFileOf = (slot: number): string => join(labFolder(slot), 'package-proxy.pid');

/** Where packages are kept from lab to lab. */
const packagesFolder = (): string => join(cacheFolder(), 'packages');

/** Starts the proxy of a lab, so that it goes on when we end, and returns its address. */
export async function startPackageProxy(
  slot: number,
  hostAddress: string,
  sources: readonly PackageSource[],
): Promise<string> {
  const address = `http://${hostAddress}:${PROXY_PORT}`;
  if (holderOf(pidFileOf(slot)) !== null) return address;
  const log = join(labFolder(slot), 'package-proxy.log');
  const output = openSync(log, 'w', 0o600);
  const mirrors = [...new Set(sources.map(({ uri }) => uri))];
  const told = ['--host', hostAddress, '--port', String(PROXY_PORT), '--store', packagesFolder()];
  const args = [join(CHECKOUT, PROGRAM), ...told, '--pid-file', pidFileOf(slot)];
  const child = spawn(process.execPath, [...args, ...mirrors.flatMap((uri) => ['--mirror', uri])], {
    detached: true,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  child.unref();
  for (const until = Date.now() + UP_WITHIN_MS; Date.now() < until; await pause(LOOK_MS)) {
    if (holderOf(pidFileOf(slot)) !== null) return address;
    if (child.exitCode !== null || child.signalCode !== null) break;
  }
  throw new Error(`the package proxy does not come up: ${await readFile(log, 'utf8')}`);
}

/** Stops the proxy of a lab, if it has one. */
export async function stopPackageProxy(slot: number): Promise<void> {
  const running = holderOf(pidFileOf(slot));
  if (running === null) return;
  signal(running, 'SIGTERM');
  if ((await waitForEnd([running], DOWN_WITHIN_MS)).length > 0) signal(running, 'SIGKILL');
}
