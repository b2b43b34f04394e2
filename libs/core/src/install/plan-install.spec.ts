import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { aDisk, anImage, planFacts } from '#testkit';
import { INSTALL_DEADLINES } from './deadlines.js';
import { planInstall, type PlanFacts } from './plan-install.js';
import { readInstallWish } from './read-wish.js';

const refusalOf = (different: Partial<PlanFacts>): string => {
  const decision = planInstall(planFacts(different));
  if (!isRefusal(decision)) throw new Error('it was planned');
  return decision.detail;
};
const { wish, inventory } = planFacts();

describe('an install is planned', () => {
  it('with everything frozen: system, disks by stable id, the way there', () => {
    const decision = planInstall(planFacts());
    expect(decision).toMatchObject({
      install: {
        phase: 'planned',
        phaseSince: 1_000_000,
        times: { planned: 1_000_000 },
        tokenHash: null,
        plan: {
          image: { name: 'debian-12', content: { sha256: 'a'.repeat(64) } },
          bootenv: 'install',
          disks: [{ id: 'serial:VDA', serial: 'VDA' }],
          reboot: false,
          deadlines: INSTALL_DEADLINES,
        },
      },
      node: {},
      run: null,
    });
    expect(decision).toMatchObject({ events: [{ kind: 'install.planned', data: { disks: ['serial:VDA'] } }] });
  });

  it('with a boot of its own where an installer does it, and no content', () => {
    expect(planInstall(planFacts({ image: anImage({ kind: 'installer', sha256: null }) }))).toMatchObject({
      install: { plan: { reboot: true, image: { content: null } } },
    });
  });

  it('with deadlines of its own, where some are given', () => {
    const given = { ...wish, deadlines: { rebooting: 7 } };
    expect(planInstall(planFacts({ wish: given }))).toMatchObject({
      install: { plan: { deadlines: { rebooting: 7, silent: INSTALL_DEADLINES.silent } } },
    });
  });
});

describe('an install is refused', () => {
  it.each<[string, Partial<PlanFacts>, string]>([
    [
      'whose image is not there, and names those that are',
      { image: null, available: ['debian-13'] },
      'there are debian-13',
    ],
    ['where no image has been built', { image: null }, 'none has been built yet'],
    ['whose image cannot be used', { image: anImage({ errors: ['its content is gone'] }) }, 'its content is gone'],
    ['whose image has no content', { image: anImage({ sha256: null }) }, 'has no content yet'],
    ['on a machine that has not said what it is', { inventory: null }, 'boot it into discovery'],
    [
      'for another architecture',
      { image: anImage({ os: { family: 'debian', version: '12', arch: 'aarch64' } }) },
      'is for aarch64, and n1.example.com is x86_64',
    ],
    ['for other firmware', { image: anImage({ firmware: ['bios'] }) }, 'boots by uefi'],
    ['in a layout that the image has not', { image: anImage({ layouts: ['lvm'] }) }, 'not as plain'],
    ['without an address to be reached at (R30)', { addresses: [] }, 'has no address on the admin network'],
    [
      'without a disk that fits',
      { inventory: { ...inventory!, disks: [aDisk('vda', { removable: true })] } },
      'n1.example.com: no disk fits first',
    ],
    ['on a disk that is smaller than the image', { image: anImage({ rawBytes: 1e15 }) }, 'are needed'],
  ])('%s', (_says, different, why) => {
    expect(refusalOf(different)).toContain(why);
  });
});

describe('what is wished for', () => {
  it('is what the attributes say', () => {
    expect(
      readInstallWish({
        'target-os': 'debian-13',
        'install-disks': { rule: 'smallest', second: 'largest', min_gib: 2, transport: 'nvme' },
        'install-layout': 'raid1',
        'install-reboot': true,
        'install-kernel-params': ['console=ttyS0'],
        'install-packages': ['vim'],
        'install-proxy': 'http://proxy:3128',
        'install-deadlines': { silent: 9 },
        'install-access-keys': ['ssh-ed25519 AAAA ada'],
      }),
    ).toEqual({
      targetOs: 'debian-13',
      disks: { rule: 'smallest', second: 'largest', minBytes: 2_147_483_648, transport: 'nvme' },
      layout: 'raid1',
      reboot: true,
      kernelParams: ['console=ttyS0'],
      packages: ['vim'],
      proxy: 'http://proxy:3128',
      deadlines: { silent: 9 },
      accessKeys: ['ssh-ed25519 AAAA ada'],
    });
  });

  it('is what the role has, where nobody says otherwise', () => {
    expect(readInstallWish({})).toMatchObject({
      disks: { rule: 'first' },
      layout: 'plain',
      reboot: false,
      proxy: null,
    });
  });
});
