import { describe, expect, it } from 'vitest';
import { mergePatch, patchedDocument } from './merge-patch.js';

/** The examples of RFC 7396, appendix A, as far as both sides are objects. */
describe('a merge patch', () => {
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    const before = JSON.stringify(target);
    expect(mergePatch(target, patch)).toEqual(result);
    expect(JSON.stringify(target)).toBe(before);
  });

  it('refuses keys that are no data, and what grows too large', () => {
    expect(patchedDocument('the notes', {}, JSON.parse('{"__proto__": {"admin": true}}') as never)).toMatchObject({
      code: 'invalid',
    });
    expect(patchedDocument('the notes', { a: 'x'.repeat(200_000) }, { b: 'x'.repeat(200_000) })).toMatchObject({
      code: 'too-large',
    });
    expect(patchedDocument('the notes', { a: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
  });
});
