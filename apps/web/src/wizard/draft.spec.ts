import { describe, expect, it } from 'vitest';
import { draftOf, EMPTY, proposedRanges, rangeProblems, siteOf, type Draft } from './draft';

const WHOLE: Draft = {
  ...EMPTY,
  fqdn: 'admin.example.test',
  domain: 'example.test',
  address: '10.1.2.1/24',
  router: '10.1.2.254',
  ...proposedRanges('10.1.2.1/24'),
  forwarders: ['9.9.9.9'],
  timeServers: ['10.1.2.2'],
  packageSource: 'offline',
  packageMirror: 'http://mirror.example.test/debian',
  installProxy: 'http://proxy.example.test:3128',
  services: [{ name: 'clock', kind: 'ntp', addresses: ['10.1.2.3'] }],
  targetOs: 'debian-13',
  accessKeys: ['ssh-ed25519 AAAA somebody@example.test'],
};

describe('a draft', () => {
  it('is proposed ranges that fit the address of the host', () => {
    expect(proposedRanges('10.1.2.1/24')).toEqual({
      nodesFirst: '10.1.2.11',
      nodesLast: '10.1.2.99',
      poolFirst: '10.1.2.100',
      poolLast: '10.1.2.199',
    });
    expect(proposedRanges('10.1.0.5/16')).toMatchObject({ nodesFirst: '10.1.0.11', poolLast: '10.1.0.199' });
    expect(proposedRanges('10.1.2.50/24')).toMatchObject({ nodesFirst: '10.1.2.51' });
    expect(proposedRanges('10.1.2.1/28')).toEqual({});
    expect(proposedRanges('fd00::1/64')).toEqual({});
  });

  it('becomes the site that is applied', () => {
    const site = siteOf(WHOLE);
    expect(site.networks?.[0]?.ranges?.map(({ name, first }) => `${name} ${first}`)).toEqual([
      'admin 10.1.2.1/24',
      'host 10.1.2.11/24',
      'dhcp 10.1.2.100/24',
    ]);
    expect(site.networks?.[0]?.router).toEqual({ address: '10.1.2.254/24', pref: 10 });
    expect(site.admin_node).toEqual({ name: 'admin.example.test' });
    expect(site.settings).toMatchObject({ package_source: 'offline' });
    expect(site.attribs).toEqual({
      'provisioner-os-install': {
        'target-os': 'debian-13',
        'install-proxy': 'http://proxy.example.test:3128',
        'install-access-keys': ['ssh-ed25519 AAAA somebody@example.test'],
      },
    });
  });

  it('with IPv6 alone has neither ranges nor a router of IPv4, and with IPv4 alone no prefix', () => {
    const [network] = siteOf({ ...WHOLE, families: 'v6' }).networks ?? [];
    expect([network?.ranges, network?.router, network?.v6prefix]).toEqual([undefined, undefined, 'auto']);
    expect(siteOf({ ...WHOLE, families: 'v4' }).networks?.[0]?.v6prefix).toBeNull();
  });

  it('comes back out of its site, whichever addresses it has', () => {
    for (const families of ['both', 'v4'] as const)
      expect(draftOf(siteOf({ ...WHOLE, families }))).toEqual({ ...WHOLE, families });
    expect(siteOf(draftOf(siteOf({ ...WHOLE, families: 'v6' })))).toEqual(siteOf({ ...WHOLE, families: 'v6' }));
  });

  it('keeps what a file says and no step asks for', () => {
    const site = {
      ...siteOf(WHOLE),
      networks: [...(siteOf(WHOLE).networks ?? []), { name: 'storage', conduit: '10g1' }],
      settings: { ...siteOf(WHOLE).settings, runs_at_once_max: 25 },
      attribs: { ...siteOf(WHOLE).attribs, 'network-server': { 'network-confirm-seconds': 60 } },
    } as ReturnType<typeof siteOf>;
    expect(siteOf(draftOf(site))).toEqual(site);
  });

  it('says what of its ranges does not fit together', () => {
    expect(rangeProblems(WHOLE)).toEqual([]);
    expect(rangeProblems({ ...WHOLE, nodesLast: '10.1.2.120' })).toEqual(['“nodes” and “new machines” overlap.']);
    expect(rangeProblems({ ...WHOLE, poolLast: '10.1.3.5' }).join()).toContain('outside of 10.1.2.0/24');
    expect(rangeProblems({ ...WHOLE, nodesLast: '10.1.2.5' }).join()).toContain('ends before it begins');
    expect(rangeProblems({ ...WHOLE, address: '10.1.2' }).join()).toContain('no address');
    expect(rangeProblems({ ...WHOLE, families: 'v6', poolLast: 'nonsense' })).toEqual([]);
  });
});
