import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Families } from '../../deploy/lab/machine/admin-network.js';
import type { ImageName } from '#images';
import { buildRelease, OS_IMAGE, publishOsImage } from '../../deploy/lab/machine/images.js';
import type { LabMachine } from '../../deploy/lab/machine/lab-machine.js';
import type { MachineWish } from '../../deploy/lab/machine/machine-lab.js';
import type { SiteNode } from '../../deploy/lab/machine/machine-site.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import { DISCOVERED_MS, INSTALLED_MS, InstallSite, SETTLED_MS } from './machine/install-site.js';

/**
 * From power-on to an installed system, on each kind of firmware and each way of booting that it has. ANNEAL_LAB_CASES takes
 * some of them by name; `short` is one machine that is discovered beside one that is installed.
 */
const gaps = await findMachineGaps();
if (gaps.length > 0) console.log(`lab: installs are skipped. ${gaps.map((gap) => gap.sentence).join(' ')}`);

interface Case {
  readonly name: string;
  readonly says: string;
  readonly machine: MachineWish;
  readonly families?: Families;
  readonly attribs?: Readonly<Record<string, unknown>>;
  /** What the root of the installed system is on. */
  readonly root: RegExp;
  /** Another release than the usual one, built for it. */
  readonly release?: ImageName;
}

/** Its packages are fetched and put together, where it is not kept from the last time. */
const RELEASE_BUILT_MS = 900_000;
const PLAIN = /\/dev\/vda\d/;
const CASES: readonly Case[] = [
  {
    name: 'bios',
    says: 'a BIOS machine by PXE, restarted over IPMI for it',
    machine: { firmware: 'bios' },
    attribs: { 'install-reboot': true },
    root: PLAIN,
  },
  { name: 'uefi', says: 'a UEFI machine by PXE', machine: { firmware: 'uefi', bmc: 'redfish' }, root: PLAIN },
  {
    name: 'uefi-http',
    says: 'a UEFI machine by HTTP boot',
    machine: { firmware: 'uefi', leaveOut: ['pxe4', 'pxe6'] },
    root: PLAIN,
  },
  {
    name: 'bios-lvm',
    says: 'a BIOS machine, its root on LVM',
    machine: { firmware: 'bios', bmc: 'redfish' },
    attribs: { 'install-layout': 'lvm' },
    root: /\/dev\/mapper\//,
  },
  {
    name: 'uefi-raid1',
    says: 'a UEFI machine, its root mirrored over two disks',
    machine: { firmware: 'uefi', disks: [{ mebibytes: 6_144 }, { mebibytes: 6_144 }] },
    attribs: { 'install-layout': 'raid1' },
    root: /\/dev\/md/,
  },
  {
    name: 'secure',
    says: 'a machine with secure boot, restarted over Redfish for it',
    machine: { firmware: 'secure', bmc: 'redfish', product: 'hpe' },
    attribs: { 'install-reboot': true },
    root: PLAIN,
  },
  {
    name: 'v6',
    says: 'a UEFI machine where there is no IPv4',
    machine: { firmware: 'uefi', leaveOut: ['pxe4'] },
    families: '6',
    root: PLAIN,
  },
  {
    name: 'v6-bios',
    says: 'a BIOS machine where there is no IPv4',
    machine: { firmware: 'bios' },
    families: '6',
    root: PLAIN,
  },
  {
    name: 'debian-13',
    says: 'a UEFI machine that is installed with the next release of Debian',
    machine: { firmware: 'uefi' },
    attribs: { 'target-os': 'debian-13' },
    root: PLAIN,
    release: 'debian-13',
  },
];
const wanted = process.env['ANNEAL_LAB_CASES']?.split(',');
const cases = CASES.filter(({ name }) => wanted === undefined || wanted.includes(name));

