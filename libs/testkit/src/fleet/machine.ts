import type { InstallReported } from '#app';
import { isRefusal, type JsonObject, type Refusal } from '#core';
import type { BmcMachine } from '../redfish/machine.js';
import type { Chance } from '../world/chance.js';
import { diskJson, findDisks, fleetDisk, recheckDisks, type FleetDisk, type FoundDisk } from './disks.js';
import type { Schedule } from './schedule.js';

/** An order as the machine reads it out of the JSON. */
export interface FleetOrder {
  readonly install: string;
  readonly token: string;
  readonly disks: readonly { id: string; bytes: number; serial: string | null; wwn: string | null }[];
  readonly image: { readonly sha256: string; readonly raw_bytes: number };
  readonly join: { readonly token: string };
}

/** What comes with every report. */
export interface FleetReporter {
  readonly token: string;
  readonly address: string;
  readonly bootId: string;
  readonly uuid: string;
  readonly macs: readonly string[];
}

/** What a machine finds on its network: who answers when it boots, and the server that it reports to. */
export interface FleetNetwork {
  boot(
    machine: SimulatedMachine,
  ): { readonly bootenv: string; readonly local: boolean; readonly ticket: string } | null;
  enrol(machine: SimulatedMachine, ticket: string, hostKey: string, bootId: string): Promise<Refusal | null>;
  fetchOrder(machine: SimulatedMachine): Promise<FleetOrder | Refusal>;
  progress(
    order: FleetOrder,
    by: FleetReporter,
    body: { step: string; percent: number; disks: readonly FleetDisk[] | null },
  ): Promise<InstallReported | Refusal>;
  finish(
    order: FleetOrder,
    by: FleetReporter,
    end: { hostKey: string | null; reason: string | null },
  ): Promise<InstallReported | Refusal>;
  join(install: string, by: FleetReporter, hostKey: string): Promise<InstallReported | Refusal>;
}

/** How long things take, in milliseconds; each machine is a little different. */
const FIRMWARE_MS = 30_000;
const RAMDISK_MS = 40_000;
const WRITE_PART_MS = 20_000;
const START_MS = 25_000;
const AGAIN_MS = 5_000;
/** A machine whose ticket is refused boots again for a new one after this time, as the agent of the discovery system does. */
const NEW_TICKET_MS = 300_000;
/** Parts of the image, with a report after each. */
const PARTS = 4;
const JOIN_TRIES_MAX = 60;
const CODES_OF_THE_END: readonly string[] = ['forbidden', 'conflict', 'not-found'];

/** What may go wrong with a machine; all of it may be changed while it runs. */
export interface MachineFaults {
  /** Share of requests that are lost on the way there, and of answers that are lost on the way back. */
  lost: number;
  /** How many times the power switch does nothing. */
  stuck: number;
  /** Hangs after this step, for good: `order`, `write`, `finish`, `start`. */
  hangsAt: string | null;
}

export type Running =
  | { readonly kind: 'nothing' | 'firmware' | 'console' }
  | { readonly kind: 'discovery' | 'installer' | 'system'; readonly bootId: string; readonly hostKey: string };

/**
 * A machine of the simulated fleet: it boots what it is told to, enrols, takes orders, writes disks, loses power. It does
 * what a real one does in the words of the scripts in deploy/images; what is right it leaves to the product.
 */
export class SimulatedMachine implements BmcMachine {
  readonly uuid: string;
  readonly faults: MachineFaults = { lost: 0, stuck: 0, hangsAt: null };
  disks: FleetDisk[];
  on = false;
  running: Running = { kind: 'nothing' };
  /** What the firmware tries first. */
  first: 'network' | 'disk' = 'network';
  once: 'network' | 'disk' | null = null;
  /** Whether the ramdisk that runs has the program that installs. */
  canInstall = true;
  order: FleetOrder | null = null;
  readonly console: string[] = [];
  /** Serial numbers of disks in the order in which they were written to, with the install that did it. */
  readonly writes: { readonly serial: string | null; readonly install: string }[] = [];
  readonly boots: string[] = [];
  private epoch = 0;

