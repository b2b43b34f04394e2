import { expect, it } from 'vitest';
import { fuzzTftp } from './fuzz.js';

it('reads fifty thousand broken packets without a throw, and never sends more than a window for one', () => {
  const { read, blocksSent } = fuzzTftp(50_000);
  expect(read).toBeGreaterThan(10_000);
  expect(blocksSent).toBeGreaterThan(10_000);
});