/** Switches a machine on and holds what it says of itself against what it is made of. */
const discover = async (site: InstallSite, machine: LabMachine): Promise<SiteNode> => {
  const { firmware, uuid, serial, disks } = machine.order;
  if (firmware === 'secure') await site.register(machine);
  const node = await site.discover(machine);
  expect((await site.node(node)).inventory).toMatchObject({
    system: { uuid, serial },
    firmware: {
      mode: firmware === 'bios' ? 'bios' : 'uefi',
      ...(firmware === 'secure' ? { secure_boot: true } : {}),
    },
    disks: disks.map((disk) => ({ serial: disk.serial, id: `serial:${disk.serial}` })),
  });
  tell(site, machine, 'discovered');
  return node;
};

/** Installs it, and asks the system that came up what it is. */
const install = async (
  site: InstallSite,
  machine: LabMachine,
  node: SiteNode,
  { attribs, root }: Pick<Case, 'attribs' | 'root'>,
): Promise<void> => {
  await site.orderInstall(node, attribs);
  await site.untilPhase(node, ['joined']);
  await site.untilState(node, 'provisioner-os-install', 'active', SETTLED_MS);
  tell(site, machine, 'joined');
  expect(await site.on(node, ['findmnt', '-no', 'SOURCE', '/'])).toMatch(root);
  expect(await site.on(node, ['sh', '-c', '[ -d /sys/firmware/efi ] && echo uefi || echo bios'])).toBe(
    machine.order.firmware === 'bios' ? 'bios' : 'uefi',
  );
  expect(await site.on(node, ['hostname', '-f'])).toBe(node.name);
  expect((await site.node(node)).bootenv).toBe('local');
};

const tell = ({ site }: InstallSite, { name, order }: LabMachine, reached: 'discovered' | 'joined'): void =>
  console.log(`lab: ${order.firmware} ${reached} ${site.timeline.seconds(name, reached)?.toFixed(0)} s after power-on`);

const bootId = (site: InstallSite, node: SiteNode): Promise<string> =>
  site.on(node, ['cat', '/proc/sys/kernel/random/boot_id']);

describe.skipIf(gaps.length > 0 || cases.length === 0).each(cases)('$says', (each) => {
  let site: InstallSite;
  beforeAll(async () => {
    site = await InstallSite.start([each.machine], each.families ?? 'dual');
    if (each.release) await publishOsImage(site.api, each.release, await buildRelease(each.release, console.log));
  }, RELEASE_BUILT_MS);
  afterAll(() => site?.close());

  it(
    'tells what it is, is installed, and starts what was installed from then on',
    async () => {
      const machine = site.machine(0);
      const node = await discover(site, machine);
      await install(site, machine, node, each);
      const release = await site.on(node, ['sh', '-c', '. /etc/os-release; echo "$ID-$VERSION_ID"']);
      expect(release).toBe(each.release ?? OS_IMAGE);

      // Its power is cut: the firmware asks the network first, and is sent on to the disk.
      const before = await bootId(site, node);
      await machine.powerCycle();
      await expect
        .poll(() => bootId(site, node).catch(() => before), { timeout: DISCOVERED_MS, interval: 1_000 })
        .not.toBe(before);
    },
    DISCOVERED_MS * 2 + INSTALLED_MS + SETTLED_MS,
  );
});

describe.skipIf(gaps.length > 0 || !wanted?.includes('short'))('a BIOS machine and a UEFI machine side by side', () => {
  let site: InstallSite;
  beforeAll(async () => {
    site = await InstallSite.start([{ firmware: 'bios' }, { firmware: 'uefi', bmc: 'redfish' }]);
  });
  afterAll(() => site?.close());

  it(
    'tell what they are, and one of them is installed while the other waits',
    async () => {
      const [bios, uefi] = [site.machine(0), site.machine(1)];
      const [waiting, node] = await Promise.all([discover(site, bios), discover(site, uefi)]);
      await install(site, uefi, node, { root: PLAIN });
      const { alive, bootenv } = await site.node(waiting);
      expect({ alive, bootenv }).toEqual({ alive: true, bootenv: 'discovery' });
    },
    DISCOVERED_MS + INSTALLED_MS + SETTLED_MS,
  );
});
