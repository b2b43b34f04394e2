import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Json, JsonObject } from '#core';
import { selfSigned, type SelfSigned } from './certificate.js';
import { HONEST, type Ignorable, type Lies } from './lies.js';
import type { BmcMachine } from './machine.js';

export interface EmulatorOptions {
  readonly machine: BmcMachine;
  readonly user: string;
  readonly password: string;
  readonly uuid?: string;
  readonly lies?: Partial<Lies>;
  readonly address?: string;
  /** 0 takes a free one. */
  readonly port?: number;
  readonly identity?: SelfSigned;
  /** Further systems of the same service, as a chassis of blades has them. */
  readonly otherSystems?: number;
}

/** One request that came in, for tests of what a client sends. Bodies of logins are left out. */
export interface SeenRequest {
  readonly method: string;
  readonly path: string;
  readonly ifMatch: string | null;
  readonly body: JsonObject;
}

interface Reply {
  readonly status: number;
  readonly body?: JsonObject;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Drive {
  readonly id: string;
  readonly bytes: number;
}
interface Volume {
  readonly id: string;
  readonly name: string;
  readonly raidType: string;
  readonly bytes: number;
  readonly drives: readonly string[];
}

const ROOT = '/redfish/v1';
const BODY_BYTES_MAX = 64 * 1024;
const GB = 1_000_000_000;
const RAID: Readonly<
  Record<string, { readonly drivesMin: number; readonly bytes: (drives: readonly number[]) => number }>
> = {
  RAID0: { drivesMin: 1, bytes: (drives) => Math.min(...drives) * drives.length },
  RAID1: { drivesMin: 2, bytes: (drives) => Math.min(...drives) },
  RAID5: { drivesMin: 3, bytes: (drives) => Math.min(...drives) * (drives.length - 1) },
  RAID10: { drivesMin: 4, bytes: (drives) => (Math.min(...drives) * drives.length) / 2 },
};

/**
 * A BMC that speaks Redfish, before a machine of memory or of QEMU: service root, sessions, one system with power, boot
 * override, lamp, BIOS attributes with pending settings, storage with drives and volumes. `lies` may be changed while it
 * runs. It is the other side of the contract of power; what it does not do it answers with 404 or 405, like the real ones.
 */
export class RedfishEmulator {
  readonly lies: Lies;
  readonly seen: SeenRequest[] = [];
  readonly identity: SelfSigned;
  readonly uuid: string;
  private readonly server: Server;
  private readonly sessions = new Map<string, string>();
  private readonly tasks = new Map<string, number>();
  private override = { enabled: 'Disabled', target: 'None', mode: 'UEFI' };
  private lit = false;
  private bios: Record<string, Json> = {
    BootMode: 'Uefi',
    ProcVirtualization: 'Enabled',
    WorkloadProfile: 'General',
    PowerLimitWatts: 500,
  };
  private pending: Record<string, Json> = {};
  private readonly drives: readonly Drive[] = [0, 1, 2, 3].map((n) => ({
    id: `Disk.Bay.${n}`,
    bytes: (n < 2 ? 480 : 960) * GB,
  }));
  private volumes: Volume[] = [];
  private powerWrites = 0;
  private shownPower: { readonly was: boolean; readonly until: number } | null = null;
  private generation = 1;
  private readonly past: { readonly at: number; readonly path: string; readonly body: JsonObject }[] = [];

  private constructor(private readonly options: EmulatorOptions) {
    this.lies = { ...HONEST, ...options.lies, ignores: [...(options.lies?.ignores ?? [])] };
    this.identity = options.identity ?? selfSigned('bmc');
    this.uuid = options.uuid ?? randomUUID();
    this.server = createServer({ key: this.identity.key, cert: this.identity.certificate }, (request, response) => {
      this.serve(request, response).catch((error: unknown) => {
        response.writeHead(500, { 'content-type': 'application/json' });
        response.end(JSON.stringify(problem(error instanceof Error ? error.message : String(error))));
      });
    });
    this.server.on('tlsClientError', () => {});
  }

