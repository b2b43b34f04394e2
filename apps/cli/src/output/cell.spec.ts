import { describe, expect, it } from 'vitest';
import { age, cell, span } from './cell.js';
import { paletteFor } from './colour.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const plain = { palette: paletteFor({ isTTY: false }, {}), now: NOW };
const coloured = { palette: paletteFor({ isTTY: true }, {}), now: NOW };

describe('a value in a table', () => {
  it.each([
    ['alive', true, 'yes'],
    ['alive', false, 'no'],
    ['note', '', '-'],
    ['note', null, '-'],
    ['flags', [], '-'],
    ['flags', ['implicit', 'service'], 'implicit,service'],
    ['state', 'transition', 'TRANSITION'],
    ['hints', { a: 1 }, '{"a":1}'],
    ['created_at', '2026-03-01T11:54:48.000Z', '5m12s'],
    ['expires_at', '2026-03-02T13:00:00.000Z', 'in 1d1h'],
    ['note', '2026-03-01T11:54:48.000Z', '2026-03-01T11:54:48.000Z'],
  ])('%s %j is %s', (field, value, text) => expect(cell(field, value, plain)).toBe(text));

  it('holds nothing that a terminal would obey', () => {
    expect(cell('note', 'a\u001b[2Jb\nc\u202e', plain)).toBe('a\ufffd[2Jb c\ufffd');
  });

  it('is coloured on a terminal only, and the word stays', () => {
    expect(cell('state', 'error', coloured)).toBe('\u001b[31mERROR\u001b[39m');
    expect(paletteFor({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x');
  });
});

describe('a span of time that is shown', () => {
  it.each([
    [0, '0s'],
    [250, '250ms'],
    [4_000, '4s'],
    [312_000, '5m12s'],
    [10 * 3_600_000 + 60_000, '10h'],
    [3 * 86_400_000 + 7 * 3_600_000, '3d7h'],
  ])('%d ms is %s', (ms, text) => expect(span(ms)).toBe(text));

  it('is 0 for what is a moment ahead by another clock', () => expect(age(NOW + 500, NOW)).toBe('0s'));
});