  constructor(
    readonly name: string,
    readonly mac: string,
    readonly address: string,
    private readonly schedule: Schedule,
    private readonly network: FleetNetwork,
    readonly chance: Chance,
  ) {
    this.uuid = chance.uuid();
    this.disks = [fleetDisk(name, 'vda'), fleetDisk(name, 'vdb')];
  }

  inventory(): JsonObject {
    return {
      architecture: 'x86_64',
      firmware: { mode: 'uefi' },
      system: { uuid: this.uuid, serial: `S-${this.name}`, product: 'Simulated' },
      network: { interfaces: [{ name: 'eth0', mac: this.mac, bus_path: '0000:00:03.0' }] },
      disks: this.disks.map(diskJson),
    };
  }

  async isOn(): Promise<boolean> {
    return this.on;
  }

  async bootOnce(from: 'network' | 'disk' | null): Promise<void> {
    this.once = from;
  }

  async switch(what: 'on' | 'off' | 'reset'): Promise<void> {
    if (this.faults.stuck > 0 && what !== 'off') {
      this.faults.stuck -= 1;
      return;
    }
    if (this.faults.stuck > 0) return;
    if (what === 'off') this.halt();
    else if (what === 'reset' || !this.on) this.start();
  }

  /** The plug is pulled and put back. */
  losePower(): void {
    this.halt();
    this.start();
  }

  /** What the kernel calls its disks is another thing each time; what is in them stays. */
  renumber(): void {
    const names = this.disks.map(({ name }) => name).reverse();
    this.disks = this.disks.map((disk, at) => ({ ...disk, name: names[at] as string, number: disk.number + 1 }));
  }

  /** Given over SSH to the system in memory, or fetched; false when it cannot be taken. */
  takeOrder(order: FleetOrder): boolean {
    if (this.running.kind !== 'discovery') return false;
    this.order = order;
    this.running = { ...this.running, kind: 'installer' };
    this.later(1_000, () => this.install(order));
    return true;
  }

  private start(): void {
    this.epoch += 1;
    this.on = true;
    this.order = null;
    this.running = { kind: 'firmware' };
    this.later(FIRMWARE_MS, () => this.firmware());
  }

  private halt(): void {
    this.epoch += 1;
    this.on = false;
    this.running = { kind: 'nothing' };
  }

  private firmware(): void {
    const from = this.once ?? this.first;
    this.once = null;
    if (from === 'disk' && this.startDisk()) return;
    const boot = this.network.boot(this);
    this.boots.push(boot?.bootenv ?? 'nothing');
    if (!boot || boot.local) return void (this.startDisk() || this.stop('no bootable device'));
    this.later(RAMDISK_MS, () => this.ramdisk(boot));
  }

  private startDisk(): boolean {
    const disk = this.disks.find(({ system }) => system !== null);
    if (!disk?.system) return false;
    const { system } = disk;
    this.running = { kind: 'system', bootId: this.chance.uuid(), hostKey: system.hostKey };
    this.boots.push('disk');
    if (!this.hangs('start')) this.later(START_MS, () => this.join(1));
    return true;
  }

  private async ramdisk({ bootenv, ticket }: { readonly bootenv: string; readonly ticket: string }): Promise<void> {
    const bootId = this.chance.uuid();
    const hostKey = this.makeKey();
    if (bootenv !== 'discovery') {
      const order = await this.network.fetchOrder(this);
      if (isRefusal(order)) return this.stop(order.detail);
      this.running = { kind: 'discovery', bootId, hostKey };
      this.takeOrder(order);
      return;
    }
    const refusal = await this.network.enrol(this, ticket, hostKey, bootId);
    if (!refusal) this.running = { kind: 'discovery', bootId, hostKey };
    else if (refusal.code === 'unavailable') this.later(AGAIN_MS, () => this.ramdisk({ bootenv, ticket }));
    else {
      this.stop(refusal.detail);
      this.later(NEW_TICKET_MS, () => this.start());
    }
  }

  private async install(order: FleetOrder): Promise<void> {
    if (this.hangs('order')) return;
    const found = findDisks(this.disks, order.disks as never, order.image.raw_bytes);
    if (typeof found === 'string') return this.fail(order, found);
    const seen = found.map(({ name }) => this.disks.find((disk) => disk.name === name) as FleetDisk);
    if (!(await this.tell(order, 'verify', 1, seen))) return this.stop('the server has ended this install');
    if (!recheckDisks(this.disks, found)) return this.fail(order, 'something was plugged in or out');
    this.overwrite(order, found, null);
    this.later(WRITE_PART_MS, () => this.write(order, found, 1));
  }

