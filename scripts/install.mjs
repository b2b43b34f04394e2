#!/usr/bin/env node
/**
 * Installs the npm packages when they are not there, or not those that package.json and its lock ask for. It needs
 * nothing but node and npm, so that every command may begin with it in a fresh clone; when all is there it takes a few
 * milliseconds. `npm install` and not `npm ci`: a lock made where some foreign-platform packages cannot be had is
 * refused by the latter.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHECKOUT } from './checkout.mjs';

const MODULES = join(CHECKOUT, 'node_modules');
const STAMP = join(MODULES, '.anneal-installed');
const LOCK = join(CHECKOUT, '.cache', 'install.lock');
/** Two installs at once would spoil each other; the second waits for the first, which may compile ssh2's addon. */
const OTHER_INSTALL_MS_MAX = 600_000;

/** What of package.json decides which packages are installed and how. */
const DECIDING = ['dependencies', 'devDependencies', 'overrides', 'allowScripts'];

/** @returns {Promise<void>} Rejects when npm fails. */
export async function install() {
  if (isInstalled()) return;
  mkdirSync(join(CHECKOUT, '.cache'), { recursive: true });
  await takeLock();
  try {
    if (isInstalled()) return;
    console.error('installing npm packages (a minute or two the first time)');
    const { status, error } = spawnSync(
      'npm',
      ['install', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'],
      {
        cwd: CHECKOUT,
        stdio: ['ignore', 2, 2],
        env: { ...process.env, NODE_ENV: 'development', SCARF_ANALYTICS: 'false' },
      },
    );
    if (status !== 0)
      throw new Error(`npm install failed (${error?.message ?? `exit ${status}`}); see its lines above`);
    writeFileSync(STAMP, wanted() + '\n');
  } finally {
    rmSync(LOCK, { force: true });
  }
}

const isInstalled = () => existsSync(STAMP) && readFileSync(STAMP, 'utf8').trim() === wanted();

/** Digest of everything that a changed install would follow from: the packages, node's ABI, the machine's kind. */
function wanted() {
  const manifest = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8'));
  const digest = createHash('sha256');
  digest.update(JSON.stringify(DECIDING.map((field) => manifest[field] ?? null)));
  digest.update(readFileSync(join(CHECKOUT, 'package-lock.json')));
  digest.update([process.versions.modules, process.platform, process.arch].join());
  return digest.digest('hex');
}

async function takeLock() {
  const until = Date.now() + OTHER_INSTALL_MS_MAX;
  for (;;) {
    try {
      writeFileSync(LOCK, `${process.pid} ${startedAt(process.pid)}`, { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!holderRuns()) rmSync(LOCK, { force: true });
    else if (Date.now() > until) throw new Error(`another install does not end; see the process named in ${LOCK}`);
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A number is given to another process one day, at once in a container: the moment of its start tells them apart. */
function holderRuns() {
  try {
    const [pid, started] = readFileSync(LOCK, 'utf8').split(' ');
    if (!pid) return true;
    process.kill(Number(pid), 0);
    return startedAt(pid) === started;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** When a process began, as the kernel counts (field 22 of /proc/PID/stat); the same for all where there is no /proc. */
function startedAt(pid) {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return '0';
  const stat = readFileSync(file, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '0';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await install();
