import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printStates } from './print-states.js';
import { ALL_NODE_ROLE_STATES, NODE_ROLE_COMMANDS, TRANSITIONS } from './states.js';

const root = join(import.meta.dirname, '../../../..');

it('the page of states shows every state, command and row of the table', () => {
  const page = printStates();
  for (const state of ALL_NODE_ROLE_STATES) expect(page).toContain(`| ${state.toUpperCase()} |`);
  for (const command of Object.keys(NODE_ROLE_COMMANDS)) expect(page).toContain(`| ${command} |`);
  const rows = page
    .split('## How it moves')[1]
    ?.split('## Commands')[0]
    ?.split('\n')
    .filter((line) => line.startsWith('| '));
  expect(rows).toHaveLength(TRANSITIONS.length + 2);
  expect(page).toContain('  TODO --> TRANSITION: claim');
});

it('docs/states.md is what the table prints: run `npm run gen` when it is not', () => {
  const path = join(root, 'docs/states.md');
  expect(existsSync(path)).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe(printStates());
});