  private async write(order: FleetOrder, found: readonly FoundDisk[], part: number): Promise<void> {
    if (this.hangs('write')) return;
    if (!(await this.tell(order, 'write', (part * 80) / PARTS, null)))
      return this.stop('the server has ended this install');
    if (part < PARTS) return this.later(WRITE_PART_MS, () => this.write(order, found, part + 1));
    const hostKey = this.makeKey();
    if (!recheckDisks(this.disks, found)) return this.fail(order, 'something was plugged in or out');
    this.overwrite(order, found, { install: order.install, joinToken: order.join.token, hostKey });
    this.later(1_000, () => this.finish(order, hostKey, null));
  }

  private async finish(order: FleetOrder, hostKey: string | null, reason: string | null): Promise<void> {
    if (this.hangs('finish')) return;
    const said = await this.lossy(() => this.network.finish(order, this.reporter(order.token), { hostKey, reason }));
    if (said === null || (isRefusal(said) && !CODES_OF_THE_END.includes(said.code)))
      return this.later(AGAIN_MS, () => this.finish(order, hostKey, reason));
    if (isRefusal(said)) return this.stop(said.detail);
    if (reason === null) this.later(1_000, () => this.start());
    else this.stop(reason);
  }

  private fail(order: FleetOrder, reason: string): void {
    this.later(1_000, () => this.finish(order, null, reason));
  }

  private async join(attempt: number): Promise<void> {
    const system = this.disks.find((disk) => disk.system !== null)?.system;
    if (!system || this.running.kind !== 'system' || attempt > JOIN_TRIES_MAX) return;
    const said = await this.lossy(() =>
      this.network.join(system.install, this.reporter(system.joinToken), system.hostKey),
    );
    if (said === null || (isRefusal(said) && !CODES_OF_THE_END.includes(said.code)))
      return this.later(AGAIN_MS, () => this.join(attempt + 1));
    if (isRefusal(said)) this.console.push(said.detail);
  }

  private async tell(
    order: FleetOrder,
    step: string,
    percent: number,
    disks: readonly FleetDisk[] | null,
  ): Promise<boolean> {
    const said = await this.lossy(() =>
      this.network.progress(order, this.reporter(order.token), { step, percent, disks }),
    );
    // The first report must be heard: until it was, nothing may be written.
    if (said === null) return disks === null ? true : this.tell(order, step, percent, disks);
    return !isRefusal(said) || !CODES_OF_THE_END.includes(said.code);
  }

  /** Null: the request or its answer was lost, and nobody can say which. */
  private async lossy<Answer>(ask: () => Promise<Answer>): Promise<Answer | null> {
    if (this.chance.next() < this.faults.lost) return null;
    const answer = await ask();
    return this.chance.next() < this.faults.lost ? null : answer;
  }

  private overwrite(order: FleetOrder, found: readonly FoundDisk[], system: FleetDisk['system']): void {
    const names = found.map(({ name }) => name);
    this.disks = this.disks.map((disk) => (names.includes(disk.name) ? { ...disk, system } : disk));
    for (const disk of this.disks)
      if (names.includes(disk.name)) this.writes.push({ serial: disk.serial, install: order.install });
  }

  private reporter(token: string): FleetReporter {
    const bootId = 'bootId' in this.running ? this.running.bootId : '';
    return { token, address: this.address, bootId, uuid: this.uuid, macs: [this.mac] };
  }

  private makeKey(): string {
    return `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${this.chance.uuid().replaceAll('-', '')}`;
  }

  private hangs(at: string): boolean {
    return this.faults.hangsAt === at;
  }

  private stop(why: string): void {
    this.console.push(why);
    this.running = { kind: 'console' };
  }

  /** Nothing of a boot happens after that boot. */
  private later(ms: number, what: () => Promise<void> | void): void {
    const { epoch } = this;
    this.schedule.after(ms, () => (this.epoch === epoch ? what() : undefined));
  }
}
