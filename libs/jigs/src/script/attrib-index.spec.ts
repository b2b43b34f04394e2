import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '#core';
import { indexAttribs } from './attrib-index.js';

/** Looks a path up as the node does: by byte offset, in the text of the strings or in the JSON. */
function look(attribs: JsonObject, path: string): { type: string; text: string } | null {
  const { json, index, strings } = indexAttribs(attribs);
  const line = index
    .split('\n')
    .map((entry) => entry.split('\u001f'))
    .find((entry) => entry[0] === path);
  if (!line) return null;
  const [, type = '', offset, length] = line;
  const source = Buffer.from(type === 'string' ? strings : json);
  return { type, text: source.subarray(Number(offset), Number(offset) + Number(length)).toString() };
}

describe('indexAttribs', () => {
  const attribs = {
    ü: { list: [1.5, 'zwölf "x"\n', { deep: [[], {}] }], yes: true, nothing: null },
    'a/b~c': 'slash',
    last: '机器',
  };

  it('writes the attributes as JSON', () => {
    expect(JSON.parse(indexAttribs(attribs).json)).toEqual(attribs);
    expect(indexAttribs({}).json).toBe('{}');
  });

  it('finds every value at its byte offset, of whatever type it is', () => {
    const visit = (value: Json, path: string): void => {
      const found = look(attribs, path);
      expect(found, path).not.toBeNull();
      if (typeof value === 'string') expect(found!.text).toBe(value);
      else expect(JSON.parse(found!.text)).toEqual(value);
      if (typeof value !== 'object' || value === null) return;
      for (const [key, member] of Object.entries(value)) {
        const step = key.replaceAll('~', '~0').replaceAll('/', '~1');
        visit(member as Json, path === '' ? step : `${path}/${step}`);
      }
    };
    visit(attribs, '');
  });

  it('has no path for a key that would break its lines, and still has its neighbours', () => {
    const odd = { 'tab\tkey': { inner: 1 }, 'line\nkey': 2, plain: 3 };
    expect(indexAttribs(odd).index.trim().split('\n')).toHaveLength(2);
    expect(look(odd, 'plain')).toEqual({ type: 'number', text: '3' });
    expect(JSON.parse(indexAttribs(odd).json)).toEqual(odd);
  });

  it('hands a string with a NUL byte, which a shell cannot hold, out as JSON', () => {
    expect(look({ nul: 'a\0b' }, 'nul')).toEqual({ type: 'json', text: '"a\\u0000b"' });
  });
});
