import { describe, expect, it } from 'vitest';
import { OPTION, OPTION_KINDS, optionKind } from './option-table.js';
import {
  domainsOctets,
  readAddress,
  readSuboptions,
  readText,
  readUint16,
  readUint32,
  routesOctets,
} from './option-value.js';

describe('the table of options', () => {
  it('describes each option that is used, once, with the document that defines it', () => {
    for (const code of Object.values(OPTION)) expect(optionKind(code)?.defined, String(code)).toMatch(/RFC|iPXE|MS-/);
    expect(new Set(OPTION_KINDS.map(({ code }) => code)).size).toBe(OPTION_KINDS.length);
    expect(optionKind(224)).toBeNull();
  });
});

describe('contents of options', () => {
  it('count as absent when they have the wrong length', () => {
    expect([readAddress([10, 0, 0]), readUint16([1]), readUint32([1, 2, 3]), readText([]), readText([0, 65])]).toEqual([
      null,
      null,
      null,
      null,
      null,
    ]);
  });

  it('show nothing that a terminal could take for a command', () => {
    expect(readText([72, 27, 91, 105, 200, 0, 65])).toBe('H?[i?');
  });

  it('are read in parts only when every part ends within', () => {
    expect(readSuboptions([1, 2, 7, 8, 255, 0])).toEqual(
      new Map([
        [1, [7, 8]],
        [255, []],
      ]),
    );
    expect(readSuboptions([1, 3, 7, 8])).toBeNull();
    expect(readSuboptions([1])).toBeNull();
  });

  it('are routes with as many bytes as the prefix takes (RFC 3442)', () => {
    const via = '10.0.0.1';
    const routes = ['0.0.0.0/0', '10.0.0.0/8', '10.17.0.0/16', '10.27.129.0/24', '10.229.0.128/25', 'fd00::/8'];
    expect(routesOctets(routes.map((destination) => ({ destination, via })))).toEqual([
      ...[0, 10, 0, 0, 1],
      ...[8, 10, 10, 0, 0, 1],
      ...[16, 10, 17, 10, 0, 0, 1],
      ...[24, 10, 27, 129, 10, 0, 0, 1],
      ...[25, 10, 229, 0, 128, 10, 0, 0, 1],
    ]);
    expect(routesOctets([])).toBeNull();
  });

  it('are domains as DNS writes them (RFC 3397)', () => {
    expect(domainsOctets(['ab.c'])).toEqual([2, 97, 98, 1, 99, 0]);
    expect(domainsOctets([`${'x'.repeat(64)}.c`, ''])).toBeNull();
  });
});
