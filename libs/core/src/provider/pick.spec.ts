import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { loginAccounts } from './accounts.js';
import type { CloudOffer, ProviderWish } from './offer.js';
import { pickOf } from './pick.js';

const OFFER: CloudOffer = {
  networks: [
    { id: 'n-public', name: 'public', external: true, usable: false },
    { id: 'n-blue', name: 'blue', external: false, usable: true },
  ],
  flavors: [
    { id: 'f-3', name: 'large', vcpus: 4, memory_mib: 8_192, disk_gib: 40 },
    { id: 'f-1', name: 'tiny', vcpus: 1, memory_mib: 64, disk_gib: 1 },
    { id: 'f-2', name: 'small', vcpus: 1, memory_mib: 2_048, disk_gib: 10 },
    { id: 'f-0', name: 'diskless', vcpus: 2, memory_mib: 2_048, disk_gib: 0 },
  ],
  images: [{ id: 'i-1', name: 'debian-12', memory_mib: 512, disk_gib: 2, distribution: 'debian', account: null }],
  notes: [],
};
const pick = (wish: ProviderWish = {}, over: Partial<CloudOffer> = {}) => {
  const choice = pickOf({ ...OFFER, ...over }, wish);
  if (isRefusal(choice)) return choice.detail;
  const { network, flavor, image, external } = choice.picked;
  return { got: [network.name, flavor.name, image.name, external?.name ?? null], guessed: choice.guessed.length };
};

describe('what is picked of a cloud', () => {
  it('is the smallest flavor that the image runs on, and an address from the network that leads outside', () => {
    expect(pick()).toEqual({ got: ['blue', 'small', 'debian-12', 'public'], guessed: 0 });
  });

  it('is what was named, by name or by id', () => {
    expect(pick({ flavor: 'f-3', image: 'debian-12', network: 'blue', external_network: 'n-public' })).toEqual({
      got: ['blue', 'large', 'debian-12', 'public'],
      guessed: 0,
    });
  });

  it('is as large as was wished for', () => {
    expect(pick({ vcpus: 2 })).toMatchObject({ got: ['blue', 'diskless', 'debian-12', 'public'] });
    expect(pick({ vcpus: 2, disk_gib: 20 })).toMatchObject({ got: ['blue', 'large', 'debian-12', 'public'] });
  });

  it('is the first by name when several would do, and says that it was guessed', () => {
    const images = ['zulu', 'alpha'].map((name) => ({ ...OFFER.images[0]!, id: name, name }));
    const networks = [...OFFER.networks, { id: 'n-amber', name: 'amber', external: false, usable: true }];
    expect(pick({}, { images, networks })).toEqual({ got: ['amber', 'small', 'alpha', 'public'], guessed: 2 });
  });

  it('needs no floating address on a network that leads outside itself, nor where nothing does', () => {
    const flat = [{ id: 'n-flat', name: 'flat', external: true, usable: true }];
    expect(pick({}, { networks: flat })).toMatchObject({ got: ['flat', 'small', 'debian-12', null] });
    expect(pick({}, { networks: [OFFER.networks[1]!] })).toMatchObject({ got: ['blue', 'small', 'debian-12', null] });
    expect(pick({ floating: 'never' })).toMatchObject({ got: ['blue', 'small', 'debian-12', null] });
    expect(pick({ floating: 'always' }, { networks: [OFFER.networks[1]!] })).toMatch(/no network leads outside/);
  });

  it('is nothing when nothing fits, and then what there is is listed', () => {
    expect(pick({ memory_mib: 99_999 })).toMatch(/no flavor has 1 vCPU, 99999 MiB.*tiny \(1 vCPU/);
    expect(pick({ flavor: 'tiny' })).toMatch(/flavor tiny .* is too small: debian-12/);
    expect(pick({ image: 'plan9' })).toBe('there is no image "plan9"; there are debian-12.');
    expect(pick({ network: 'red' })).toMatch(/there are public, blue/);
    expect(pick({}, { images: [] })).toMatch(/offers no image/);
    expect(pick({}, { networks: [OFFER.networks[0]!] })).toMatch(/no network takes servers; there are public/);
  });

  it('is not chosen between two things of one name', () => {
    const images = ['i-1', 'i-2'].map((id) => ({ ...OFFER.images[0]!, id }));
    expect(pick({ image: 'debian-12' }, { images })).toMatch(/several things/);
    expect(pick({ image: 'i-2' }, { images })).toMatchObject({ guessed: 0 });
  });
});

describe('the account to log in to', () => {
  const image = { name: 'golden', distribution: null, account: null };
  it.each([
    [{ ...image, distribution: 'ubuntu' }, 'ubuntu'],
    [{ ...image, name: 'Debian-12-genericcloud' }, 'debian'],
    [{ ...image, name: 'cirros-0.6.2' }, 'cirros'],
    [{ ...image, name: 'SLES15-SP5' }, 'sles'],
    [{ ...image, distribution: 'ubuntu', account: 'ops' }, 'ops'],
    [{ ...image, distribution: 'haiku' }, 'root'],
  ])('of %j is first %s', (given, account) => {
    expect(loginAccounts(given)[0]).toBe(account);
  });

  it('is no other than the one that was given, and never more than six', () => {
    expect(loginAccounts(image, 'me')).toEqual(['me']);
    expect(loginAccounts({ ...image, distribution: 'rhel', account: 'a' })).toEqual([
      'a',
      'cloud-user',
      'ec2-user',
      'root',
      'debian',
      'ubuntu',
    ]);
  });
});
