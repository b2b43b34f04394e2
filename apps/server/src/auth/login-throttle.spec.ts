import { describe, expect, it } from 'vitest';
import { FAILURES_MAX, FAILURES_WINDOW_MS, LoginThrottle } from './login-throttle.js';

describe('the door for those who log in', () => {
  const open = (throttle: LoginThrottle, ...keys: string[]): boolean => {
    try {
      throttle.attempt(keys);
      return true;
    } catch {
      return false;
    }
  };

  it('shuts after too many failures, and opens again after a while', () => {
    let now = 0;
    const throttle = new LoginThrottle(() => now);
    const attempts = Array.from({ length: FAILURES_MAX + 3 }, () => open(throttle, 'name:a'));
    expect(attempts.filter(Boolean)).toHaveLength(FAILURES_MAX);
    now = FAILURES_WINDOW_MS + 1;
    expect(open(throttle, 'name:a')).toBe(true);
  });

  it('counts a name from everywhere, and an address for every name', () => {
    const throttle = new LoginThrottle(() => 0);
    for (let each = 0; each < FAILURES_MAX; each += 1) open(throttle, 'name:victim', `from:${each}`);
    expect(open(throttle, 'name:victim', 'from:elsewhere')).toBe(false);
    expect(open(throttle, 'name:other', 'from:elsewhere')).toBe(true);
  });

  it('does not forgive earlier failures for one success', () => {
    const throttle = new LoginThrottle(() => 0);
    for (let each = 0; each < FAILURES_MAX - 1; each += 1) open(throttle, 'from:here');
    open(throttle, 'from:here');
    throttle.succeeded(['from:here']);
    expect(open(throttle, 'from:here')).toBe(true);
    expect(open(throttle, 'from:here')).toBe(false);
  });
});
