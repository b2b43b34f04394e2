import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import {
  MachinePower,
  NodeSession,
  type ExecEnd,
  type PowerResult,
  type ProbeResult,
  type Reach,
  type Unreachable,
} from '#app';
import type { JsonObject, NodeId, PowerAction } from '#core';
import { callerOf, type Reply } from '../e2e/rest/running-server.js';

const GIB = 1_073_741_824;
/** Names in SSH's encoding have their length before them (RFC 4251 §5). */
const LENGTH_BYTES = 4;
const KEY_BYTES = 32;

/** What a machine reads of its order. */
interface Order {
  readonly install: string;
  readonly token: string;
  readonly report_url: string;
  readonly disks: readonly { readonly id: string }[];
  readonly join: { readonly url: string; readonly token: string };
}

interface System {
  readonly kind: 'memory' | 'disk';
  readonly bootId: string;
  readonly hostKey: string;
}

/**
 * A machine that does over loopback what a real one does with the scripts of deploy/images: it asks netboot what to boot,
 * enrols with the ticket that stands on its kernel line, fetches its order where that line says, reports, and joins. When it
 * does the next thing is for the test to say.
 */
export class SimulatedMachine {
  readonly mac = `52:54:00:${[...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, '0')).join(':')}`;
  /** What runs on it; null while it is off or starts. */
  system: System | null = null;
  /** What was asked of its power, in order. */
  readonly acts: PowerAction[] = [];
  private readonly uuid = randomUUID();
  private readonly disk = hostKey();
  private words: ReadonlyMap<string, string> = new Map();
  private order: Order | null = null;

  /** `netboot` is the base of what netboot serves over HTTP. */
  constructor(private readonly netboot: string) {}

  /** Its firmware asks the network what to boot: the name of the boot environment is in the script's words. */
  async boot(): Promise<string> {
    this.system = null;
    const query = new URLSearchParams({ mac: this.mac, uuid: this.uuid, platform: 'efi', buildarch: 'x86_64' });
    const script = await (await fetch(`${this.netboot}/boot.ipxe?${query}`)).text();
    const words = /^kernel .*$/m.exec(script)?.[0].split(' ') ?? [];
    this.words = new Map(
      words.flatMap((word): [string, string][] => {
        const [, name, value] = /^anneal\.(\w+)=(.+)$/.exec(word) ?? [];
        return name !== undefined && value !== undefined ? [[name, value]] : [];
      }),
    );
    if (words.length > 0) this.system = { kind: 'memory', bootId: randomUUID(), hostKey: hostKey() };
    return script;
  }

  /** Starts what is on its disk. */
  startDisk(): void {
    this.system = { kind: 'disk', bootId: randomUUID(), hostKey: this.disk };
  }

  /** Says what it is, with the ticket of its boot. */
  async enrol(): Promise<Reply> {
    const { bootId, hostKey: host_key } = this.running();
    return callerOf(this.word('url'), null)('POST', 'machines/enrol', {
      body: { ticket: this.word('ticket'), inventory: this.inventory(), host_key, boot_id: bootId },
    });
  }

  /** Fetches its order, which is given out once. */
  async fetchOrder(): Promise<void> {
    const answer = await fetch(this.word('order'));
    const text = await answer.text();
    if (!answer.ok) throw new Error(`no order: ${answer.status} ${text}`);
    this.order = JSON.parse(text) as Order;
  }

  progress(step: string, percent: number, line: string): Promise<Reply> {
    const disks = this.disks().map(({ id, bytes, serial }) => ({ id, bytes, serial }));
    return this.report('progress', { step, percent, log: [line], disks });
  }

  finish(): Promise<Reply> {
    const { disks } = this.given();
    return this.report('finish', {
      ...{ outcome: 'succeeded', disks: disks.map(({ id }) => id), host_key: this.disk, log_tail: ['the end'] },
    });
  }

  /** What the installed system does once it has come up. */
  join(): Promise<Reply> {
    const { join } = this.given();
    const { bootId, hostKey: host_key } = this.running();
    return this.post(join.url, null, { token: join.token, boot_id: bootId, host_key });
  }

