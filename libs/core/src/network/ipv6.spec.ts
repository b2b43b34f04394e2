import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatAddress } from './address.js';
import { automaticAddress, interfaceIdOf, rangesOfPrefix, readPrefix, uniqueLocalPrefix } from './ipv6.js';
import { formatSubnet, parseSubnet } from './subnet.js';

const md5 = (text: string) => createHash('md5').update(text).digest('hex');

describe('addresses that follow from names', () => {
  it('end in the last 64 bits of the MD5 of the FQDN', () => {
    const digest = md5('d00-11-22-33-44-55.example.com');
    expect(digest).toBe('ca9baa568fc7df788b19a43d635bfbc3');
    expect(interfaceIdOf(digest).toString(16)).toBe('8b19a43d635bfbc3');
    const address = automaticAddress(parseSubnet('fd12:3456:789a:1::/64')!, digest)!;
    expect(formatAddress(address)).toBe('fd12:3456:789a:1:8b19:a43d:635b:fbc3');
  });

  it('are none in IPv4 and in subnets with fewer than 64 host bits', () => {
    expect(automaticAddress(parseSubnet('10.0.0.0/8')!, md5('x'))).toBeNull();
    expect(automaticAddress(parseSubnet('fd00::/80')!, md5('x'))).toBeNull();
  });

  it('refuses to work on what is no MD5', () => expect(() => interfaceIdOf('abc')).toThrow(/32 hexadecimal/));
});

describe('prefixes of our own', () => {
  it('begin with fd, then the global id, then the subnet id', () => {
    expect(formatSubnet(uniqueLocalPrefix('123456789a', 1))).toBe('fd12:3456:789a:1::/64');
    expect(formatSubnet(uniqueLocalPrefix('0000000000', 0xffff))).toBe('fd00:0:0:ffff::/64');
    expect(() => uniqueLocalPrefix('123456789a', 0x10000)).toThrow(/16 bits/);
  });

  it.each([
    ['fd12:3456:789a:1::/64', 'fd12:3456:789a:1::/64'],
    ['fd12:3456:789a:1', 'fd12:3456:789a:1::/64'],
    ['FD12:0:0:1::/64', 'fd12:0:0:1::/64'],
  ])('are read from %s', (text, prefix) => expect(formatSubnet(readPrefix(text, parseSubnet)!)).toBe(prefix));

  it.each([
    'fd12:3456:789a::/48',
    'x fd12:3456:789a:1',
    'fd12:3456:789a:1 y',
    'fd12:3456:789a:1::5/64',
    '10.0.0.0/64',
    'fd12:3456:789a',
  ])('are not read from "%s"', (text) => expect(readPrefix(text, parseSubnet)).toBeNull());

  it('are given to nodes whole, or but for a pool below the anycast addresses', () => {
    const text = (withPool: boolean) =>
      rangesOfPrefix(parseSubnet('fd00::/64')!, { withPool }).map(
        ({ name, span }) =>
          `${name} ${formatAddress({ family: 6, value: span.first })} ${formatAddress({ family: 6, value: span.last })}`,
      );
    expect(text(false)).toEqual(['host-v6 fd00::1 fd00::ffff:ffff:ffff:fffe']);
    expect(text(true)).toEqual([
      'host-v6 fd00::1 fd00::ffff:ffff:fffe:ffff',
      'dhcp-v6 fd00::ffff:ffff:ffff:0 fd00::ffff:ffff:ffff:ff7f',
    ]);
  });
});
