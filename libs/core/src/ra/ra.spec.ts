import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkOf6 } from '#testkit';
import {
  decodeRouterAdvertisement,
  decodeRouterSolicitation,
  encodeRouterAdvertisement,
  type RouterAdvertisement,
} from './advertisement.js';
import { planAdvertisement } from './plan.js';
import { afterChange, afterSolicitation, beginSchedule, dueAdvertisements, nextMoment } from './schedule.js';

const MAC = '52:54:00:77:00:fe';
const US = { mac: MAC, addresses: ['fd00:77:0:1::1'] };

describe('a router advertisement', () => {
  it('says that addresses come by DHCPv6 and which prefix is on the link, and offers no way out', () => {
    expect(planAdvertisement([networkOf6({ mtu: 9_000 })], US)).toEqual<RouterAdvertisement>({
      hopLimit: 64,
      managed: true,
      other: true,
      routerSeconds: 0,
      mac: MAC,
      mtu: 9_000,
      prefixes: [{ prefix: 'fd00:77:0:1::/64', onLink: true, autonomous: false, valid: 2_592_000, preferred: 604_800 }],
      nameServers: ['fd00:77:0:1::1'],
      searchDomains: ['example.test'],
      namesSeconds: 1_800,
    });
  });

  it('offers a way out where the router of the network is ourselves', () => {
    const subnets = (router: string) => networkOf6().subnets.map((subnet) => ({ ...subnet, router }));
    expect(planAdvertisement([networkOf6({ subnets: subnets('fd00:77:0:1::1') })], US)?.routerSeconds).toBe(1_800);
    expect(planAdvertisement([networkOf6({ subnets: subnets('fd00:77:0:1::fe') })], US)?.routerSeconds).toBe(0);
  });

  it('lets hosts make addresses of a /64 where the network says so', () => {
    const autonomous = (cidr: string) =>
      planAdvertisement([networkOf6({ subnets: [{ family: 6, cidr, pools: [], routes: [], autonomous: true }] })], US)
        ?.prefixes[0]?.autonomous;
    expect(autonomous('fd00:77:0:1::/64')).toBe(true);
    expect(autonomous('fd00:77:0:1::/80')).toBe(false);
  });

  it('tells of us where the network names no server for names, and names are served here', () => {
    const told = (nameServers: string[], us: object) =>
      planAdvertisement([networkOf6({ nameServers })], { ...US, ...us })?.nameServers;
    const addresses = ['fe80::1', 'fd00:77:0:1::1'];
    expect(told([], { addresses, servesNames: true })).toEqual(['fd00:77:0:1::1']);
    expect(told([], { addresses })).toEqual([]);
    expect(told([], { addresses: ['fe80::1'], servesNames: true })).toEqual([]);
    expect(told(['2001:db8::53'], { addresses, servesNames: true })).toEqual(['2001:db8::53']);
  });

  it('is not sent where Anneal does not serve, or knows no IPv6', () => {
    expect(planAdvertisement([networkOf6({ dhcp: 'off' })], US)).toBeNull();
    expect(planAdvertisement([networkOf6({ dhcp: 'proxy' })], US)).toBeNull();
    expect(planAdvertisement([networkOf6({ subnets: [] })], US)).toBeNull();
    expect(planAdvertisement([], US)).toBeNull();
  });

  it('is written as RFC 4861 draws it', () => {
    const bytes = encodeRouterAdvertisement(planAdvertisement([networkOf6({ mtu: 1_500 })], US) as RouterAdvertisement);
    expect(Buffer.from(bytes).toString('hex')).toBe(
      [
        '86000000' + '40c00000' + '00000000' + '00000000',
        '0101525400770' + '0fe',
        '05010000000005dc',
        '030440800027' + '8d0000093a80' + '00000000' + 'fd000077000000010000000000000000',
        '1903000000000708' + 'fd000077000000010000000000000001',
        '1f03000000000708' + '076578616d706c65' + '04746573740000' + '00',
      ].join(''),
    );
  });

  it('is read as it was written', () => {
    const seconds = fc.integer({ min: 0, max: 0xffff_ffff });
    const advertisement = fc.record({
      hopLimit: fc.integer({ min: 0, max: 255 }),
      managed: fc.boolean(),
      other: fc.boolean(),
      routerSeconds: fc.integer({ min: 0, max: 0xffff }),
      mac: fc.constantFrom(null, MAC),
      mtu: fc.option(seconds),
      prefixes: fc.array(
        fc.record({
          prefix: fc.constantFrom('fd00::/64', 'fd00:1:2::/48', '2001:db8:0:f0::/60', '::/0'),
          onLink: fc.boolean(),
          autonomous: fc.boolean(),
          valid: seconds,
          preferred: seconds,
        }),
        { maxLength: 4 },
      ),
      nameServers: fc.uniqueArray(fc.constantFrom('fd00::1', 'fd00::2', '2001:db8::53')),
      searchDomains: fc.uniqueArray(fc.constantFrom('example.test', 'a.b.c', 'x')),
      namesSeconds: seconds,
    });
    fc.assert(
      fc.property(advertisement, (written) => {
        const none = written.nameServers.length + written.searchDomains.length === 0;
        expect(decodeRouterAdvertisement(encodeRouterAdvertisement(written))).toEqual({
          ...written,
          namesSeconds: none ? 0 : written.namesSeconds,
        });
      }),
    );
  });
});

