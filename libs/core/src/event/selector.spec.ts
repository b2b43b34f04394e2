import { describe, expect, it } from 'vitest';
import { selects } from './selector.js';

const event = { kind: 'node.alive', node: 'n1.example.com', role: null, deployment: 'web' };

describe('the selector of a hook', () => {
  it.each([
    [{}, true],
    [{ kind: 'node.alive' }, true],
    [{ kind: 'node.*' }, true],
    [{ kind: '*' }, true],
    [{ kind: 'node_role.*' }, false],
    [{ kind: 'node.*', deployment: 'web' }, true],
    [{ kind: 'node.*', deployment: 'db' }, false],
    [{ node: 'n1.*' }, true],
    // An event without a role is not one that a selector for a role asks for.
    [{ role: '*' }, false],
  ])('%j selects it: %s', (selector, expected) => {
    expect(selects(selector, event)).toBe(expected);
  });
});
