import { describe, expect, it } from 'vitest';
import { LOG_LINE_CHARACTERS_MAX, logLine } from './log-line.js';

describe('logLine', () => {
  it('leaves an ordinary line alone', () => {
    expect(logLine('grüße 🖧 \u001b[1mbold')).toBe('grüße 🖧 \u001b[1mbold');
  });

  it('replaces NUL, which the store cannot hold', () => {
    expect(logLine('a\0b')).toBe('a\ufffdb');
  });

  it('cuts a very long line between characters and says so', () => {
    const long = `${'x'.repeat(LOG_LINE_CHARACTERS_MAX - 1)}🖧yz`;
    expect(logLine(long)).toBe(`${'x'.repeat(LOG_LINE_CHARACTERS_MAX - 1)} [cut: 4 characters more]`);
  });
});
