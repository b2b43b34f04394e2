import { describe, expect, it } from 'vitest';
import { FakeSession } from '#testkit';
import { JIGS } from './described.js';
import { jigs } from './registry.js';

describe('the jigs', () => {
  it('are what is said of them: each name has a program that goes by it', () => {
    const made = jigs({ session: new FakeSession(), privateKeyPath: '/nowhere' });
    expect(made.map(({ name }) => name)).toEqual(JIGS.map(({ name }) => name));
  });
});
