import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { apart } from '#images';

/** A builder that dies among its mounts must leave none: its folder is cleared afterwards, with all that is under it. */
const [unshare] = await apart('true', []);
const GONE_WITHIN_MS = 10_000;

describe.skipIf(unshare === 'true')('a program that is run apart (needs root)', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-apart-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  /** Starts one that mounts something, leaves a child in the background and tells its number, as the host has it. */
  const started = async () => {
    const script = `mount -t tmpfs apart ${folder} && touch ${folder}/inside && { sleep 600 & echo mounted; wait; }`;
    const child = spawn(...(await apart('sh', ['-c', script])), { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    return child;
  };
  const sleepers = async (pid: number): Promise<string> =>
    readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  const mounts = () => readFile('/proc/mounts', 'utf8');

  it('mounts nothing that this host sees, and is gone with its children when it is killed', async () => {
    const child = await started();
    expect(await mounts()).not.toContain(folder);
    const first = Number(await sleepers(child.pid as number));
    expect(await readFile(`/proc/${first}/mounts`, 'utf8')).toContain(folder);
    const background = Number(await sleepers(first));
    expect(background).toBeGreaterThan(0);

    child.kill('SIGKILL');
    await once(child, 'exit');
    await vi.waitFor(
      async () => {
        for (const pid of [first, background])
          await expect(readFile(`/proc/${pid}/stat`)).rejects.toMatchObject({ code: expect.stringMatching(/^E/) });
      },
      { timeout: GONE_WITHIN_MS, interval: 50 },
    );
    expect(await mounts()).not.toContain(folder);
  });

  it('ends as the program ends', async () => {
    const child = spawn(...(await apart('sh', ['-c', 'exit 7'])));
    expect(await once(child, 'exit')).toEqual([7, null]);
  });
});
