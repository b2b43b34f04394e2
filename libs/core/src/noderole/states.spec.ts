import { describe, expect, it } from 'vitest';
import {
  ALL_NODE_ROLE_STATES,
  checkTable,
  codeOf,
  destination,
  NODE_ROLE_COMMANDS,
  stateOf,
  TRANSITION_CONDITIONS,
  TRANSITIONS,
  type NodeRoleCommand,
  type NodeRoleState,
  type Transition,
  type TransitionCondition,
} from './states.js';

const ALL_COMMANDS = Object.keys(NODE_ROLE_COMMANDS) as NodeRoleCommand[];
const ALL_CONDITIONS = Object.keys(TRANSITION_CONDITIONS) as TransitionCondition[];

/**
 * The whole table, written down a second time: for each state, where each command leads when no condition holds, and then
 * where it leads under one of them. What is not here is refused.
 */
const EXPECTED: Record<NodeRoleState, Partial<Record<NodeRoleCommand, string | Record<string, string>>>> = {
  proposed: { commit: 'by-parents', reset: 'proposed' },
  todo: {
    claim: 'transition',
    skip: 'active',
    block: 'blocked',
    deactivate: 'by-parents',
    propose: 'proposed',
    reset: 'proposed',
  },
  transition: {
    succeed: { '': 'active', doubted: 'by-parents' },
    fail: { '': 'error', doubted: 'by-parents', 'rerun-that-only-warns': 'active', destructive: 'error' },
    defer: { '': 'by-parents', doubted: 'by-parents', rerun: 'active' },
  },
  active: {
    rerun: { '': 'refused', 'all-parents-active': 'transition' },
    retry: { '': 'refused', 'all-parents-active': 'todo' },
    block: 'blocked',
    deactivate: 'by-parents',
    propose: 'proposed',
    reset: 'proposed',
  },
  error: {
    retry: { '': 'refused', 'all-parents-active': 'todo', destructive: 'blocked' },
    block: { '': 'blocked', destructive: 'error' },
    deactivate: { '': 'by-parents', destructive: 'error' },
    propose: 'proposed',
    reset: 'proposed',
  },
  blocked: { unblock: 'todo', deactivate: 'by-parents', propose: 'proposed', reset: 'proposed' },
};

const pairs = ALL_NODE_ROLE_STATES.flatMap((from) => ALL_COMMANDS.map((command) => ({ from, command })));

describe('the table of noderole states', () => {
  it.each(pairs)('says where $command leads from $from, or refuses it', ({ from, command }) => {
    const said = EXPECTED[from][command] ?? 'refused';
    for (const held of ['', ...ALL_CONDITIONS]) {
      const expected = typeof said === 'string' ? said : (said[held] ?? said[''] ?? 'refused');
      const found = destination(from, command, (condition) => condition === held) ?? 'refused';
      expect({ from, command, held, found }).toEqual({ from, command, held, found: expected });
    }
  });

  it('prefers a person over repeated destruction, whatever else holds', () => {
    expect(destination('transition', 'fail', () => true)).toBe('error');
  });

  it('sends a doubted run by its parents even when it is a re-run', () => {
    const holds = (condition: TransitionCondition): boolean => condition !== 'destructive';
    expect(destination('transition', 'succeed', holds)).toBe('by-parents');
    expect(destination('transition', 'fail', holds)).toBe('by-parents');
    expect(destination('transition', 'defer', holds)).toBe('by-parents');
  });

  it('keeps the public numbers of the states', () => {
    const numbers = Object.fromEntries(ALL_NODE_ROLE_STATES.map((state) => [state, codeOf(state)]));
    expect(numbers).toEqual({ error: -1, active: 0, todo: 1, transition: 2, blocked: 3, proposed: 4 });
    expect(ALL_NODE_ROLE_STATES.map((state) => stateOf(codeOf(state)))).toEqual(ALL_NODE_ROLE_STATES);
    expect(() => stateOf(5)).toThrow('no noderole state has the number 5');
  });
});

describe('the check of the table at boot', () => {
  const without = (unwanted: (row: Transition) => boolean): Transition[] => TRANSITIONS.filter((row) => !unwanted(row));

  it('finds nothing in the table we ship', () => {
    expect(checkTable()).toEqual([]);
  });

  it('finds a state that nothing leads to', () => {
    expect(checkTable(without((row) => row.to === 'transition'))).toEqual(
      expect.arrayContaining(['no row leads to transition', 'no row leads to error']),
    );
  });

  it('finds a state that nothing leads out of', () => {
    expect(checkTable(without((row) => row.from === 'error'))).toEqual(['error never leads back to proposed']);
  });

  it('finds a row that is never read because an unconditional one stands before it', () => {
    const dead: Transition = { from: 'todo', command: 'claim', to: 'error', when: 'doubted' };
    expect(checkTable([...TRANSITIONS, dead])).toEqual([
      'todo + claim has a row after its unconditional one, which is never read',
    ]);
  });
});
