import { describe, expect, it } from 'vitest';
import { EMPTY, proposedRanges, siteOf } from './draft';

describe('a draft', () => {
  it('is proposed ranges that fit the address of the host', () => {
    expect(proposedRanges('10.1.2.1/24')).toEqual({
      nodesFirst: '10.1.2.11',
      nodesLast: '10.1.2.99',
      poolFirst: '10.1.2.100',
      poolLast: '10.1.2.199',
    });
    expect(proposedRanges('10.1.2.1/28')).toEqual({});
    expect(proposedRanges('fd00::1/64')).toEqual({});
  });

  it('becomes the site that is applied', () => {
    const site = siteOf({
      ...EMPTY,
      fqdn: 'admin.example.test',
      domain: 'example.test',
      address: '10.1.2.1/24',
      router: '10.1.2.254',
      ...proposedRanges('10.1.2.1/24'),
      forwarders: ['9.9.9.9'],
    });
    expect(site.networks?.[0]?.ranges?.map(({ name, first }) => `${name} ${first}`)).toEqual([
      'admin 10.1.2.1/24',
      'host 10.1.2.11/24',
      'dhcp 10.1.2.100/24',
    ]);
    expect(site.networks?.[0]?.router).toEqual({ address: '10.1.2.254/24', pref: 10 });
    expect(site.admin_node).toEqual({ name: 'admin.example.test' });
  });

  it('with IPv6 alone has neither ranges nor a router of IPv4', () => {
    const [network] = siteOf({ ...EMPTY, fqdn: 'a.b' }).networks ?? [];
    expect(network?.ranges).toBeUndefined();
    expect(network?.v6prefix).toBe('auto');
  });
});
