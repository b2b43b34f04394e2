import { describe, expect, it } from 'vitest';
import type { Role } from '../../api/types';
import { ghostsOf } from './foresee';

const role = (name: string, requires: readonly string[] = [], provides: readonly string[] = []) =>
  ({ name, requires: requires.map((each) => ({ name: each, resolved: true })), provides }) as unknown as Role;

describe('what comes along', () => {
  it('is told with who needs it, also where a role stands in for another', () => {
    const roles = [role('cluster', ['database', 'time']), role('postgres', [], ['database']), role('time')];
    const bound = ['cluster@n1', 'postgres@n1', 'time@n1'];
    expect(ghostsOf(bound, new Set(['cluster@n1']), roles)).toEqual([
      { name: 'postgres@n1', because: 'cluster needs it' },
      { name: 'time@n1', because: 'cluster needs it' },
    ]);
  });
});
