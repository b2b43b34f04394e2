import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { formatAddress, parseAddress, type Address } from './address.js';
import { allocateAddress, automaticRange, rangeOfWish, type AddressWanted, type AllocationRange } from './allocate.js';
import { FreeSpans } from './free-spans.js';
import { readRange, type RangeSpan } from './range.js';

const range = (name: string, first: string, last: string): AllocationRange => ({
  name,
  ...(readRange({ name, first, last }) as RangeSpan),
});
const HOST = range('host', '10.0.0.81/24', '10.0.0.90/24');
const ADMIN = range('admin', '10.0.0.10/24', '10.0.0.11/24');
const POOL = range('dhcp', '10.0.0.21/24', '10.0.0.80/24');
const V6 = range('host-v6', 'fd00::1/64', 'fd00::ffff:ffff:ffff:fffe/64');

const NODE = { name: 'n1.example.com', admin: false, digest: '0'.repeat(16) + '00000000000000aa', adminAddresses: [] };
const valueOf = (text: string) => (parseAddress(text) as Address).value;
const wanted = (more: Partial<AddressWanted> = {}): AddressWanted => ({
  network: 'storage',
  range: HOST,
  node: NODE,
  avoid: new Set(),
  ...more,
});
const give = (free: FreeSpans, want: AddressWanted) => {
  const given = allocateAddress(free, want);
  if (isRefusal(given)) return given.detail;
  return `${formatAddress({ family: want.range.span.family, value: given.value })} ${given.chosen}`;
};
const freeOf = (one: AllocationRange) => new FreeSpans(one.span.family, [one.span]);

describe('the range that a node gets its address from', () => {
  const ranges = [POOL, HOST, ADMIN, V6];
  it('is admin for admin nodes where there is one, host for all others', () => {
    expect(automaticRange(ranges, 4, { admin: true })).toBe(ADMIN);
    expect(automaticRange([POOL, HOST], 4, { admin: true })).toBe(HOST);
    expect(automaticRange(ranges, 4, { admin: false })).toBe(HOST);
    expect(automaticRange(ranges, 6, { admin: false })).toBe(V6);
  });
  it('is never a pool', () => expect(automaticRange([POOL], 4, { admin: false })).toBeNull());
});

describe('a wish', () => {
  const wishOf = (text: string) => rangeOfWish([POOL, HOST], { text, network: 'storage', whose: 'you ask for' });
  it('is found in its range, with its prefix length or without', () => {
    expect(wishOf('10.0.0.85')).toMatchObject({ range: HOST });
    expect(wishOf('10.0.0.85/24')).toMatchObject({ range: HOST });
  });
  it.each([
    ['10.0.0.30', 'machines that nobody knows'],
    ['10.0.9.1', 'host (10.0.0.81 - 10.0.0.90)'],
    ['ten', 'no IPv4 or IPv6 address'],
  ])('for %s is refused with what could be had', (text, says) => {
    expect((wishOf(text) as { detail: string }).detail).toContain(says);
  });
  it('is met, or refused, and never replaced', () => {
    const free = freeOf(HOST);
    const want = wanted({ wish: { value: valueOf('10.0.0.85'), chosen: 'hint', whose: 'the hint of n1 wishes for' } });
    expect(give(free, want)).toBe('10.0.0.85 hint');
    expect(give(free, want)).toContain('another node has');
  });
});

describe('without a wish', () => {
  it('IPv6 takes the address that follows from the name, then the lowest that is free', () => {
    const free = freeOf(V6);
    expect(give(free, wanted({ range: V6 }))).toBe('fd00::aa interface-id');
    expect(give(free, wanted({ range: V6 }))).toBe('fd00::1 first-free');
  });
  it('IPv4 takes the host part of the admin network where it fits, then the lowest', () => {
    const node = { ...NODE, adminAddresses: [{ address: '192.168.124.88', prefixLength: 24 }] };
    const free = freeOf(HOST);
    expect(give(free, wanted({ node }))).toBe('10.0.0.88 like-admin');
    expect(give(free, wanted({ node }))).toBe('10.0.0.81 first-free');
    const far = { ...NODE, adminAddresses: [{ address: '10.9.7.200', prefixLength: 16 }] };
    expect(give(free, wanted({ node: far }))).toBe('10.0.0.82 first-free');
  });
  it('a router’s address goes to admin nodes only', () => {
    const avoid = new Set([valueOf('10.0.0.81')]);
    expect(give(freeOf(HOST), wanted({ avoid }))).toBe('10.0.0.82 first-free');
    const admin = { ...NODE, admin: true };
    const router = new Set([valueOf('10.0.0.10')]);
    expect(give(freeOf(ADMIN), wanted({ range: ADMIN, node: admin, avoid: router }))).toBe('10.0.0.10 first-free');
  });
  it('an empty range is told with what to do', () => {
    expect(give(new FreeSpans(4, []), wanted())).toContain('make it larger');
  });
});
