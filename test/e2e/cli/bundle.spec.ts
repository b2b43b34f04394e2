import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHECKOUT, programFile } from '#runtime';

/** Bundling takes some seconds when nobody else works. */
const BUNDLE_MS_MAX = 120_000;

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

const run = (...argv: string[]): Promise<Ended> => {
  const { DATABASE_URL: _none, ...env } = process.env;
  const child = spawn(process.execPath, argv, { cwd: CHECKOUT, env: { ...env, ANNEAL_HOME: home } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
};

let home: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'anneal-bundle-'));
  expect(await run('scripts/bundle.mjs')).toMatchObject({ code: 0 });
}, BUNDLE_MS_MAX);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('a bundled program', () => {
  it.each(['server', 'worker', 'netboot'])(
    '%s starts, and names its sources in a trace',
    async (name) => {
      const file = programFile(name) as string;
      expect(file).toBe(join(CHECKOUT, 'dist', 'bundle', `${name}.js`));
      // The second time from what the first one left compiled.
      for (const _time of [1, 2]) {
        const { code, output } = await run(file);
        expect(code).toBe(1);
        expect(output).toContain('DATABASE_URL is not set');
        expect(output).toContain(`apps/${name}/src/`);
        expect(output).toMatch(/main\.ts:\d+:\d+/);
        expect(existsSync(join(CHECKOUT, 'dist', 'bundle', `${name}.cjs.compiled`))).toBe(true);
      }
    },
    60_000,
  );

  it('of the command line loads its commands', async () => {
    const file = programFile('cli') as string;
    for (const _time of [1, 2]) {
      const { code, output } = await run(file, 'up', '--help');
      expect(code, output).toBe(0);
      expect(output).toContain('--detach');
    }
  }, 60_000);
});
