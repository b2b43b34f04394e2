import { describe, expect, it } from 'vitest';
import { paletteFor } from './colour.js';
import { displayWidth } from './display-width.js';
import { printFields, printTable } from './table.js';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const plain = { palette: paletteFor({}, {}), now: NOW, heads: true };

describe('a table', () => {
  const COLUMNS = [
    { field: 'name' },
    { field: 'state' },
    { field: 'run.count', head: 'RUNS' },
    { field: 'created_at', head: 'AGE' },
  ];
  const ITEMS = [
    { name: 'web', state: 'active', run: { count: 3 }, created_at: '2026-03-01T11:00:00.000Z' },
    { name: 'much-longer', state: 'transition', run: null, created_at: null },
  ];

  it('has columns as wide as what is in them, and no blanks at the end of a line', () => {
    expect(printTable(ITEMS, COLUMNS, plain)).toBe(
      [
        'NAME          STATE        RUNS   AGE',
        'web           ACTIVE       3      1h',
        'much-longer   TRANSITION   -      -',
      ].join('\n'),
    );
    expect(printTable(ITEMS, COLUMNS, { ...plain, heads: false }).split('\n')).toHaveLength(2);
    expect(printTable([], COLUMNS, plain)).toBe('NAME   STATE   RUNS   AGE');
  });

  it('has the same columns in colour', () => {
    const coloured = printTable(ITEMS, COLUMNS, { ...plain, palette: paletteFor({ isTTY: true }, {}) });
    expect(coloured).toContain('\u001b[32mACTIVE\u001b[39m       3');
  });

  it('of a fleet is laid out in no time', () => {
    const fleet = Array.from({ length: 20_000 }, (_none, index) => ({ ...ITEMS[0], name: `node-${index}` }));
    const before = performance.now();
    printTable(fleet, COLUMNS, plain);
    // A second would be felt; what grows with the square of the rows takes a minute.
    expect(performance.now() - before).toBeLessThan(5_000);
  });

  it('counts what a terminal shows: wide characters twice, marks and colours not', () => {
    expect([
      displayWidth('web'),
      displayWidth('日本'),
      displayWidth('e\u0301'),
      displayWidth('\u001b[31mx\u001b[39m'),
      displayWidth('ü→'),
    ]).toEqual([3, 4, 1, 1, 2]);
  });
});

describe('one thing with all its fields', () => {
  it('has a line for each, a time with its age, and nested ones below', async () => {
    expect(
      await printFields(
        { name: 'web', created_at: '2026-03-01T11:00:00.000Z', flags: ['a', 'b'], data: { port: 80 }, empty: {} },
        plain,
      ),
    ).toBe(
      [
        'name         web',
        'created at   2026-03-01T11:00:00.000Z (1h ago)',
        'flags        a,b',
        'empty        {}',
        'data:',
        '  port: 80',
      ].join('\n'),
    );
  });
});
