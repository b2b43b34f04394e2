import { expect, it } from 'vitest';
import { fuzzDhcp6 } from '#testkit';

it('answers or drops fifty thousand broken packets without a throw, and promises no address to two', () => {
  const { answered, leases, silent } = fuzzDhcp6(50_000);
  expect(answered).toBeGreaterThan(10_000);
  expect(leases).toBeGreaterThan(2_000);
  expect(Object.keys(silent)).toEqual(expect.arrayContaining(['malformed', 'other-server', 'unicast', 'unknown-link']));
});
