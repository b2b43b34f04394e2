import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OPERATORS } from '#app';
import { readFilter, readListQuery } from './list-query.js';
import { Refused } from './refused.js';

describe('a filter', () => {
  it('is conditions that must all hold', () => {
    expect(readFilter('state eq error and name contains "web 1"')).toEqual([
      { field: 'state', operator: 'eq', value: 'error' },
      { field: 'name', operator: 'contains', value: 'web 1' },
    ]);
  });

  it('takes a list of values for "in"', () => {
    expect(readFilter('name in (a, "b, (c)" ,d) and alive eq true')).toEqual([
      { field: 'name', operator: 'in', value: ['a', 'b, (c)', 'd'] },
      { field: 'alive', operator: 'eq', value: 'true' },
    ]);
  });

  it('lets quotes and backslashes stand in quotes', () => {
    expect(readFilter(String.raw`name eq "say \"no\" \\ twice"`)).toEqual([
      { field: 'name', operator: 'eq', value: String.raw`say "no" \ twice` },
    ]);
  });

  it('takes a word that looks like "and" as a value when it is quoted', () => {
    expect(readFilter('name eq "and" and name ne "or"')).toHaveLength(2);
  });

  it.each([
    ['', 'it ends'],
    ['name', 'it ends'],
    ['name is x', 'an operator'],
    ['name eq', 'a value'],
    ['name eq x or name eq y', '"and", or nothing more'],
    ['name eq x and', 'the name of a field'],
    ['name in a', '"(" and a list'],
    ['name in (a', '"," or ")"'],
    ['name in ()', 'a value'],
    ['name eq "x', 'a closing quote'],
    ['"name" eq x', 'the name of a field'],
    ['name eq (', 'a value'],
  ])('that reads %j is refused, with what is expected where', (filter, expected) => {
    const refusal = refusalOf(() => readFilter(filter));
    expect(refusal.code).toBe('invalid');
    expect(refusal.detail).toContain(expected);
  });

  it('means what was written, whatever the values are', () => {
    const value = fc.string({ maxLength: 30 });
    const condition = fc.oneof(
      fc.record({
        field: fc.constantFrom('name', 'state'),
        operator: fc.constantFrom(...OPERATORS.filter((operator) => operator !== 'in')),
        value,
      }),
      fc.record({
        field: fc.constantFrom('name', 'state'),
        operator: fc.constant('in' as const),
        value: fc.array(value, { minLength: 1, maxLength: 4 }),
      }),
    );
    const quoted = (text: string): string => `"${text.replace(/["\\]/g, '\\$&')}"`;
    fc.assert(
      fc.property(fc.array(condition, { minLength: 1, maxLength: 4 }), (conditions) => {
        const written = conditions.map(
          ({ field, operator, value }) =>
            `${field} ${operator} ${Array.isArray(value) ? `(${value.map(quoted).join(',')})` : quoted(value)}`,
        );
        expect(readFilter(written.join(' and '))).toEqual(conditions);
      }),
    );
  });

  it('that is nonsense is refused and never breaks the reader', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          expect(readFilter(text).length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(Refused);
        }
      }),
    );
  });
});

describe('the parameters of a list', () => {
  it('are read with their signs', () => {
    expect(readListQuery({ limit: '5', cursor: 'c', sort: 'name, -created_at' })).toEqual({
      limit: 5,
      cursor: 'c',
      sort: [{ field: 'name' }, { field: 'created_at', descending: true }],
    });
  });
});

const refusalOf = (work: () => unknown): Refused['refusal'] => {
  try {
    work();
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
  throw new Error('it was not refused');
};
