import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { createSocket, type Socket } from 'node:dgram';
import { join } from 'node:path';

/**
 * A machine whose firmware starts a kernel that is handed to it: no network boot, no wire, no root. It reaches this host
 * over QEMU's own network, and a switch speaks on its second card.
 */
export interface MachineWishes {
  readonly firmware: 'bios' | 'uefi';
  readonly kernel: string;
  readonly initrd: string;
  readonly serverPort: number;
  /** Where its port 22 appears on this host. */
  readonly sshPort: number;
  readonly memoryMebibytes: number;
}

export const MACHINE = {
  uuid: '4c4c4544-0035-3510-8057-b4c04f4d3332',
  mac: '52:54:00:00:00:01',
  otherMac: '52:54:00:00:00:02',
} as const;

/** More often than switches do, which wait thirty seconds. */
const BEACON_MS = 3_000;
const OVMF = '/usr/share/OVMF';
/** A frame of LLDP (IEEE 802.1AB, 9): chassis by address, port by name, the name of the system, the end. */
const LLDP_FRAME = Buffer.from(
  '0180c200000e' +
    '020000000099' +
    '88cc' +
    '020704020000000099' +
    '040605' +
    hex('swp12') +
    '06020078' +
    '0a06' +
    hex('leaf-1') +
    '0000',
  'hex',
);

function hex(text: string): string {
  return Buffer.from(text).toString('hex');
}

export class FirmwareMachine {
  private child: ChildProcess | null = null;
  private beacon: NodeJS.Timeout | null = null;
  private readonly wire: Socket = createSocket('udp4');
  readonly console: string;

  constructor(private readonly folder: string) {
    this.console = join(folder, 'console');
  }

  async start(wishes: MachineWishes): Promise<void> {
    const { folder } = this;
    const disk = (name: string): string => {
      const path = join(folder, name);
      writeFileSync(path, '');
      truncateSync(path, 2 ** 30);
      return `if=none,id=${name},file=${path},format=raw`;
    };
    const flash: string[] = [];
    if (wishes.firmware === 'uefi') {
      const variables = join(folder, 'vars');
      copyFileSync(join(OVMF, 'OVMF_VARS_4M.fd'), variables);
      const pflash = (unit: number, file: string, more = '') => [
        '-drive',
        `if=pflash,unit=${unit},format=raw,file=${file}${more}`,
      ];
      flash.push(...pflash(0, join(OVMF, 'OVMF_CODE_4M.fd'), ',readonly=on'), ...pflash(1, variables));
    }
    await new Promise<void>((resolve) => this.wire.bind(0, '127.0.0.1', resolve));
    const wirePort = await freeUdpPort();
    const words = [
      ...['rootfstype=ramfs', 'quiet', 'console=ttyS0,115200n8', `anneal.url=http://10.0.2.2:${wishes.serverPort}`],
      ...['anneal.ticket=a-ticket.and-its-seal', `anneal.mac=${MACHINE.mac}`],
    ];
    // prettier-ignore
    this.child = spawn('qemu-system-x86_64', [
      '-machine', 'q35', '-accel', 'tcg,thread=multi,tb-size=256', '-cpu', 'max,la57=off', '-m', String(wishes.memoryMebibytes),
      '-nodefaults', '-display', 'none', '-vga', 'none', '-no-reboot', '-serial', `file:${this.console}`, '-device', 'virtio-rng-pci',
      '-uuid', MACHINE.uuid, '-smbios', 'type=1,manufacturer=Lab,product=LM-1,serial=LM0001', ...flash,
      '-netdev', `user,id=n0,hostfwd=tcp:127.0.0.1:${wishes.sshPort}-10.0.2.77:22`,
      '-device', `virtio-net-pci,netdev=n0,mac=${MACHINE.mac},romfile=`,
      '-netdev', `dgram,id=n1,local.type=inet,local.host=127.0.0.1,local.port=${wirePort},remote.type=inet,remote.host=127.0.0.1,remote.port=${this.wire.address().port}`,
      '-device', `e1000,netdev=n1,mac=${MACHINE.otherMac},romfile=`,
      '-drive', disk('virtio'), '-device', 'virtio-blk-pci,drive=virtio,serial=VD1',
      '-drive', disk('sata'), '-device', 'ide-hd,bus=ide.0,drive=sata,serial=SATA2,wwn=0x5000c500a1b2c3d4',
      '-drive', disk('nvme'), '-device', 'nvme,drive=nvme,serial=NV3',
      '-device', 'virtio-scsi-pci', '-drive', disk('scsi'), '-device', 'scsi-hd,drive=scsi,serial=SC4',
      '-kernel', wishes.kernel, '-initrd', wishes.initrd, '-append', words.join(' '),
    ], { stdio: ['ignore', 'ignore', 'inherit'] });
    this.beacon = setInterval(() => this.wire.send(LLDP_FRAME, wirePort, '127.0.0.1'), BEACON_MS);
  }

  said(): string {
    try {
      return readFileSync(this.console, 'latin1');
    } catch {
      return '';
    }
  }

  async stop(): Promise<void> {
    if (this.beacon) clearInterval(this.beacon);
    this.wire.close();
    const { child } = this;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }
}

/** A port that nobody has now. */
async function freeUdpPort(): Promise<number> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  const { port } = socket.address();
  await new Promise<void>((resolve) => socket.close(() => resolve()));
  return port;
}
