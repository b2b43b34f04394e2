import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quote, quoteAll } from './quote.js';

/** What each shell hands to a program for a quoted argument list. NUL separates, as no argument can hold it. */
const received = (shell: string, argv: readonly string[]): string[] =>
  execFileSync(shell, ['-c', `printf '%s\\0' ${quoteAll(argv)}`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);

const AWKWARD = [
  'plain',
  '',
  "it's",
  "''",
  '"double"',
  'a; rm -rf /',
  '$(id)',
  '`id`',
  '$HOME ${HOME}',
  'two\nlines\n',
  '\ttab and  spaces ',
  'back\\slash\\',
  '*?[a-z]',
  '!history',
  '~root',
  '#comment',
  '-n',
  '&& true || false & | > <',
  'grüße 机器 🖧',
  '\x01\x1b[0m\x7f',
];

describe('quote', () => {
  for (const shell of ['sh', 'bash']) {
    it(`lets ${shell} hand over every awkward argument unchanged`, () => {
      expect(received(shell, AWKWARD)).toEqual(AWKWARD);
    });
    it(`keeps empty arguments in ${shell}, wherever they stand`, () => {
      expect(received(shell, ['', 'a', '', ''])).toEqual(['', 'a', '', '']);
    });
  }

  it('keeps every single character below 256 but NUL', () => {
    const argv = Array.from({ length: 255 }, (_, code) => String.fromCharCode(code + 1));
    expect(received('sh', argv)).toEqual(argv);
  });

  it('refuses a NUL byte, which no argument can hold', () => {
    expect(() => quote('a\0b')).toThrow(/NUL/);
  });
});
