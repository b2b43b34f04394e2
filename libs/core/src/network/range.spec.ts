import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { readRange, refuseOverlap } from './range.js';

const range = (first: string, last: string) => ({ name: 'host', first, last });

describe('the ends of a range', () => {
  it.each([
    ['10.0.0.1/24', '10.0.0.254/24'],
    ['10.0.0.5/24', '10.0.0.5/24'],
    ['fd00::1/64', 'fd00::ffff:ffff:ffff:fffe/64'],
    ['10.0.0.0/31', '10.0.0.1/31'],
  ])('may be %s and %s', (first, last) => expect(isRefusal(readRange(range(first, last)))).toBe(false));

  it.each([
    ['10.0.0.1', '10.0.0.9/24', 'first', 'prefix length'],
    ['10.0.0.1/24', 'ten/24', 'last', 'ten'],
    ['10.0.0.1/24', 'fd00::1/24', 'last', 'two families'],
    ['10.0.0.1/24', '10.0.0.9/25', 'last', 'prefix lengths'],
    ['10.0.0.1/24', '10.0.1.9/24', 'last', 'not in 10.0.0.0/24'],
    ['10.0.0.9/24', '10.0.0.1/24', 'last', 'before'],
    ['10.0.0.0/24', '10.0.0.9/24', 'first', 'the subnet itself'],
    ['10.0.0.1/24', '10.0.0.255/24', 'last', 'broadcast'],
    ['fd00::/64', 'fd00::9/64', 'first', 'the subnet itself'],
    ['0.0.0.1/0', '0.0.0.9/0', 'first', 'no subnet'],
  ])('are not %s and %s', (first, last, field, says) => {
    const refusal = readRange(range(first, last));
    expect(refusal).toMatchObject({ code: 'invalid', fields: { field } });
    expect((refusal as { detail: string }).detail).toContain(says);
  });
});

describe('two ranges', () => {
  const span = (first: bigint, last: bigint) => ({ family: 4 as const, first, last });
  const other = { name: 'host', network: 'n', span: span(10n, 20n), overlap: false };
  const refused = (first: bigint, last: bigint, overlap = false) =>
    refuseOverlap({ name: 'new', span: span(first, last), overlap }, [other]) !== null;

  it('may touch', () => {
    expect(refused(1n, 9n)).toBe(false);
    expect(refused(21n, 30n)).toBe(false);
  });

  it.each([
    [1n, 10n],
    [20n, 25n],
    [12n, 13n],
    [1n, 99n],
  ])('share no address: %s to %s', (first, last) => expect(refused(first, last)).toBe(true));

  it('share addresses where one may', () => expect(refused(12n, 13n, true)).toBe(false));
});
