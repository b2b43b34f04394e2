import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { remoteCommand } from './remote-command.js';

const SHELLS = ['dash', 'bash'];
const WORDS = ['plain', "it's", 'two\nlines\n', 'a \\n b \\\\ c', '$(id) `id` "x"', '', '-n %s \\c', 'ä€'];

describe.each(SHELLS)('a command for %s', (shell) => {
  const run = (bytesMax: number): { out: string; command: string } => {
    const show = 'for each in "$@"; do printf "<%s>" "$each"; done; cat';
    const { command, go } = remoteCommand(['sh', '-c', show, 'sh', ...WORDS], { NAME: 'v' }, bytesMax);
    const { stdout, error } = spawnSync(shell, ['-c', command], { input: `${go}and what follows`, encoding: 'utf8' });
    if (error) throw error;
    return { out: stdout, command };
  };

  it('gets its words whole on the command line', () => {
    expect(run(10_000).out).toBe(`${WORDS.map((word) => `<${word}>`).join('')}and what follows`);
  });

  it('gets the same words in its first line where the server takes no long command, and loses nothing of what follows', () => {
    const { out, command } = run(500);
    expect(out).toBe(`${WORDS.map((word) => `<${word}>`).join('')}and what follows`);
    expect(Buffer.byteLength(command)).toBeLessThan(500);
  });
});
