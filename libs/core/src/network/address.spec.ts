import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parseAddress, parseInterfaceAddress, plainAddress } from './address.js';
import { parseSubnet, formatSubnet, spanOf, subnetHas, subnetOf, usableSpan } from './subnet.js';

const v4 = fc.bigInt({ min: 0n, max: (1n << 32n) - 1n }).map((value) => ({ family: 4 as const, value }));
const v6 = fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }).map((value) => ({ family: 6 as const, value }));

describe('addresses', () => {
  it('come out of their text as they went in', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), (address) => {
        expect(parseAddress(formatAddress(address))).toEqual(address);
      }),
    );
  });

  it.each([
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fd00:0001:0002:0003::', 'fd00:1:2:3::'],
    ['10.0.0.1/8', '10.0.0.1'],
  ])('have one text: %s is %s', (text, canonical) => expect(plainAddress(text)).toBe(canonical));

  it.each([
    '',
    '10.0.0',
    '10.0.0.256',
    '010.0.0.1',
    '10.0.0.1 ',
    '1.2.3.4.5',
    'fe80::1%eth0',
    '::1::2',
    '12345::',
    ':',
    'x',
    '1:2:3:4:5:6:7:8:9',
  ])('are not "%s"', (text) => expect(parseAddress(text)).toBeNull());

  it.each(['10.0.0.1', '10.0.0.1/33', '10.0.0.1/', '10.0.0.1/08', 'fd00::1/129', '10.0.0.1/8/8', '/8'])(
    'have no prefix length in "%s"',
    (text) => expect(parseInterfaceAddress(text)).toBeNull(),
  );
});

describe('subnets', () => {
  it('hold their base and their last address, and not the ones beside', () => {
    fc.assert(
      fc.property(fc.oneof(v4, v6), fc.integer({ min: 1, max: 32 }), (address, length) => {
        const subnet = subnetOf(address, length);
        const { first, last } = spanOf(subnet);
        expect(parseSubnet(formatSubnet(subnet))).toEqual(subnet);
        expect(subnetHas(subnet, address)).toBe(true);
        expect(subnetHas(subnet, { ...address, value: last })).toBe(true);
        if (first > 0n) expect(subnetHas(subnet, { ...address, value: first - 1n })).toBe(false);
      }),
    );
  });

  it('have no bits behind their prefix', () => expect(parseSubnet('10.0.0.1/8')).toBeNull());

  it.each([
    ['192.168.124.0/24', '192.168.124.1', '192.168.124.254'],
    ['10.0.0.0/31', '10.0.0.0', '10.0.0.1'],
    ['10.0.0.7/32', '10.0.0.7', '10.0.0.7'],
    ['fd00::/64', 'fd00::1', 'fd00::ffff:ffff:ffff:fffe'],
  ])('of %s machines have %s to %s', (text, first, last) => {
    const span = usableSpan(parseSubnet(text)!);
    expect([span.first, span.last].map((value) => formatAddress({ family: span.family, value }))).toEqual([
      first,
      last,
    ]);
  });
});
