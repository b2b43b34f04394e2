import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { routes } from '#api-types';
import { isRefusal } from '#core';
import { DEPTH_MAX, readIfMatch, readRequest } from './read-request.js';

const table = routes('things', {
  create: {
    method: 'POST',
    path: '/things/:key',
    summary: '',
    allows: 'anyone',
    params: z.strictObject({ key: z.string() }),
    query: z.strictObject({}),
    body: z.strictObject({ name: z.string(), size: z.int().default(3), more: z.unknown().optional() }),
    success: 201,
  },
  act: { method: 'PUT', path: '/things/:key/act', summary: '', allows: 'anyone', success: 200 },
});
const read = (body: unknown, parts: { query?: unknown } = {}) =>
  readRequest(table.create, { params: { key: 'k' }, query: {}, body, ...parts });

describe('a request', () => {
  it('comes out with its defaults', () => {
    expect(read({ name: 'x' })).toEqual({ params: { key: 'k' }, query: {}, body: { name: 'x', size: 3 } });
  });

  it('is refused with every fault at once, each with a pointer to it', () => {
    const refusal = read({ name: 7, 'a/b~c': 1 }, { query: { page: '2' } });
    expect(refusal).toMatchObject({ code: 'invalid' });
    const { errors } = (refusal as unknown as { fields: { errors: { in: string; at: string }[] } }).fields;
    expect(errors.map((error) => `${error.in} ${error.at}`)).toEqual(expect.arrayContaining(['body /name', 'query ']));
  });

  it.each([
    ['NUL in a value', { name: 'a\u0000b' }],
    ['NUL in a name', { name: 'x', more: { 'a\u0000': 1 } }],
    ['half of a surrogate pair', { name: '\ud800' }],
    ['__proto__ as a name', JSON.parse('{"name": "x", "more": {"__proto__": {}}}')],
  ])('with %s is refused before it is looked at', (_says, body) => {
    expect(isRefusal(read(body))).toBe(true);
  });

  it('may be nested so deep and no deeper', () => {
    const nested = (levels: number): unknown => (levels === 0 ? 1 : { a: nested(levels - 1) });
    expect(isRefusal(read({ name: 'x', more: nested(DEPTH_MAX - 2) }))).toBe(false);
    expect(isRefusal(read({ name: 'x', more: nested(DEPTH_MAX + 1) }))).toBe(true);
  });

  it('to a route without a body may bring an empty one and no other', () => {
    for (const body of [undefined, null, {}])
      expect(isRefusal(readRequest(table.act, { params: { key: 'k' }, query: {}, body }))).toBe(false);
    expect(isRefusal(readRequest(table.act, { params: { key: 'k' }, query: {}, body: { force: true } }))).toBe(true);
  });
});

describe('If-Match', () => {
  const needed = (header: string | undefined) => readIfMatch(header, 'it', { needed: true });

  it('names a version, strongly or weakly', () => {
    expect([needed('"12"'), needed('W/"12"')]).toEqual([12, 12]);
  });

  it('with an asterisk takes any version', () => {
    expect(needed('*')).toBeUndefined();
  });

  it('is missed where it is needed and not where it is not', () => {
    expect(needed(undefined)).toMatchObject({ code: 'version-required' });
    expect(readIfMatch(undefined, 'it', { needed: false })).toBeUndefined();
  });

  it('with a tag that we never gave matches nothing', () => {
    expect(needed('"abc"')).toMatchObject({ code: 'stale-version' });
  });
});
