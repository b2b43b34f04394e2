import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CHECKOUT } from '#runtime';

/** A short storm takes a minute and some seconds. It is over when enough has happened; a busy machine takes longer for that. */
const STORM_MS_MAX = 400_000;

describe('a short storm', () => {
  it(
    'loses nothing, lets nothing work twice and leaves nothing open, whatever is killed, paused or wiped',
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'anneal-storm-'));
      const json = join(folder, 'report.json');
      try {
        const { code, output } = await run(['scripts/run.mjs', 'test/chaos/main', '--short', '--json', json]);
        expect(code, output).toBe(0);
        const { metrics } = JSON.parse(readFileSync(json, 'utf8')) as { metrics: Record<string, number> };
        // It was a storm: things broke, and what broke was picked up.
        expect(metrics['faults']).toBeGreaterThanOrEqual(30);
        expect(metrics['runs']).toBeGreaterThanOrEqual(2_000);
        expect(metrics['rescued']).toBeGreaterThan(0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    },
    STORM_MS_MAX,
  );
});

const run = (args: readonly string[]): Promise<{ code: number | null; output: string }> => {
  const child = spawn(process.execPath, args, { cwd: CHECKOUT, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
};
