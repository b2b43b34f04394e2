import { describe, expect, it } from 'vitest';
import { parseAssignments } from './assignments.js';

describe('--set', () => {
  it.each([
    ['count=3', { count: 3 }],
    ['name=3a', { name: '3a' }],
    ['name="3"', { name: '3' }],
    ['note=', { note: '' }],
    ['target=null', { target: null }],
    ['on=true', { on: true }],
    ['hints={"x":[1]}', { hints: { x: [1] } }],
    ['retry.max=2', { retry: { max: 2 } }],
    ['filter=a=b', { filter: 'a=b' }],
  ])('%s', (text, object) => expect(parseAssignments([text])).toEqual(object));

  it('leads into what was set before', () => {
    expect(parseAssignments(['a.b=1', 'a.c=2'], { a: { d: 3 } })).toEqual({ a: { b: 1, c: 2, d: 3 } });
  });

  it.each([['name'], ['=1'], ['a..b=1'], ['__proto__.x=1'], ['a.constructor=1']])('%s is refused', (text) => {
    expect(() => parseAssignments([text])).toThrow('--set');
    expect(({} as Record<string, unknown>)['x']).toBeUndefined();
  });

  it('refuses fields of something that is a value', () => {
    expect(() => parseAssignments(['a=1', 'a.b=2'])).toThrow('a has a value already');
  });
});