  static async start(options: EmulatorOptions): Promise<RedfishEmulator> {
    const emulator = new RedfishEmulator(options);
    await new Promise<void>((resolve, reject) => {
      emulator.server.once('error', reject);
      emulator.server.listen(options.port ?? 0, options.address ?? '127.0.0.1', resolve);
    });
    return emulator;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }
  /** Sessions that nobody ended. */
  get sessionCount(): number {
    return this.sessions.size;
  }
  get biosNow(): JsonObject {
    return { ...this.bios };
  }
  get volumesNow(): readonly {
    readonly name: string;
    readonly raidType: string;
    readonly drives: readonly string[];
  }[] {
    return this.volumes;
  }
  get isLit(): boolean {
    return this.lit;
  }
  /** What the next start of the machine would boot from. */
  get bootOverride(): { readonly enabled: string; readonly target: string; readonly mode: string } {
    return { ...this.override };
  }
  /** As a BMC that restarts: all sessions are gone. */
  forgetSessions(): void {
    this.sessions.clear();
  }
  /** What it showed before is no longer shown, however stale it is; for tests that change the machine behind its back. */
  forgetThePast(): void {
    this.past.length = 0;
    this.shownPower = null;
  }
  /** Sessions of others, who do not log out. */
  fillSessions(): void {
    while (this.sessions.size < this.lies.sessionsMax) this.sessions.set(randomUUID(), randomUUID());
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise<void>((resolve) => this.server.close(() => resolve()));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0]!.replace(/\/+$/, '');
    const method = request.method ?? 'GET';
    const body = await bodyOf(request);
    const isLogin = path.endsWith('/Sessions') && method === 'POST';
    this.seen.push({ method, path, ifMatch: request.headers['if-match'] ?? null, body: isLogin ? {} : (body ?? {}) });
    if (this.lies.slowMs > 0) await new Promise((resolve) => setTimeout(resolve, this.lies.slowMs));
    const reply = await this.answer(method, path, body, request);
    const etag = method === 'GET' && reply.status === 200 ? { etag: this.etag() } : {};
    response.writeHead(reply.status, {
      'content-type': 'application/json',
      'odata-version': '4.0',
      ...etag,
      ...reply.headers,
    });
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
  }

  private async answer(
    method: string,
    path: string,
    body: JsonObject | null,
    request: IncomingMessage,
  ): Promise<Reply> {
    if (this.lies.failNext > 0) {
      this.lies.failNext -= 1;
      return { status: 500, body: problem('An internal error occurred; try again later.') };
    }
    if (body === null) return { status: 400, body: problem('The body is not JSON.') };
    if (path === `${ROOT}/SessionService/Sessions` && method === 'POST') return this.logIn(body);
    if (path === ROOT && method === 'GET') return { status: 200, body: this.root() };
    if (!this.isLetIn(request)) return { status: 401, body: problem('Log in first.') };
    if (method === 'DELETE' && path.startsWith(`${ROOT}/SessionService/Sessions/`)) {
      return this.sessions.delete(path.split('/').at(-1)!) ? { status: 204 } : NOT_FOUND;
    }
    if (method === 'GET') return this.get(path);
    if (method === 'PATCH') return this.patch(path, body, request.headers['if-match']);
    if (method === 'POST') return this.post(path, body);
    if (method === 'DELETE') return this.remove(path);
    return { status: 405, body: problem('That cannot be done here.') };
  }

  private logIn(body: JsonObject): Reply {
    if (body['UserName'] !== this.options.user || body['Password'] !== this.options.password)
      return { status: 401, body: problem('The user name or the password is wrong.') };
    if (this.sessions.size >= this.lies.sessionsMax)
      return { status: 503, body: problem('The session limit is reached.'), headers: { 'retry-after': '30' } };
    const [id, token] = [randomUUID(), randomUUID()];
    this.sessions.set(id, token);
    const link = `${ROOT}/SessionService/Sessions/${id}`;
    return {
      status: 201,
      headers: { 'x-auth-token': token, location: link },
      body: { '@odata.id': link, Id: id, UserName: this.options.user },
    };
  }

