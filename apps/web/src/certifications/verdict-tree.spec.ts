import { describe, expect, it } from 'vitest';
import { isMustPass, verdictTree, type JudgedFilter, type Verdict } from './verdict-tree';

const FLAG = { code: 'D401', date: null, reason: null, action: null };
const test = (key: string, over: object = {}) => ({
  test: { key, ids: [], aliases: [], flag: null },
  capabilities: ['servers'],
  status: 'required' as const,
  outcome: 'passed' as const,
  matched: 'name' as const,
  retried: false,
  seconds: 1,
  reason: null,
  attempts: [],
  ...over,
});
const capability = (name: string, state: string, status = 'required') => ({ name, state, status }) as never;
const VERDICT = {
  capabilities: [
    capability('met-one', 'met'),
    capability('servers', 'partial'),
    capability('advised', 'not-met', 'advisory'),
    capability('broken', 'not-met'),
  ],
  tests: [
    test('create'),
    test('delete', { outcome: 'failed' }),
    test('flagged', { outcome: 'skipped', test: { key: 'flagged', ids: ['id-f'], aliases: [], flag: FLAG } }),
    test('both', { capabilities: ['met-one', 'broken'], retried: true, matched: 'id' }),
  ],
} as unknown as Verdict;
const ANY: JudgedFilter = { show: '', status: '', text: '' };
const shown = (filter: Partial<JudgedFilter>) =>
  verdictTree(VERDICT, { ...ANY, ...filter }).map(({ label, below }) => [
    label,
    ...(below ?? []).map((each) => each.label),
  ]);

describe('the capabilities of a verdict', () => {
  it('are shown with what is not met first, required before advisory, and failures first', () => {
    expect(shown({})).toEqual([
      ['broken', 'both'],
      ['advised'],
      ['servers', 'delete', 'flagged', 'create'],
      ['met-one', 'both'],
    ]);
  });

  it('can be narrowed to what did not pass, and to what of that counts', () => {
    expect(shown({ show: 'not-passed' })).toEqual([['servers', 'delete', 'flagged']]);
    expect(shown({ show: 'must-pass' })).toEqual([['servers', 'delete']]);
  });

  it('can be narrowed to flags, to retries, and to what was recognised otherwise', () => {
    expect(shown({ show: 'flagged' })).toEqual([['servers', 'flagged']]);
    expect(shown({ show: 'retried' })).toEqual([
      ['broken', 'both'],
      ['met-one', 'both'],
    ]);
    expect(shown({ show: 'otherwise' })).toEqual([
      ['broken', 'both'],
      ['met-one', 'both'],
    ]);
  });

  it('are found by a status, a name, or an id', () => {
    expect(shown({ status: 'advisory' })).toEqual([['advised']]);
    expect(shown({ text: 'ID-F' })).toEqual([['servers', 'flagged']]);
  });

  it('know which tests count', () => {
    expect(VERDICT.tests.map(isMustPass)).toEqual([true, true, false, true]);
  });
});
