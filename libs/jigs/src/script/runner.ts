import { readFileSync } from 'node:fs';

/**
 * The runner as an argument list. Its text goes on the command line, where everybody may read it; what it works on comes
 * on standard input. Comment lines and blank lines are left behind.
 */
export const RUNNER_ARGV: readonly string[] = [
  'bash',
  '--noprofile',
  '--norc',
  '-c',
  readFileSync(new URL('./runner.sh', import.meta.url), 'utf8').replace(/^[ \t]*(#.*)?\n/gm, ''),
  'anneal-run',
];
