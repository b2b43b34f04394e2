import { readFileSync } from 'node:fs';
import type { RoleFile } from '#app';

const textOf = (name: string): string => readFileSync(new URL(name, import.meta.url), 'utf8');

/** What is asked of the cloud from the tester node before a run. */
export const PREFLIGHT_FILES: readonly RoleFile[] = [
  { path: '10-preflight.sh', content: textOf('./preflight.sh') },
  { path: 'preflight.py', content: textOf('./preflight.py') },
];

/** What runs the suite there. */
export const SUITE_FILES: readonly RoleFile[] = [{ path: '10-suite.sh', content: textOf('./suite.sh') }];

/** What is told of a node for the evidence; see collect.sh. */
export const COLLECT_ARGV: readonly string[] = [
  'bash',
  '--noprofile',
  '--norc',
  '-c',
  textOf('./collect.sh').replace(/^[ \t]*(#.*)?\n/gm, ''),
  'anneal-collect',
];
