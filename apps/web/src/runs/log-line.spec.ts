import { describe, expect, it } from 'vitest';
import { asFile, harmless, linesWith, type LogLine } from './log-line';

const lines: readonly LogLine[] = ['began', '\u001b[31mError\u001b[0m: no disk', 'an error again'].map(
  (text, index) => ({
    line: index + 1,
    at: '2026-01-02T03:04:05.000Z',
    stream: 'out',
    text,
  }),
);

describe('a line of a log', () => {
  it('steers no terminal', () => {
    expect(harmless('\u001b[2J\u001b[31mred\u001b[0m\u0007\r\n')).toBe('[2Jred');
    expect(harmless('a\tb')).toBe('a    b');
  });

  it('is found by what it says, whatever its case and colour', () => {
    expect(linesWith(lines, 'ERROR')).toEqual([2, 3]);
    expect(linesWith(lines, 'Error: no')).toEqual([2]);
    expect(linesWith(lines, 'nothing like it')).toEqual([]);
  });

  it('stands in the file with its moment', () => {
    expect(asFile(lines.slice(0, 1))).toBe('2026-01-02T03:04:05.000Z began\n');
  });
});
