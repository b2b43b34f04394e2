import { expect, it } from 'vitest';
import { sizeOf } from './inventory';

it('sizes are told in the unit that leaves a small number', () => {
  expect([0, 512, 1024, 17_179_869_184, 1_920_383_410_176, 3 * 1024 ** 4].map(sizeOf)).toEqual([
    '0 B',
    '512 B',
    '1 KiB',
    '16 GiB',
    '1.7 TiB',
    '3 TiB',
  ]);
});