describe('a router solicitation', () => {
  const sound = [133, 0, 0, 0, 0, 0, 0, 0];
  const withMac = [...sound, 1, 1, 0x52, 0x54, 0, 0x77, 0, 0xfe];

  it('tells who asks', () => {
    expect(decodeRouterSolicitation(Uint8Array.from(sound), '::')).toEqual({ mac: null });
    expect(decodeRouterSolicitation(Uint8Array.from(withMac), 'fe80::1')).toEqual({ mac: MAC });
  });

  it('is not believed when it is not sound', () => {
    expect(decodeRouterSolicitation(Uint8Array.from(withMac), '::')).toBeNull();
    expect(decodeRouterSolicitation(Uint8Array.from([...sound, 1, 0]), 'fe80::1')).toBeNull();
    expect(decodeRouterSolicitation(Uint8Array.from([...sound, 1, 2, 0, 0]), 'fe80::1')).toBeNull();
    expect(decodeRouterSolicitation(Uint8Array.from([133, 1, 0, 0, 0, 0, 0, 0]), 'fe80::1')).toBeNull();
    expect(decodeRouterSolicitation(Uint8Array.from([133, 0, 0]), 'fe80::1')).toBeNull();
  });
});

describe('the schedule of advertisements', () => {
  it('begins with three in quick succession and goes on at ease', () => {
    let schedule = beginSchedule(0);
    const moments: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      const now = nextMoment(schedule);
      const due = dueAdvertisements(schedule, now, () => 0.5);
      expect(due.toAll).toBe(true);
      moments.push(now);
      schedule = due.then;
    }
    expect(moments).toEqual([0, 16_000, 32_000, 432_000, 832_000]);
  });

  it('answers a host with an address alone, within half a second, however recent the last to all', () => {
    const begun = dueAdvertisements(beginSchedule(0), 0, () => 0).then;
    const asked = afterSolicitation(begun, 'fe80::1', 100, () => 0.8);
    expect(nextMoment(asked)).toBe(500);
    expect(afterSolicitation(asked, 'fe80::1', 200, () => 0)).toBe(asked);
    expect(dueAdvertisements(asked, 499, () => 0).to).toEqual([]);
    const due = dueAdvertisements(asked, 500, () => 0);
    expect(due).toMatchObject({ toAll: false, to: ['fe80::1'] });
    expect(due.then.waiting.size).toBe(0);
  });

  it('answers a host without an address together with all, but not sooner than three seconds after the last', () => {
    const begun = dueAdvertisements(beginSchedule(0), 0, () => 0).then;
    expect(nextMoment(afterSolicitation(begun, '::', 100, () => 0.5))).toBe(3_000);
    expect(nextMoment(afterSolicitation(begun, '::', 9_000, () => 0.5))).toBe(9_250);
  });

  it('answers a crowd with one', () => {
    let schedule = dueAdvertisements(beginSchedule(0), 0, () => 0).then;
    for (let host = 0; host < 500; host += 1) schedule = afterSolicitation(schedule, `fe80::${host}`, 5_000, () => 0.9);
    expect(schedule.waiting.size).toBe(64);
    expect(dueAdvertisements(schedule, 5_450, () => 0)).toMatchObject({ toAll: true, to: [] });
  });

  it('says what has changed three times, and soon', () => {
    let schedule = beginSchedule(0);
    for (let count = 0; count < 4; count += 1)
      schedule = dueAdvertisements(schedule, nextMoment(schedule), () => 0.5).then;
    const last = schedule.lastToAllAt as number;
    schedule = afterChange(schedule, last + 1_000);
    expect(nextMoment(schedule)).toBe(last + 3_000);
    schedule = dueAdvertisements(schedule, last + 3_000, () => 0.5).then;
    expect(nextMoment(schedule)).toBe(last + 19_000);
  });

  it('never sends to all twice within three seconds, whoever asks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2_000 }), fc.constantFrom('::', 'fe80::1', 'change')), {
          maxLength: 60,
        }),
        fc.integer(),
        (asked, seed) => {
          let state = seed;
          const chance = () => (state = (state * 1_103_515_245 + 12_345) & 0x7fffffff) / 0x8000_0000;
          let now = 0;
          let last = Number.NEGATIVE_INFINITY;
          let schedule = beginSchedule(0);
          const run = (until: number) => {
            for (let at = nextMoment(schedule); at <= until; at = nextMoment(schedule)) {
              const due = dueAdvertisements(schedule, at, chance);
              if (due.toAll) {
                expect(at - last).toBeGreaterThanOrEqual(3_000);
                last = at;
              }
              schedule = due.then;
            }
          };
          for (const [wait, source] of asked) {
            now += wait;
            run(now);
            schedule =
              source === 'change' ? afterChange(schedule, now) : afterSolicitation(schedule, source, now, chance);
          }
          run(now + 10_000);
          expect(schedule.waiting.size).toBe(0);
        },
      ),
    );
  });
});
