import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { domainName, isWithin, nameInZone, parentName, reverseName, reverseZones } from './name.js';
import { parseRecordData, recordText } from './record.js';

describe('a domain name', () => {
  it.each([
    ['Example.COM.', 'example.com'],
    ['.', ''],
    ['_srv._tcp.example.com', '_srv._tcp.example.com'],
    ['', null],
    ['a..b', null],
    ['-a.b', null],
    ['*.example.com', null],
    ['a b', null],
    [`${'a'.repeat(64)}.b`, null],
    [Array(128).fill('a').join('.'), null],
    [Array(127).fill('a').join('.'), Array(127).fill('a').join('.')],
  ])('has one form: %s → %s', (text, name) => {
    expect(domainName(text)).toBe(name);
  });

  it('in a zone is relative, unless it ends in a dot', () => {
    expect(nameInZone('www', 'example.com')).toBe('www.example.com');
    expect(nameInZone('@', 'example.com')).toBe('example.com');
    expect(nameInZone('www.other.org.', 'example.com')).toBe('www.other.org');
  });

  it('is within its zone and all those above, and in no other', () => {
    expect(isWithin('a.example.com', 'example.com')).toBe(true);
    expect(isWithin('bexample.com', 'example.com')).toBe(false);
    expect(isWithin('anything', '')).toBe(true);
    expect(parentName('a.b')).toBe('b');
    expect(parentName('b')).toBe('');
    expect(parentName('')).toBeNull();
  });
});

describe('the name of an address', () => {
  it('is written from its end', () => {
    expect(reverseName('192.168.124.81')).toBe('81.124.168.192.in-addr.arpa');
    expect(reverseName('fd00::1')).toBe(`1${'.0'.repeat(29)}.d.f.ip6.arpa`);
    expect(reverseName('fd00::1')!.split('.')).toHaveLength(34);
    expect(reverseName('nothing')).toBeNull();
  });

  it.each([
    ['192.168.124.0/24', ['124.168.192.in-addr.arpa']],
    ['10.0.0.0/8', ['10.in-addr.arpa']],
    ['10.4.0.0/15', ['4.10.in-addr.arpa', '5.10.in-addr.arpa']],
    ['192.168.124.128/25', ['124.168.192.in-addr.arpa']],
    ['fd12:3456::/32', ['6.5.4.3.2.1.d.f.ip6.arpa']],
    ['0.0.0.0/0', []],
    ['nothing', []],
  ])('stands in the reverse zones of its subnet: %s', (cidr, zones) => {
    expect(reverseZones(cidr)).toEqual(zones);
  });

  it('is always in one of the reverse zones of its subnet', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.integer({ min: 8, max: 32 }), (address, length) => {
        const zones = reverseZones(`${address}/${length}`);
        expect(zones.some((zone) => isWithin(reverseName(address)!, zone))).toBe(true);
      }),
    );
    fc.assert(
      fc.property(fc.ipV6(), fc.integer({ min: 16, max: 128 }), (address, length) => {
        const zones = reverseZones(`${address}/${length}`);
        expect(zones.some((zone) => isWithin(reverseName(address)!, zone))).toBe(true);
      }),
    );
  });
});

describe('the data of a record', () => {
  it.each([
    ['A', '192.0.2.1', '192.0.2.1'],
    ['AAAA', '2001:DB8::1', '2001:db8::1'],
    ['CNAME', 'www', 'www.example.com.'],
    ['CNAME', 'www.other.org.', 'www.other.org.'],
    ['MX', '10 mail', '10 mail.example.com.'],
    ['SRV', '0 5 443 web', '0 5 443 web.example.com.'],
    ['TXT', 'v=spf1 -all', '"v=spf1 -all"'],
    ['TXT', '"a \\"b\\"" "c"', '"a \\"b\\"" "c"'],
  ] as const)('of type %s is read from %s', (type, text, written) => {
    const data = parseRecordData(type, text, 'example.com');
    expect(!isRefusal(data) && recordText(data)).toBe(written);
  });

  it.each([
    ['A', '2001:db8::1'],
    ['AAAA', '192.0.2.1'],
    ['CNAME', 'a b'],
    ['MX', 'mail'],
    ['MX', '65536 mail'],
    ['SRV', '0 5 web'],
    ['TXT', '"unended'],
    ['TXT', 'ü'],
    ['TXT', 'x'.repeat(256)],
  ] as const)('of type %s is refused when it is %s', (type, text) => {
    expect(isRefusal(parseRecordData(type, text, 'example.com'))).toBe(true);
  });
});
