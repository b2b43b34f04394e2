import { describe, expect, it } from 'vitest';
import { conditionsOf } from './conditions-of';

describe('what is typed to find noderoles', () => {
  it.each([
    ['', ''],
    ['  web ', 'node contains "web"'],
    ['dns@web', 'role contains "dns" and node contains "web"'],
    ['dns@', 'role contains "dns"'],
    ['@web', 'node contains "web"'],
    ['@', ''],
    ['a"b', 'node contains "a\\"b"'],
    ['failures gt 0', 'failures gt 0'],
  ])('takes %j for %j', (typed, conditions) => expect(conditionsOf(typed)).toBe(conditions));
});
