import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Families } from '../../deploy/lab/machine/admin-network.js';
import type { MachineWish } from '../../deploy/lab/machine/machine-lab.js';
import { findMachineGaps } from '../../deploy/lab/machine/requirements.js';
import { DISCOVERED_MS, INSTALLED_MS, InstallSite } from './machine/install-site.js';

/**
 * From power-on to an installed system, on each kind of firmware and each way of booting that it has. ANNEAL_LAB_CASES takes
 * some of them by name; `short` is what runs in CI.
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
  readonly root?: RegExp;
  readonly discoveryOnly?: boolean;
}

const PLAIN = /\/dev\/vda\d/;
const CASES: readonly Case[] = [
  { name: 'bios-discovery', says: 'a BIOS machine by PXE', machine: { firmware: 'bios' }, discoveryOnly: true },
  { name: 'bios', says: 'a BIOS machine by PXE', machine: { firmware: 'bios' }, root: PLAIN },
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
  { name: 'secure', says: 'a machine with secure boot', machine: { firmware: 'secure', bmc: 'redfish' }, root: PLAIN },
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
];
const SHORT = ['bios-discovery', 'uefi'];
const wanted = process.env['ANNEAL_LAB_CASES']?.split(',').flatMap((name) => (name === 'short' ? SHORT : [name]));
const cases = CASES.filter(({ name }) => (wanted ? wanted.includes(name) : name !== 'bios-discovery'));

describe.skipIf(gaps.length > 0).each(cases)(
  '$says',
  ({ machine: wish, families = 'dual', attribs, root, discoveryOnly = false, name }) => {
    let site: InstallSite;
    beforeAll(async () => {
      site = await InstallSite.start([wish], families);
    });
    afterAll(() => site?.close());

    it(
      'tells what it is, is installed, and starts what was installed from then on',
      async () => {
        const machine = site.machine(0);
        if (wish.firmware === 'secure') await site.register(machine);
        const node = await site.discover(machine);
        const told = (await site.node(node)).inventory;
        expect(told).toMatchObject({
          system: { uuid: machine.order.uuid, serial: machine.order.serial },
          firmware: {
            mode: wish.firmware === 'bios' ? 'bios' : 'uefi',
            ...(wish.firmware === 'secure' ? { secure_boot: true } : {}),
          },
          disks: machine.order.disks.map(({ serial }) => ({ serial, id: `serial:${serial}` })),
        });
        console.log(
          `lab: ${name} was discovered ${site.site.timeline.seconds(machine.name, 'discovered')?.toFixed(0)} s after power-on`,
        );
        if (discoveryOnly) return;

        await site.orderInstall(node, attribs);
        await site.untilPhase(node, ['joined']);
        await site.untilState(node, 'provisioner-os-install', 'active', 30_000);
        console.log(
          `lab: ${name} was installed ${site.site.timeline.seconds(machine.name, 'joined')?.toFixed(0)} s after power-on`,
        );
        expect(await site.on(node, ['findmnt', '-no', 'SOURCE', '/'])).toMatch(root as RegExp);
        expect(await site.on(node, ['sh', '-c', '[ -d /sys/firmware/efi ] && echo uefi || echo bios'])).toBe(
          wish.firmware === 'bios' ? 'bios' : 'uefi',
        );
        expect(await site.on(node, ['hostname', '-f'])).toBe(node.name);
        expect((await site.node(node)).bootenv).toBe('local');

        // Its power is cut: the firmware asks the network first, and is sent on to the disk.
        const before = await site.on(node, ['cat', '/proc/sys/kernel/random/boot_id']);
        await machine.powerCycle();
        await expect
          .poll(() => site.on(node, ['cat', '/proc/sys/kernel/random/boot_id']).catch(() => before), {
            timeout: DISCOVERED_MS,
            interval: 1_000,
          })
          .not.toBe(before);
      },
      DISCOVERED_MS * 2 + INSTALLED_MS,
    );
  },
);
