import { copyFileSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ChildProcess } from 'node:child_process';
import type { Namespaces } from '../dhcp6/namespaces.js';

/** A machine with real firmware, under QEMU without KVM: it has a network card, and nothing else to boot from. */
export interface Firmware {
  /** SeaBIOS with iPXE in the card's ROM, or OVMF with its own drivers, on request with secure boot on. */
  readonly kind: 'bios' | 'uefi' | 'secure';
  /** What OVMF leaves out, so that the way in question comes first. */
  readonly without?: readonly ('IPv4' | 'IPv6')[];
}

const OVMF = '/usr/share/OVMF';

export class LabMachine {
  private child: ChildProcess | null = null;

  constructor(
    private readonly namespaces: Namespaces,
    private readonly host: string,
    private readonly bridge: string,
    readonly name: string,
    readonly mac: string,
    private readonly folder: string,
  ) {}

  async start({ kind, without = [] }: Firmware): Promise<void> {
    const tap = `t-${this.name}`;
    await this.namespaces.run(this.host, 'ip', ['tuntap', 'add', tap, 'mode', 'tap']);
    await this.namespaces.run(this.host, 'ip', ['link', 'set', tap, 'master', this.bridge, 'up']);
    const variables = join(this.folder, `${this.name}.vars`);
    const flavour = kind === 'secure' ? '4M.ms' : '4M';
    const isUefi = kind !== 'bios';
    if (isUefi) copyFileSync(join(OVMF, `OVMF_VARS_${flavour}.fd`), variables);
    const flash = (unit: number, file: string, more = ''): string[] => [
      '-drive',
      `if=pflash,unit=${unit},format=raw,file=${file}${more}`,
    ];
    // prettier-ignore
    this.child = this.namespaces.start(this.host, 'qemu-system-x86_64', [
      '-machine', kind === 'secure' ? 'q35,smm=on' : 'q35', '-accel', 'tcg,tb-size=128', '-cpu', 'max', '-m', '512', '-display', 'none', '-vga', 'none', '-no-reboot',
      '-serial', `file:${this.console}`, '-monitor', 'none', '-device', 'virtio-rng-pci',
      ...(isUefi ? [...flash(0, join(OVMF, `OVMF_CODE_${flavour}.fd`), ',readonly=on'), ...flash(1, variables)] : []),
      // What Microsoft's keys sign is only taken where nobody but the firmware can write variables.
      ...(kind === 'secure' ? ['-global', 'driver=cfi.pflash01,property=secure,value=on'] : []),
      ...without.flatMap((family) => ['-fw_cfg', `name=opt/org.tianocore/${family}PXESupport,string=no`]),
      '-netdev', `tap,id=n0,ifname=${tap},script=no,downscript=no`,
      '-device', `virtio-net-pci,netdev=n0,mac=${this.mac},bootindex=1${isUefi ? ',romfile=' : ''}`,
    ], () => {});
  }

  /** What it has said on its serial console, without the codes that move a cursor. */
  said(): string {
    try {
      // oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
      return readFileSync(this.console, 'latin1').replaceAll(/\u001b\[[0-9;?=]*[A-Za-z]/g, '');
    } catch {
      return '';
    }
  }

  async stop(): Promise<void> {
    if (this.child) await this.namespaces.end(this.child);
    this.child = null;
  }

  private get console(): string {
    return join(this.folder, `${this.name}.console`);
  }
}
