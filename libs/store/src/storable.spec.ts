import { describe, expect, it } from 'vitest';
import { storableJson, storableText } from './storable.js';

describe('what machines wrote', () => {
  it('is kept as it is when a database can hold it', () => {
    for (const text of ['', 'plain', 'naïve 😀', 'looks like \\u0000 and \\ud83d', '\u0001']) {
      expect(storableText(text)).toBe(text);
      expect(JSON.parse(storableJson({ text }))).toEqual({ text });
    }
  });

  it('loses only what a database cannot hold, at any depth', () => {
    expect(storableText('a\0b')).toBe('a\u2400b');
    const cut = '😀'.slice(0, 1);
    expect(
      JSON.parse(storableJson({ list: [`x${cut}`, { deep: `${cut}y\0` }], whole: '😀', low: '😀'.slice(1) })),
    ).toEqual({
      list: ['x\ufffd', { deep: '\ufffdy\u2400' }],
      whole: '😀',
      low: '\ufffd',
    });
  });
});
