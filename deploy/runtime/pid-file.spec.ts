import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holderOf, takePidFile } from './pid-file.js';
import { identityOf } from './process-identity.js';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'anneal-pid-'));
  path = join(folder, 'some.pid');
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = () => {
  const taken = takePidFile(path);
  if (!taken.taken) throw new Error(`held by ${taken.holder.pid}`);
  return taken.file;
};

test('a free file is taken and names its holder until it is released', () => {
  const file = take();
  expect(holderOf(path)?.pid).toBe(process.pid);
  file.release();
  expect(holderOf(path)).toBeNull();
  expect(readdirSync(folder)).toEqual([]);
});

test('a file that a living process holds is not taken', () => {
  take();
  expect(takePidFile(path)).toMatchObject({ taken: false, holder: { pid: process.pid } });
});

test('a file whose holder has ended is taken over', async () => {
  const child = spawn('true');
  const ended = identityOf(child.pid!);
  await new Promise((resolve) => child.once('exit', resolve));
  writeFileSync(path, JSON.stringify(ended));
  take();
  expect(holderOf(path)?.pid).toBe(process.pid);
});

test('a file whose pid now belongs to another process is taken over', () => {
  writeFileSync(path, JSON.stringify({ pid: process.pid, startedAt: '1' }));
  expect(takePidFile(path).taken).toBe(true);
});

test('a file that is cut short is taken over', () => {
  writeFileSync(path, '{"pid": 12');
  expect(takePidFile(path).taken).toBe(true);
});

test('releasing late does not take the file away from the next holder', () => {
  const first = take();
  first.release();
  take();
  first.release();
  expect(holderOf(path)?.pid).toBe(process.pid);
});
