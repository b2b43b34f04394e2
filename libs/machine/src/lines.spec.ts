import { describe, expect, it } from 'vitest';
import { LineSplitter } from './lines.js';

const split = (bytesMax: number, ...chunks: (string | Buffer)[]): string[] => {
  const lines: string[] = [];
  const splitter = new LineSplitter(bytesMax, (line) => lines.push(line));
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.flush();
  return lines;
};

describe('LineSplitter', () => {
  it('emits each line once, however the bytes are cut into chunks', () => {
    const text = 'one\ntwo\n\nthree';
    for (let size = 1; size <= text.length; size += 1) {
      const chunks = text.match(new RegExp(`[^]{1,${size}}`, 'g'))!;
      expect(split(100, ...chunks)).toEqual(['one', 'two', '', 'three']);
    }
  });

  it('emits nothing for an empty stream, and no empty line after the last line end', () => {
    expect(split(100)).toEqual([]);
    expect(split(100, 'a\n')).toEqual(['a']);
  });

  it('joins a character whose bytes came in two chunks', () => {
    const bytes = Buffer.from('grün\n');
    expect(split(100, bytes.subarray(0, 3), bytes.subarray(3))).toEqual(['grün']);
  });

  it('cuts a long line at the limit, says how much is missing, and goes on with the next line', () => {
    expect(split(4, 'abcdef', 'gh\nnext\n')).toEqual(['abcd [cut: 4 bytes more]', 'next']);
  });

  it('cuts between characters', () => {
    expect(split(4, 'abcü\n')).toEqual(['abc [cut: 1 bytes more]']);
    expect(split(5, 'abcü\n')).toEqual(['abcü']);
  });

  it('replaces bytes that are not UTF-8', () => {
    expect(split(100, Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]))).toEqual(['a\ufffd\ufffdb']);
  });

  it('drops the carriage return of a DOS line end only', () => {
    expect(split(100, '10%\r20%\r\n')).toEqual(['10%\r20%']);
  });
});
