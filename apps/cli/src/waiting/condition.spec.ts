import { describe, expect, it } from 'vitest';
import { parseCondition } from './condition.js';

describe('what is waited for', () => {
  it.each([
    ['settled', { kind: 'settled' }],
    ['deleted', { kind: 'deleted' }],
    ['state=ACTIVE', { kind: 'field', path: 'state', value: 'active' }],
    ['alive=true', { kind: 'field', path: 'alive', value: true }],
    ['node_roles.error=0', { kind: 'field', path: 'node_roles.error', value: 0 }],
  ])('%s', (text, condition) => expect(parseCondition(text)).toEqual(condition));

  it.each(['', 'active', '=x', 'state=', 'a b=c'])('%j is nothing', (text) =>
    expect(() => parseCondition(text)).toThrow('is nothing to wait for'),
  );
});
