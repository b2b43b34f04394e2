import { describe, expect, it } from 'vitest';
import { sizeOf } from './size-of';

describe('how many addresses a range has', () => {
  it('is told in digits while these can be read', () => {
    expect(sizeOf('89')).toBe('89');
    expect(sizeOf('65408')).toBe('65408');
  });

  it('is told as a power of two for ranges of IPv6', () => {
    expect(sizeOf('18446744073709486079')).toBe('about 2⁶⁴');
    expect(sizeOf('1099511627776')).toBe('about 2⁴⁰');
  });
});
