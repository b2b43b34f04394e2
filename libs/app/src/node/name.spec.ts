import { describe, expect, it } from 'vitest';
import { isRefusal } from '#core';
import { nodeName } from './name.js';

describe('the name of a node', () => {
  it.each([
    ['N1.Example.Com', 'n1.example.com'],
    [' n1.example.com. ', 'n1.example.com'],
    ['0-9.a-b.example.com', '0-9.a-b.example.com'],
    [`${'a'.repeat(63)}.example.com`, `${'a'.repeat(63)}.example.com`],
  ])('%j is kept as %j', (text, name) => {
    expect(nodeName(text)).toBe(name);
  });

  it.each([
    '',
    'n1',
    'n1.example',
    '-n1.example.com',
    'n1-.example.com',
    'n_1.example.com',
    'n1..example.com',
    `${'a'.repeat(64)}.example.com`,
    `${'a.'.repeat(130)}com`,
    '10.77.0.2',
    'n1.example.com/x',
    'ñ.example.com',
    'n1.example.com\0',
  ])('%j is refused', (text) => {
    expect(isRefusal(nodeName(text))).toBe(true);
  });
});
