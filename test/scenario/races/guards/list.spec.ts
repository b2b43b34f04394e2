import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { occurrences } from './guard.js';
import { GUARDS } from './list.js';

const CHECKOUT = join(import.meta.dirname, '../../../..');
const RACES = Array.from({ length: 38 }, (_, at) => `R${at + 1}`);

/** That the list still speaks of the code as it is; that the guards are needed is seen by `npm run test:guards`. */
describe('the guards of the races', () => {
  it('are listed for each of R1 to R38', () => {
    expect([...new Set(GUARDS.map(({ race }) => race))]).toEqual(RACES);
  });

  it.each(GUARDS.map((guard) => [guard.race, guard.keeps, guard] as const))(
    '%s, %s: the guard stands in its file, once, and its test is there',
    (_race, _keeps, { file, from, to, spec, test }) => {
      expect(occurrences(readFileSync(join(CHECKOUT, file), 'utf8'), from)).toBe(1);
      expect(to).not.toBe(from);
      expect(readFileSync(join(CHECKOUT, spec), 'utf8')).toContain(test);
    },
  );
});