  private isLetIn(request: IncomingMessage): boolean {
    const token = request.headers['x-auth-token'];
    if (typeof token === 'string') return [...this.sessions.values()].includes(token);
    const { user, password } = this.options;
    return request.headers.authorization === `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  }

  private async get(path: string): Promise<Reply> {
    const task = path.startsWith(`${ROOT}/TaskService/Tasks/`) ? path.split('/').at(-1)! : null;
    if (task !== null) return this.task(task);
    const body = await this.resource(path);
    if (body === null) return NOT_FOUND;
    if (this.lies.staleMs === 0) return { status: 200, body };
    const now = performance.now();
    this.past.push({ at: now, path, body });
    const old = this.past.filter((each) => each.path === path);
    // The youngest that is old enough; the oldest there is otherwise.
    const shown = old.filter((each) => each.at <= now - this.lies.staleMs).at(-1) ?? old[0]!;
    return { status: 200, body: shown.body };
  }

  private async resource(path: string): Promise<JsonObject | null> {
    const system = `${ROOT}/Systems/1`;
    if (path === `${ROOT}/Systems`) {
      const others = Array.from({ length: this.options.otherSystems ?? 0 }, (_, n) => ({
        '@odata.id': `${ROOT}/Systems/${n + 2}`,
      }));
      return { Members: [...others, { '@odata.id': system }], 'Members@odata.count': others.length + 1 };
    }
    if (path === system) return this.system(system);
    if (/\/Systems\/\d+$/.test(path) && Number(path.split('/').at(-1)) < (this.options.otherSystems ?? 0) + 2)
      return {
        '@odata.id': path,
        Id: path.split('/').at(-1)!,
        UUID: '00000000-0000-0000-0000-000000000000',
        PowerState: 'Off',
      };
    if (this.lies.bootSettings !== null && path === `${system}/${this.lies.bootSettings}`)
      return { '@odata.id': path, Boot: this.boot() };
    if (path === `${system}/ResetActionInfo`)
      return { Parameters: [{ Name: 'ResetType', Required: true, AllowableValues: [...RESET_TYPES] }] };
    if (path === `${ROOT}/Managers/1`) return { '@odata.id': path, Id: '1', FirmwareVersion: this.lies.firmware };
    if (path === `${ROOT}/Chassis/1`) return { '@odata.id': path, Id: '1', ...this.lamp() };
    if (path === `${system}/Bios`)
      return {
        '@odata.id': path,
        Id: 'Bios',
        Attributes: { ...this.bios },
        '@Redfish.Settings': { SettingsObject: { '@odata.id': `${path}/Settings` } },
      };
    if (path === `${system}/Bios/Settings`)
      return { '@odata.id': path, Id: 'Settings', Attributes: { ...this.pending } };
    return this.storage(path, `${system}/Storage`);
  }

  private storage(path: string, top: string): JsonObject | null {
    const one = `${top}/1`;
    if (path === top) return { Members: [{ '@odata.id': one }] };
    if (path === one)
      return {
        '@odata.id': one,
        Id: '1',
        Name: 'RAID Controller',
        StorageControllers: [{ Model: 'Emulated RAID', SupportedRAIDTypes: Object.keys(RAID) }],
        Drives: this.drives.map(({ id }) => ({ '@odata.id': `${one}/Drives/${id}` })),
        Volumes: { '@odata.id': `${one}/Volumes` },
      };
    const drive = this.drives.find(({ id }) => path === `${one}/Drives/${id}`);
    if (drive)
      return {
        '@odata.id': path,
        Id: drive.id,
        CapacityBytes: drive.bytes,
        SerialNumber: `SN-${drive.id.slice(-1)}`,
        Links: {
          Volumes: this.volumes
            .filter((v) => v.drives.includes(drive.id))
            .map((v) => ({ '@odata.id': `${one}/Volumes/${v.id}` })),
        },
      };
    if (path === `${one}/Volumes`)
      return { Members: this.volumes.map((v) => ({ '@odata.id': `${one}/Volumes/${v.id}` })) };
    const volume = this.volumes.find(({ id }) => path === `${one}/Volumes/${id}`);
    return volume
      ? {
          '@odata.id': path,
          Id: volume.id,
          Name: volume.name,
          RAIDType: volume.raidType,
          CapacityBytes: volume.bytes,
          Links: { Drives: volume.drives.map((id) => ({ '@odata.id': `${one}/Drives/${id}` })) },
        }
      : null;
  }

  private root(): JsonObject {
    return {
      '@odata.id': ROOT,
      RedfishVersion: '1.15.0',
      Vendor: this.lies.vendor,
      UUID: this.uuid,
      Systems: { '@odata.id': `${ROOT}/Systems` },
      Links: { Sessions: { '@odata.id': `${ROOT}/SessionService/Sessions` } },
    };
  }

  private async system(path: string): Promise<JsonObject> {
    const on = await this.options.machine.isOn();
    const { shownPower } = this;
    const lying = shownPower !== null && performance.now() < shownPower.until;
    const power = lying
      ? this.lies.transitional
        ? shownPower.was
          ? 'PoweringOff'
          : 'PoweringOn'
        : shownPower.was
          ? 'On'
          : 'Off'
      : on
        ? 'On'
        : 'Off';
    return {
      '@odata.id': path,
      Id: '1',
      UUID: this.uuid,
      Manufacturer: this.lies.vendor,
      Model: this.lies.model,
      PowerState: power,
      ...(this.lies.bootSettings === null ? { Boot: this.boot() } : {}),
      ...this.lamp(),
      Bios: { '@odata.id': `${path}/Bios` },
      Storage: { '@odata.id': `${path}/Storage` },
      Links: { ManagedBy: [{ '@odata.id': `${ROOT}/Managers/1` }], Chassis: [{ '@odata.id': `${ROOT}/Chassis/1` }] },
      Actions: {
        '#ComputerSystem.Reset': {
          target: `${path}/Actions/ComputerSystem.Reset`,
          ...(this.lies.actionInfo
            ? { '@Redfish.ActionInfo': `${path}/ResetActionInfo` }
            : { 'ResetType@Redfish.AllowableValues': [...RESET_TYPES] }),
        },
      },
    };
  }

  private boot(): JsonObject {
    return {
      BootSourceOverrideEnabled: this.override.enabled,
      BootSourceOverrideTarget: this.override.target,
      BootSourceOverrideMode: this.override.mode,
      'BootSourceOverrideTarget@Redfish.AllowableValues': ['None', 'Pxe', 'Hdd', 'Cd'],
      ...(this.lies.bootMode === 'read-only'
        ? {}
        : { 'BootSourceOverrideMode@Redfish.AllowableValues': ['UEFI', 'Legacy'] }),
    };
  }

  private lamp(): JsonObject {
    if (this.lies.lamp === 'none') return {};
    return this.lies.lamp === 'active'
      ? { LocationIndicatorActive: this.lit }
      : { IndicatorLED: this.lit ? 'Blinking' : 'Off' };
  }

  private async patch(path: string, body: JsonObject, ifMatch: string | undefined): Promise<Reply> {
    if (this.lies.etagRequired && ifMatch === undefined) return { status: 428, body: problem('If-Match is required.') };
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== `"${this.generation}"`)
      return { status: 412, body: problem('The ETag is not that of the resource.') };
    const system = `${ROOT}/Systems/1`;
    if (path === `${system}/Bios/Settings`) return this.patchBios(body);
    const bootPath = this.lies.bootSettings === null ? system : `${system}/${this.lies.bootSettings}`;
    if (path !== system && path !== bootPath) return { status: 405, body: problem('That cannot be changed.') };
    const boot = body['Boot'] as JsonObject | undefined;
    if (boot) {
      if (path !== bootPath) return { status: 400, body: problem('Boot is not a property of this resource.') };
      const mode = boot['BootSourceOverrideMode'];
      if (mode !== undefined && this.lies.bootMode === 'read-only')
        return { status: 400, body: problem('The property BootSourceOverrideMode is read only.') };
      if (!this.ignores('boot')) {
        this.override = {
          enabled: String(boot['BootSourceOverrideEnabled'] ?? this.override.enabled),
          target: String(boot['BootSourceOverrideTarget'] ?? this.override.target),
          mode: mode === undefined ? (this.lies.bootMode === 'required' ? 'Legacy' : this.override.mode) : String(mode),
        };
        const { enabled, target } = this.override;
        const from = enabled !== 'Once' ? null : target === 'Pxe' ? 'network' : target === 'Hdd' ? 'disk' : null;
        await this.options.machine.bootOnce(from);
      }
    }
    const lit = body['LocationIndicatorActive'] ?? body['IndicatorLED'];
    if (lit !== undefined && !this.ignores('led')) this.lit = lit === true || lit === 'Lit' || lit === 'Blinking';
    this.generation += 1;
    return { status: 204 };
  }

  private patchBios(body: JsonObject): Reply {
    const wished = body['Attributes'];
    if (typeof wished !== 'object' || wished === null) return { status: 400, body: problem('Attributes are missing.') };
    for (const name of Object.keys(wished))
      if (!(name in this.bios)) return { status: 400, body: problem(`The attribute ${name} is not known.`) };
    if (!this.ignores('bios')) this.pending = { ...this.pending, ...(wished as Record<string, Json>) };
    this.generation += 1;
    return { status: 200, body: {} };
  }

  private async post(path: string, body: JsonObject): Promise<Reply> {
    if (path === `${ROOT}/Systems/1/Actions/ComputerSystem.Reset`) return this.reset(String(body['ResetType']));
    if (path === `${ROOT}/Systems/1/Storage/1/Volumes`) return this.makeVolume(body);
    return { status: 405, body: problem('That cannot be done here.') };
  }

  private async reset(type: string): Promise<Reply> {
    const { machine } = this.options;
    const what = ({ On: 'on', ForceOff: 'off', ForceRestart: 'reset' } as const)[type];
    if (what === undefined) return { status: 400, body: problem(`The value ${type} of ResetType is not in the list.`) };
    const was = await machine.isOn();
    if (what === 'reset' && !was) return { status: 409, body: problem('The system is off.') };
    this.powerWrites += 1;
    const forgotten = this.ignores('power') || this.powerWrites <= this.lies.ignoresPowerTimes;
    if (!forgotten) {
      await machine.switch(what);
      if (what !== 'off') this.starts();
      if (this.lies.wrongPowerMs > 0 && what !== 'reset' && was !== (what === 'on'))
        this.shownPower = { was, until: performance.now() + this.lies.wrongPowerMs };
    }
    if (this.lies.resetErrsAfterEffect) {
      this.lies.resetErrsAfterEffect = false;
      return { status: 500, body: problem('An internal error occurred.') };
    }
    return this.lies.tasks ? this.newTask() : { status: 204 };
  }

  /** At a start the machine takes over what was wished for it, and a wish for one boot is used up. */
  private starts(): void {
    this.bios = { ...this.bios, ...this.pending };
    this.pending = {};
    if (this.override.enabled === 'Once') this.override = { ...this.override, enabled: 'Disabled', target: 'None' };
  }

  private makeVolume(body: JsonObject): Reply {
    const raidType = String(body['RAIDType']);
    const links = (body['Links'] as JsonObject | undefined)?.['Drives'];
    const wanted = Array.isArray(links)
      ? (links as readonly JsonObject[]).map((link) => String(link['@odata.id']).split('/').at(-1)!)
      : [];
    const raid = RAID[raidType];
    if (!raid || wanted.length < raid.drivesMin)
      return { status: 400, body: problem(`${raidType} cannot be made of ${wanted.length} drives.`) };
    const taken = wanted.find((id) => this.volumes.some(({ drives }) => drives.includes(id)));
    if (taken !== undefined) return { status: 409, body: problem(`The drive ${taken} belongs to a volume.`) };
    const drives = wanted.map((id) => this.drives.find((drive) => drive.id === id));
    if (drives.some((drive) => drive === undefined)) return { status: 400, body: problem('There is no such drive.') };
    if (!this.ignores('volume')) {
      const id = String(this.volumes.length + 1);
      const name = typeof body['Name'] === 'string' ? body['Name'] : id;
      this.volumes = [
        ...this.volumes,
        { id, name, raidType, bytes: raid.bytes(drives.map((drive) => drive!.bytes)), drives: wanted },
      ];
    }
    return this.newTask();
  }

  private remove(path: string): Reply {
    const id = /\/Volumes\/([^/]+)$/.exec(path)?.[1];
    if (id === undefined || !this.volumes.some((volume) => volume.id === id)) return NOT_FOUND;
    if (!this.ignores('volume')) this.volumes = this.volumes.filter((volume) => volume.id !== id);
    return { status: 204 };
  }

  private newTask(): Reply {
    const id = randomUUID();
    this.tasks.set(id, TASK_LOOKS);
    const link = `${ROOT}/TaskService/Tasks/${id}`;
    return { status: 202, headers: { location: link }, body: { '@odata.id': link, TaskState: 'New' } };
  }

  private task(id: string): Reply {
    const looks = this.tasks.get(id);
    if (looks === undefined) return NOT_FOUND;
    this.tasks.set(id, looks - 1);
    return looks > 0
      ? { status: 202, body: { TaskState: 'Running' } }
      : { status: 200, body: { TaskState: 'Completed' } };
  }

  private etag(): string {
    if (this.lies.etagRestless > 0) {
      this.lies.etagRestless -= 1;
      const shown = this.generation;
      this.generation += 1;
      return `"${shown}"`;
    }
    return `"${this.generation}"`;
  }

  private ignores(what: Ignorable): boolean {
    return this.lies.ignores.includes(what);
  }
}

const RESET_TYPES = ['On', 'ForceOff', 'ForceRestart'] as const;
/** A task is looked at so often before it has ended. */
const TASK_LOOKS = 1;

const problem = (message: string): JsonObject => ({
  error: {
    code: 'Base.1.12.GeneralError',
    message: 'A general error has occurred. See ExtendedInfo for more.',
    '@Message.ExtendedInfo': [{ Message: message, MessageId: 'Base.1.12.GeneralError' }],
  },
});
const NOT_FOUND: Reply = { status: 404, body: problem('There is no such resource.') };

/** Null when it is none that can be read. */
const bodyOf = async (request: IncomingMessage): Promise<JsonObject | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  if (bytes === 0) return {};
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as JsonObject;
  } catch {
    return null;
  }
};
