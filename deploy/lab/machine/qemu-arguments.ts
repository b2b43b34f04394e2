import { join } from 'node:path';
import type { Accelerator } from './accelerator.js';
import type { BootFirst, DiskOrder, MachineOrder } from './order.js';

/** The command line of QEMU for a machine, and the ids by which its devices are found again over QMP. */
const OVMF = '/usr/share/OVMF';

/** Firmware code, and the variables that each machine has a copy of. */
export const FIRMWARE_FILES = {
  uefi: { code: join(OVMF, 'OVMF_CODE_4M.fd'), variables: join(OVMF, 'OVMF_VARS_4M.fd') },
  secure: { code: join(OVMF, 'OVMF_CODE_4M.ms.fd'), variables: join(OVMF, 'OVMF_VARS_4M.ms.fd') },
} as const;

export const filesOf = (folder: string) => ({
  order: join(folder, 'machine.json'),
  console: join(folder, 'console.log'),
  variables: join(folder, 'firmware.vars'),
  complaints: join(folder, 'qemu.log'),
  bootOnce: join(folder, 'boot-once'),
  disk: (index: number): string => join(folder, `disk-${index + 1}.raw`),
});

/** The place of every device that can be booted from: the lowest is tried first. */
export function bootIndexes(
  order: MachineOrder,
  first: BootFirst,
): { readonly device: string; readonly index: number }[] {
  const cards = order.cards.map((_, at) => `card${at}`);
  const disks = order.disks.map((_, at) => `disk${at}`);
  return (first === 'network' ? [...cards, ...disks] : [...disks, ...cards]).map((device, at) => ({
    device,
    index: at + 1,
  }));
}

/** Without graphics SeaBIOS, and iPXE in it, speak on the serial console. */
const MACHINE_TYPES = { bios: 'q35,graphics=off', uefi: 'q35', secure: 'q35,smm=on' } as const;

/** Everything after `qemu-system-x86_64`. `first` is for this one power-on. */
export function qemuArguments(
  order: MachineOrder,
  folder: string,
  qmpSocket: string,
  accelerator: Accelerator,
  first: BootFirst,
): string[] {
  const files = filesOf(folder);
  const index = new Map(bootIndexes(order, first).map((each) => [each.device, each.index]));
  const bootindex = (device: string): string => `bootindex=${index.get(device)}`;
  return [
    ...['-name', order.name, '-machine', MACHINE_TYPES[order.firmware], ...accelerator.argv],
    ...['-smp', String(order.processors), '-m', String(order.memoryMebibytes)],
    ...['-nodefaults', '-display', 'none', '-vga', 'none', '-rtc', 'base=utc'],
    ...['-chardev', `file,id=console,path=${files.console},append=on`, '-serial', 'chardev:console'],
    ...['-qmp', `unix:${qmpSocket},server=on,wait=off`],
    ...[
      '-uuid',
      order.uuid,
      '-smbios',
      `type=1,manufacturer=Lab,product=LM-1,serial=${order.serial},uuid=${order.uuid}`,
    ],
    // Keys are made at the first boot of whatever runs there; nobody should wait for chance.
    ...['-device', 'virtio-rng-pci'],
    ...(order.firmware === 'bios' ? [] : flash(order.firmware, files.variables)),
    ...order.leaveOut.flatMap((way) => ['-fw_cfg', `name=opt/org.tianocore/IPv${way.slice(-1)}PXESupport,string=no`]),
    ...order.cards.flatMap(({ mac, tap }, at) => [
      ...['-netdev', `tap,id=net${at},ifname=${tap},script=no,downscript=no`],
      // OVMF brings its own driver; SeaBIOS needs the iPXE in the card's ROM.
      ...[
        '-device',
        `virtio-net-pci,id=card${at},netdev=net${at},mac=${mac},${bootindex(`card${at}`)}${order.firmware === 'bios' ? '' : ',romfile='}`,
      ],
    ]),
    ...order.disks.flatMap((disk, at) => [
      ...['-drive', `if=none,id=drive${at},file=${files.disk(at)},format=raw,cache=unsafe,discard=unmap`],
      ...[
        '-device',
        `${driverOf(disk, at)},id=disk${at},drive=drive${at},serial=${disk.serial},${bootindex(`disk${at}`)}`,
      ],
    ]),
  ];
}

const driverOf = ({ bus }: DiskOrder, at: number): string =>
  bus === 'sata' ? `ide-hd,bus=ide.${at}` : 'virtio-blk-pci';

function flash(kind: 'uefi' | 'secure', variables: string): string[] {
  return [
    ...['-drive', `if=pflash,unit=0,format=raw,readonly=on,file=${FIRMWARE_FILES[kind].code}`],
    ...['-drive', `if=pflash,unit=1,format=raw,file=${variables}`],
    ...(kind === 'secure'
      ? ['-global', 'driver=cfi.pflash01,property=secure,value=on', '-global', 'ICH9-LPC.disable_s3=1']
      : []),
  ];
}
