import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keptTicketKey } from './tickets.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'anneal-ticket-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('the key of boot tickets', () => {
  it('is made once, for its owner alone, and is the same after a restart', async () => {
    const path = join(folder, 'netboot', 'ticket-key');
    const key = await keptTicketKey(path);
    expect(key).toMatch(/^[\w-]{43}$/);
    expect(await keptTicketKey(path)).toBe(key);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });

  it('is made anew where the file holds none, as after a disk that was full', async () => {
    const path = join(folder, 'ticket-key');
    await writeFile(path, '');
    const key = await keptTicketKey(path);
    expect((await readFile(path, 'utf8')).trim()).toBe(key);
  });
});