  private report(what: string, body: JsonObject): Promise<Reply> {
    const { report_url: url, token } = this.given();
    const { bootId } = this.running();
    return this.post(`${url}/${what}`, token, { ...body, boot_id: bootId, uuid: this.uuid, macs: [this.mac] });
  }

  private post(url: string, token: string | null, body: JsonObject): Promise<Reply> {
    const { origin, pathname } = new URL(url);
    return callerOf(origin, token)('POST', pathname, { body });
  }

  private word(name: string): string {
    const word = this.words.get(name);
    if (word === undefined) throw new Error(`its kernel line has no anneal.${name}`);
    return word;
  }

  private running(): System {
    if (!this.system) throw new Error('nothing runs on it');
    return this.system;
  }

  private given(): Order {
    if (!this.order) throw new Error('it has no order');
    return this.order;
  }

  private disks() {
    return ['vda', 'vdb'].map((name, at) => ({
      ...{ name, id: `serial:${name}-${this.uuid}`, bytes: (at + 1) * 10 * GIB, sector_bytes: 512 },
      ...{ serial: `${name}-${this.uuid}`, model: null, wwn: null, bus_path: `pci-0000:00:0${at + 4}.0` },
      ...{ rotational: false, removable: false, read_only: false, transport: 'virtio', holds: [] },
    }));
  }

  private inventory(): JsonObject {
    return {
      ...{ version: 1, architecture: 'x86_64', system: { uuid: this.uuid }, firmware: { mode: 'uefi' } },
      disks: this.disks(),
      network: {
        product: null,
        interfaces: [{ name: 'enp1s0', mac: this.mac, bus_path: '0000:01:00.0', port: 0, speeds: [1000] }],
      },
    };
  }
}

const hostKey = (): string => {
  const raw = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'der' }).subarray(-KEY_BYTES);
  const parts = [Buffer.from('ssh-ed25519'), raw].flatMap((part) => {
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32BE(part.length);
    return [length, part];
  });
  return `ssh-ed25519 ${Buffer.concat(parts).toString('base64')}`;
};

const AWAY: Unreachable = { kind: 'unreachable', code: 'no-contact', reason: 'it does not answer' };

/**
 * SSH into the machine: what runs there answers, to whoever has its key pinned. It has no program that installs, so that
 * every install begins with a boot from the network.
 */
export class MachineSession extends NodeSession {
  constructor(private readonly machine: SimulatedMachine) {
    super();
  }

  override async exec(reach: Reach): Promise<ExecEnd> {
    return this.isThere(reach) ? { kind: 'exited', exitCode: 1 } : AWAY;
  }

  override async probe(reach: Reach): Promise<ProbeResult> {
    return this.isThere(reach) ? { kind: 'alive', tookMs: 1, hostKey: reach.hostKey } : { ...AWAY, tookMs: 1 };
  }

  override async hostKey(): Promise<Unreachable> {
    return AWAY;
  }

  override async upload(reach: Reach): Promise<ExecEnd> {
    return this.isThere(reach) ? { kind: 'exited', exitCode: 0 } : AWAY;
  }

  override async close(): Promise<void> {}

  private isThere({ hostKey: pinned }: Reach): boolean {
    return this.machine.system !== null && this.machine.system.hostKey === pinned;
  }
}

/** The power of the machine: switched off and on it forgets what ran, and waits for the test to let it boot. */
export class MachineSwitch extends MachinePower {
  constructor(private readonly machine: SimulatedMachine) {
    super();
  }

  override async state() {
    return { state: 'on', method: 'redfish', reason: null } as const;
  }

  override async act(_node: NodeId, action: PowerAction): Promise<PowerResult> {
    this.machine.acts.push(action);
    if (action === 'cycle') this.machine.system = null;
    return { kind: 'done', method: 'redfish', says: 'done' };
  }

  override async actions() {
    return [];
  }

  override async close(): Promise<void> {}
}
