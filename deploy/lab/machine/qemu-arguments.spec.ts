import { describe, expect, it } from 'vitest';
import type { MachineOrder } from './order.js';
import { bootIndexes, qemuArguments } from './qemu-arguments.js';

const order: MachineOrder = {
  name: 'anl0-machine-1',
  namespace: 'anl0-lab',
  firmware: 'bios',
  memoryMebibytes: 768,
  processors: 1,
  uuid: '5f2d8f5e-5a3c-4c63-9d3e-0f6f3b0f5a11',
  serial: 'LM00000001',
  cards: [
    { mac: '52:54:00:00:01:00', tap: 'machine1-0' },
    { mac: '52:54:00:00:01:01', tap: 'machine1-1' },
  ],
  disks: [{ mebibytes: 1_024, serial: 'LM00000001D1' }],
  bootFirst: 'network',
  leaveOut: [],
};
const argumentsOf = (changes: Partial<MachineOrder>, first: 'network' | 'disk' = 'network'): string =>
  qemuArguments(
    { ...order, ...changes },
    '/lab/machine-1',
    '/run/q',
    { kind: 'tcg', argv: ['-accel', 'tcg'] },
    first,
  ).join(' ');

describe('the command line of a machine', () => {
  it('tries the network before the disk, or the disk before the network', () => {
    expect(bootIndexes(order, 'network').map(({ device }) => device)).toEqual(['card0', 'card1', 'disk0']);
    expect(bootIndexes(order, 'disk').map(({ device }) => device)).toEqual(['disk0', 'card0', 'card1']);
    expect(argumentsOf({}, 'disk')).toContain('id=disk0,drive=drive0,serial=LM00000001D1,bootindex=1');
  });

  it('has the ROM of the card on BIOS, and the own driver of the firmware on UEFI', () => {
    expect(argumentsOf({})).not.toContain('romfile=');
    expect(argumentsOf({ firmware: 'uefi' })).toContain('mac=52:54:00:00:01:00,bootindex=1,romfile=');
  });

  it('protects the variables of secure boot from the system', () => {
    const secure = argumentsOf({ firmware: 'secure' });
    expect(secure).toContain('q35,smm=on');
    expect(secure).toContain('driver=cfi.pflash01,property=secure,value=on');
    expect(secure).toContain('OVMF_CODE_4M.ms.fd');
  });

  it('leaves ways out that the firmware would otherwise try first', () => {
    expect(argumentsOf({ firmware: 'uefi', leaveOut: ['pxe4', 'pxe6'] })).toContain(
      '-fw_cfg name=opt/org.tianocore/IPv4PXESupport,string=no -fw_cfg name=opt/org.tianocore/IPv6PXESupport,string=no',
    );
  });

  it('gives disks to the bus that was ordered', () => {
    expect(argumentsOf({ disks: [{ mebibytes: 64, serial: 'S1', bus: 'sata' }] })).toContain(
      'ide-hd,bus=ide.0,id=disk0',
    );
  });
});
