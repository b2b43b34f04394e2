import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { CHECKOUT, freshDatabase, testRedisUrl } from '#runtime';
import { start } from './anneal-command.js';
import { freePort } from './up.js';

const SCENARIO = join(CHECKOUT, 'test', 'scenario', 'input', 'w01-commit-chain.txt');

describe('the tool as a process', () => {
  it('says its version', async () => {
    const { version } = JSON.parse(readFileSync(join(CHECKOUT, 'package.json'), 'utf8')) as { version: string };
    expect(await start(['--version'], {}).ended).toEqual({ code: 0, out: `${version}\n`, err: '' });
    expect(await start(['version', '--client', '-o', 'name'], {}).ended).toEqual({
      code: 0,
      out: `${version}\n`,
      err: '',
    });
  });

  it('gives a shell script that the shell can read', async () => {
    const { code, out } = await start(['completion', 'bash'], {}).ended;
    expect(code).toBe(0);
    const { execFileSync } = await import('node:child_process');
    const complete = (words: string): string =>
      execFileSync(
        'bash',
        [
          '-c',
          `${out}\nCOMP_WORDS=(${words}); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1)); _anneal; echo "\${COMPREPLY[@]}"`,
        ],
        { encoding: 'utf8' },
      ).trim();
    expect(complete('anneal nodes comm')).toBe('commit');
    expect(complete('anneal node-role retry x --ti')).toBe('--timeout');
    expect(complete('anneal status -o ya')).toBe('yaml');
  });

  it('plays a scenario from stdin, and fails when an expectation is not met', async () => {
    const played = await start(['sim', '-q', '-'], {}, { input: readFileSync(SCENARIO, 'utf8') }).ended;
    expect(played).toMatchObject({ code: 0, err: '', out: expect.stringContaining('A on n1: todo') });
    const failed = await start(['sim', '-'], {}, { input: 'node n1\nrole A\nbind A n1\nexpect A n1 active\n' }).ended;
    expect(failed).toMatchObject({ code: 1, err: expect.stringContaining('stdin: line 4:') });
  });

  it('ends at once when it is interrupted, as a shell expects', async () => {
    const server = createServer(() => running.child.kill('SIGINT'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const running = start(['nodes', 'list', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}`], {});
    expect(await running.ended).toEqual({ code: 130, out: '', err: '' });
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  });

  it('is quiet when whoever reads it has enough', async () => {
    const running = start(['completion', 'bash'], {});
    running.child.stdout.destroy();
    expect(await running.ended).toMatchObject({ code: 0, err: '' });
  });

  it('goes on in the background when it is told to, and is stopped from elsewhere', async () => {
    const database = await freshDatabase('cli-detached', { migrated: false });
    const home = mkdtempSync(join(tmpdir(), 'anneal-detached-'));
    const redis = testRedisUrl();
    const env = { ANNEAL_HOME: home, HOME: home, DATABASE_URL: database.url, ...(redis ? { REDIS_URL: redis } : {}) };
    const long = { withinMs: 300_000 };
    try {
      const port = await freePort();
      const address = `http://127.0.0.1:${port}`;
      expect(await start(['up', '--detach', '--port', String(port)], env, long).ended).toMatchObject({
        code: 0,
        out: `Anneal is up: ${address}\n`,
      });
      expect(await start(['status', '-o', 'json'], env).ended).toMatchObject({ code: 0 });
      // With the catalog of this version in it, from the first start on.
      const { out: barclamps } = await start(['barclamps', 'list', '-o', 'name'], env).ended;
      expect(barclamps.trim().split('\n')).toEqual(
        readdirSync(join(CHECKOUT, 'libs', 'catalog', 'barclamps')).sort((a, b) => (a < b ? -1 : 1)),
      );
      expect(await start(['up'], env, long).ended).toMatchObject({ code: 4, err: expect.stringContaining(address) });
      expect(await start(['restore', '/dev/null', '--yes'], env).ended).toMatchObject({ code: 4 });
      expect(await start(['down'], env, long).ended).toEqual({ code: 0, out: '', err: 'stopped\n' });
      expect(await start(['status'], env).ended).toMatchObject({ code: 1 });
      expect(await start(['down'], env).ended).toMatchObject({ code: 0, err: expect.stringContaining('nothing runs') });
    } finally {
      await start(['down'], env, long).ended;
      await database.drop();
      rmSync(home, { recursive: true, force: true });
    }
  });
});
