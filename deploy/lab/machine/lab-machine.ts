import { spawn } from 'node:child_process';
import { copyFile, mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { namespacePath, processesIn, signal } from '../namespace.js';
import { accelerator } from './accelerator.js';
import type { BootFirst, MachineOrder } from './order.js';
import { bootIndexes, filesOf, FIRMWARE_FILES, qemuArguments } from './qemu-arguments.js';
import { Qmp } from './qmp.js';

/**
 * A machine with real firmware, made by QEMU: it is switched on with empty disks, boots from whatever its network offers,
 * and keeps what was written when its power is cut.
 *
 * The object keeps nothing about processes. Who runs is asked of the kernel (a QEMU of this name in the wire's namespace),
 * so a BMC and any later command can open the same machine and switch it on or off.
 */
export class LabMachine {
  private constructor(
    readonly order: MachineOrder,
    readonly folder: string,
  ) {}

  /** Makes a machine with empty disks; it is off. */
  static async create(order: MachineOrder, folder: string): Promise<LabMachine> {
    const files = filesOf(folder);
    await mkdir(folder, { recursive: true });
    for (const [at, { mebibytes }] of order.disks.entries()) await emptyFile(files.disk(at), mebibytes);
    if (order.firmware !== 'bios') await copyFile(FIRMWARE_FILES[order.firmware].variables, files.variables);
    await writeFile(files.order, `${JSON.stringify(order, null, 2)}\n`);
    return new LabMachine(order, folder);
  }

  /** Opens a machine that an earlier command made. */
  static async open(folder: string): Promise<LabMachine> {
    return new LabMachine(JSON.parse(await readFile(filesOf(folder).order, 'utf8')) as MachineOrder, folder);
  }

  get name(): string {
    return this.order.name;
  }

  /** The MAC of its first card. */
  get mac(): string {
    return this.order.cards[0]?.mac ?? '';
  }

  get consoleFile(): string {
    return filesOf(this.folder).console;
  }

  diskFile(index: number): string {
    return filesOf(this.folder).disk(index);
  }

  async isRunning(): Promise<boolean> {
    return (await this.processes()).length > 0;
  }

  /** Switches it on; a machine that is on stays as it is. Returns when the firmware runs. */
  async powerOn(): Promise<void> {
    if (await this.isRunning()) return;
    const files = filesOf(this.folder);
    await mkdir(SOCKETS, { recursive: true, mode: 0o700 });
    await rm(this.socket, { force: true });
    const once = await this.takeBootOnce();
    const argv = qemuArguments(this.order, this.folder, this.socket, await accelerator(), once ?? this.order.bootFirst);
    await writeFile(files.console, `\n--- power on${once ? `, once from the ${once}` : ''} ---\n`, { flag: 'a' });
    const complaints = await open(files.complaints, 'a', 0o600);
    try {
      // nice: what a guest computes can wait for the servers that it waits for.
      const words = [`--net=${namespacePath(this.order.namespace)}`, 'nice', '-n', '5', 'qemu-system-x86_64', ...argv];
      const child = spawn('nsenter', words, {
        cwd: this.folder,
        detached: true,
        stdio: ['ignore', complaints.fd, complaints.fd],
      });
      await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
      child.unref();
      await this.untilAnswers(() => child.exitCode !== null || child.signalCode !== null);
    } finally {
      await complaints.close();
    }
    if (once) await this.converse((qmp) => this.applyOrder(qmp, this.order.bootFirst));
  }

  /** Power loss: QEMU is killed. What the guest had not yet handed to its disk is gone. */
  async powerOff(): Promise<void> {
    const end = Date.now() + OFF_MS;
    for (;;) {
      const pids = await this.processes();
      if (pids.length === 0) return;
      if (Date.now() > end) throw new Error(`${this.name} does not go off: process ${pids.join(', ')}`);
      for (const pid of pids) signal(pid, 'SIGKILL');
      await pause(POLL_MS);
    }
  }

  async powerCycle(): Promise<void> {
    await this.powerOff();
    await this.powerOn();
  }

  /** The reset line: memory is lost, power stays. A machine that is off stays off. */
  async reset(): Promise<void> {
    const once = await this.takeBootOnce();
    await this.converse(async (qmp) => {
      // The firmware is told the order of devices at each reset, so an order that is taken back after it held once.
      if (once) await this.applyOrder(qmp, once);
      await qmp.execute('system_reset');
      await qmp.event('RESET');
      // The event comes before the firmware's copy of the order is made; nothing tells when it is.
      if (once) await pause(RESET_MS);
      if (once) await this.applyOrder(qmp, this.order.bootFirst);
    });
  }

  /** The power button, pressed shortly: the system may shut down in good order. */
  async pressButton(): Promise<void> {
    await this.converse((qmp) => qmp.execute('system_powerdown'));
  }

  /** What the next power-on or reset tries first, once. Null takes that back. A reboot that the guest makes itself keeps its order. */
  async bootOnce(first: BootFirst | null): Promise<void> {
    if (first === null) await rm(filesOf(this.folder).bootOnce, { force: true });
    else await writeFile(filesOf(this.folder).bootOnce, first);
  }

  async bootOnceWish(): Promise<BootFirst | null> {
    const said = await readFile(filesOf(this.folder).bootOnce, 'utf8').catch(() => '');
    return said === 'network' || said === 'disk' ? said : null;
  }

  /** Everything it has said on its serial console since it was made, without the codes that move a cursor. */
  async said(): Promise<string> {
    const text = await readFile(this.consoleFile, 'latin1').catch(() => '');
    // oxlint-disable-next-line no-control-regex -- escape codes are what is looked for
    return text.replaceAll(/\u001b\[[0-9;?=]*[A-Za-z]|\u001bc/g, '');
  }

  /** Puts an empty disk in the place of one; the machine must be off. */
  async replaceDisk(index: number): Promise<void> {
    if (await this.isRunning()) throw new Error(`${this.name} is on: its disks stay`);
    const disk = this.order.disks[index];
    if (!disk) throw new RangeError(`${this.name} has no disk ${index}`);
    await rm(this.diskFile(index), { force: true });
    await emptyFile(this.diskFile(index), disk.mebibytes);
  }

  private get socket(): string {
    return socketOf(this.order.name);
  }

  private async processes(): Promise<number[]> {
    const found: number[] = [];
    for (const pid of await processesIn(this.order.namespace)) {
      const words = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      if (words[0]?.endsWith('qemu-system-x86_64') && words[words.indexOf('-name') + 1] === this.order.name)
        found.push(pid);
    }
    return found;
  }

  private async takeBootOnce(): Promise<BootFirst | null> {
    const wish = await this.bootOnceWish();
    await this.bootOnce(null);
    return wish;
  }

  private async applyOrder(qmp: Qmp, first: BootFirst): Promise<void> {
    const wanted = bootIndexes(this.order, first);
    // No two devices may hold one place, not even in passing.
    for (const [offset, places] of [
      [PASSING, wanted],
      [0, wanted],
    ] as const)
      for (const { device, index } of places)
        await qmp.execute('qom-set', {
          path: `/machine/peripheral/${device}`,
          property: 'bootindex',
          value: index + offset,
        });
  }

  private async converse(talk: (qmp: Qmp) => Promise<unknown>): Promise<void> {
    const qmp = await Qmp.open(this.socket);
    if (qmp === null) return;
    try {
      await talk(qmp);
    } finally {
      qmp.close();
    }
  }

  private async untilAnswers(ended: () => boolean): Promise<void> {
    for (const end = Date.now() + ON_MS; Date.now() < end && !ended(); await pause(POLL_MS)) {
      const qmp = await Qmp.open(this.socket);
      if (qmp === null) continue;
      qmp.close();
      return;
    }
    const said = await readFile(filesOf(this.folder).complaints, 'utf8').catch(() => '');
    throw new Error(`${this.name} does not go on; QEMU says: ${said.trim().split('\n').slice(-5).join('\n')}`);
  }
}

/** Sockets have short paths of their own: a path under ANNEAL_HOME may be longer than a socket's address. */
const SOCKETS = '/run/anneal-lab';
const ON_MS = 30_000;
const OFF_MS = 10_000;
const POLL_MS = 25;
const PASSING = 100;
/** Firmware that shares its processor with much else takes about a second until it has read the order. */
const RESET_MS = 1_500;

export const socketOf = (name: string): string => join(SOCKETS, `${name}.qmp`);

async function emptyFile(path: string, mebibytes: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
  await truncate(path, mebibytes * 2 ** 20);
}
