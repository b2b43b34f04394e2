import { describe, expect, it } from 'vitest';
import { progressOf } from './capability-progress';

const test = (key: string, over: object = {}) => ({ key, ids: [`id-${key}`], aliases: [], flag: null, ...over });
const capability = (name: string, tests: object[]) => ({ name, description: null, project: null, admin: false, tests });
const ASKED = {
  programs: [
    {
      name: 'compute',
      title: '',
      description: null,
      capabilities: ['a', 'b', 'c', 'empty'].map((name) => ({ name, status: 'required' as const })),
    },
  ],
  capabilities: [
    capability('a', [test('a1'), test('a2')]),
    capability('b', [test('b1', { aliases: ['old.b1'] }), test('b2'), test('b3', { flag: {} })]),
    capability('c', [test('c1')]),
    capability('empty', []),
  ],
} as never;
const ended = (name: string, status: 'passed' | 'failed', id: string | null = null) => ({ name, id, status });

describe('how far the capabilities are while a suite runs', () => {
  it('is counted by name, alias and id, without flagged tests, failures first', () => {
    const progress = progressOf(ASKED, 'compute', [
      ended('old.b1', 'passed'),
      ended('renamed', 'failed', 'id-b2'),
      ended('a1', 'passed'),
      ended('b3', 'passed'),
    ]);
    expect(progress.map(({ name, counts }) => [name, counts.total, counts.passed, counts.failed])).toEqual([
      ['b', 2, 1, 1],
      ['a', 2, 1, 0],
      ['c', 1, 0, 0],
    ]);
  });

  it('is nothing of a program that the guideline does not have', () => {
    expect(progressOf(ASKED, 'sails', [])).toEqual([]);
  });
});
