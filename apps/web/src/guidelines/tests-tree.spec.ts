import { describe, expect, it } from 'vitest';
import { testsTree, type Asking } from './tests-tree';

const test = (key: string, over: object = {}) => ({ key, ids: [`id-${key}`], aliases: [], flag: null, ...over });
const FLAG = { code: 'D401', date: null, reason: 'broken', action: null };
const ASKED = {
  programs: [
    {
      name: 'compute',
      title: 'Compute',
      description: null,
      capabilities: [
        { name: 'servers', status: 'required' as const },
        { name: 'tokens', status: 'advisory' as const },
        { name: 'nothing-yet', status: 'required' as const },
      ],
    },
  ],
  capabilities: [
    {
      name: 'servers',
      description: null,
      project: 'nova',
      admin: false,
      tests: [test('create', { aliases: ['old.create'] }), test('delete', { flag: FLAG })],
    },
    { name: 'tokens', description: null, project: 'keystone', admin: false, tests: [test('token')] },
    { name: 'nothing-yet', description: null, project: null, admin: false, tests: [] },
  ],
};
const ANY = { status: '', flagged: '', text: '' };
const names = (items: readonly Asking[] | undefined): readonly unknown[] =>
  (items ?? []).map(({ label, below }) => (below ? [label, ...names(below)] : label));

describe('what a guideline asks for', () => {
  it('is shown by program, capability and test, with how many there are', () => {
    const tree = testsTree(ASKED, ANY);
    expect(names(tree)).toEqual([['Compute', ['servers', 'create', 'delete'], ['tokens', 'token'], ['nothing-yet']]]);
    expect(tree[0]).toMatchObject({ tests: 3, flagged: 1 });
  });

  it('is narrowed by the status of capabilities', () => {
    expect(names(testsTree(ASKED, { ...ANY, status: 'advisory' }))).toEqual([['Compute', ['tokens', 'token']]]);
  });

  it('is narrowed by flags, and what has nothing left is left out', () => {
    expect(names(testsTree(ASKED, { ...ANY, flagged: 'yes' }))).toEqual([['Compute', ['servers', 'delete']]]);
    expect(names(testsTree(ASKED, { ...ANY, flagged: 'no' }))).toEqual([
      ['Compute', ['servers', 'create'], ['tokens', 'token']],
    ]);
  });

  it('is found by an alias, an id, or the name of a capability', () => {
    expect(names(testsTree(ASKED, { ...ANY, text: 'OLD.' }))).toEqual([['Compute', ['servers', 'create']]]);
    expect(names(testsTree(ASKED, { ...ANY, text: 'id-token' }))).toEqual([['Compute', ['tokens', 'token']]]);
    expect(names(testsTree(ASKED, { ...ANY, text: 'servers' }))).toEqual([
      ['Compute', ['servers', 'create', 'delete']],
    ]);
  });
});
