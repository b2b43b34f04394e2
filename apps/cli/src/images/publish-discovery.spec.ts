import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Client } from '../client/client.js';
import type { Invocation } from '../command/invocation.js';
import { EXIT } from '../exit.js';
import { buildDiscoveryLargeImage } from './build-discovery-large.js';
import { buildDiscoveryImage } from './build-discovery.js';
import { publishDiscovery, SMALL_SYSTEM_BOOTENVS } from './publish-discovery.js';

describe('a discovery system', () => {
  let home: string;
  const sent: { readonly route: string; readonly body: unknown }[] = [];
  const client = {
    send: async (route: string, { body }: { readonly body?: unknown }) => {
      sent.push({ route, body });
      return { status: 200, body: {}, etag: '"1"' };
    },
  } as unknown as Client;
  const file = (name: string) => {
    const path = join(home, name);
    writeFileSync(path, name);
    return { path, bytes: name.length, sha256: 'ab'.repeat(32) };
  };
  const publish = (architecture: 'amd64' | 'arm64') =>
    publishDiscovery(
      client,
      home,
      { architecture, flavour: 'generic', kernel: file('vmlinuz'), initrd: file('initrd') },
      SMALL_SYSTEM_BOOTENVS,
    );

  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'anneal-publish-'));
    sent.length = 0;
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(home, { recursive: true, force: true });
  });

  it('for x86 is what the boot environments load then', async () => {
    expect((await publish('amd64')).bootenvs).toEqual(SMALL_SYSTEM_BOOTENVS);
    expect(sent.filter(({ route }) => route === 'bootenvs.patch')).toHaveLength(2);
  });

  it('for another processor is in no boot environment that x86 machines boot, and it says what to do', async () => {
    await expect(publish('arm64')).rejects.toMatchObject({
      exitCode: EXIT.usage,
      message: expect.stringContaining('every amd64 machine would get this one') as string,
      advice: expect.stringContaining('--only') as string,
    });
    expect(sent).toEqual([]);
  });

  it.each([
    ['discovery', buildDiscoveryImage],
    ['discovery-large', buildDiscoveryLargeImage],
  ])('for another processor is not even built when it is to be put to use: %s', async (_, build) => {
    // Where nothing can be built: whoever tries fails otherwise.
    vi.stubEnv('ANNEAL_CACHE', '/dev/null/nowhere');
    const wishes = { architecture: 'arm64', kernel: 'generic', refresh: false, packages: [], only: false } as const;
    const invocation = { progress: { line: () => undefined }, client } as unknown as Invocation;
    await expect(build(invocation, wishes)).rejects.toMatchObject({ exitCode: EXIT.usage });
  });
});
