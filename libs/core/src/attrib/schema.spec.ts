import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import type { Json, JsonObject } from '../base/json.js';
import {
  ATTRIB_DEPTH_MAX,
  ATTRIB_DOCUMENT_BYTES_MAX,
  jsonBytes,
  parsePath,
  refuseDocument,
  sameJson,
  UNSET,
  valueAt,
  withoutValueAt,
  withValueAt,
} from './schema.js';

describe('a path', () => {
  it('has parts between slashes', () => {
    expect(parsePath('network/dns/servers')).toEqual(['network', 'dns', 'servers']);
    expect(parsePath('os')).toEqual(['os']);
  });

  it.each(['', '/', 'a//b', '/a', 'a/', 'a/__proto__/b', 'constructor', 'prototype/x', Array(65).fill('a').join('/')])(
    'is refused when it is "%s"',
    (text) => {
      expect(isRefusal(parsePath(text))).toBe(true);
    },
  );
});

describe('a document', () => {
  it('gives what stands at a path', () => {
    const document = { a: { b: { c: 0 } } };
    expect(valueAt(document, ['a', 'b', 'c'])).toBe(0);
    expect(valueAt(document, ['a', 'x'])).toBeUndefined();
    expect(valueAt(document, ['x', 'y'])).toBeUndefined();
  });

  it('hides what is below something that is no map', () => {
    for (const value of [null, 5, ['c'], UNSET]) expect(valueAt({ a: value }, ['a', 'b'])).toEqual(UNSET);
  });

  it('gives nothing that it does not hold itself', () => {
    expect(valueAt({}, ['toString'])).toBeUndefined();
    expect(valueAt({}, ['__proto__', 'x'])).toBeUndefined();
  });

  it('stays as it is when a value is set in a copy', () => {
    const before = { a: { b: 1 }, k: { l: 2 } };
    const after = withValueAt(before, ['a', 'c', 'd'], true);
    expect(after).toEqual({ a: { b: 1, c: { d: true } }, k: { l: 2 } });
    expect(before).toEqual({ a: { b: 1 }, k: { l: 2 } });
    expect(after['k']).toBe(before.k);
    expect(withValueAt({ a: 5 }, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
    expect(withValueAt({ a: UNSET }, ['a', 'b'], 1)).toEqual({ a: { b: 1 } });
  });

  it('loses the maps that become empty when a value is taken out', () => {
    expect(withoutValueAt({ a: { b: { c: 1 } }, d: 2 }, ['a', 'b', 'c'])).toEqual({ d: 2 });
    expect(withoutValueAt({ a: { b: 1, c: 2 } }, ['a', 'b'])).toEqual({ a: { c: 2 } });
    expect(withoutValueAt({ a: 1 }, ['a', 'b'])).toEqual({ a: 1 });
  });

  it('is measured in bytes of UTF-8', () => {
    for (const text of ['plain', 'naïve', '日本', '🜂 fire'])
      expect(jsonBytes({ text })).toBe(Buffer.byteLength(JSON.stringify({ text })));
  });

  it('is refused when it is too large, and allowed up to the last byte', () => {
    const of = (bytes: number): JsonObject => ({ text: 'x'.repeat(bytes - '{"text":""}'.length) });
    expect(refuseDocument('the hints of n1', of(ATTRIB_DOCUMENT_BYTES_MAX))).toBeNull();
    expect(refuseDocument('the hints of n1', of(ATTRIB_DOCUMENT_BYTES_MAX + 1))).toMatchObject({
      code: 'too-large',
      detail:
        'the hints of n1 takes 262145 bytes, more than 262144: put large content in a file of the role and only its name here.',
    });
  });

  it('is refused when it is nested too deep, or has a key that is no name for data', () => {
    const nested = (levels: number): JsonObject => (levels === 0 ? {} : { a: nested(levels - 1) });
    expect(refuseDocument('it', nested(ATTRIB_DEPTH_MAX - 1))).toBeNull();
    expect(refuseDocument('it', nested(ATTRIB_DEPTH_MAX))).toMatchObject({ code: 'too-large' });
    expect(refuseDocument('it', JSON.parse('{"a":[{"__proto__":{"x":1}}]}') as JsonObject)).toMatchObject({
      code: 'invalid',
    });
  });

  it('is the same as another whatever the order of its keys', () => {
    expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
    const pairs: [Json | undefined, Json | undefined][] = [
      [{ a: 1 }, { a: 1, b: 2 }],
      [
        [1, 2],
        [2, 1],
      ],
      [[], {}],
      [null, undefined],
      [null, {}],
      [{ a: null }, { b: null }],
      [0, false],
    ];
    for (const [a, b] of pairs) expect(sameJson(a, b)).toBe(false);
  });
});
