import {
  MachineFirmware,
  type BiosReading,
  type BmcBook,
  type FirmwareFailure,
  type FirmwareOptions,
  type StorageReading,
} from '#app';
import type { BiosAttributes, BiosValue, DriveFacts, JsonObject, NodeId, VolumeFacts, WantedVolume } from '#core';
import { linkIn, linksIn, objectIn, RedfishClient, textIn } from './redfish/client.js';
import {
  failure,
  isFailure,
  RedfishService,
  type Failure,
  type FoundSystem,
  type Resource,
} from './redfish/service.js';
import { Deadline } from './until.js';

type Done = { readonly kind: 'done' };

/** BIOS attributes and RAID volumes by Redfish (DSP0268: Bios, Storage, Volume). Each call is a conversation of its own. */
export class NodeFirmware extends MachineFirmware {
  constructor(private readonly book: BmcBook) {
    super();
  }

  override readBios(node: NodeId, options: FirmwareOptions): Promise<BiosReading | FirmwareFailure> {
    return this.talk(node, options, async (service, system, deadline): Promise<BiosReading | Failure> => {
      const bios = await this.bios(service, system, deadline);
      if (isFailure(bios)) return bios;
      return { kind: 'bios', vendor: system.product.vendor, attributes: attributesIn(bios.body) };
    });
  }

  override wishBios(
    node: NodeId,
    attributes: BiosAttributes,
    options: FirmwareOptions,
  ): Promise<Done | FirmwareFailure> {
    return this.talk(node, options, async (service, system, deadline): Promise<Done | Failure> => {
      const bios = await this.bios(service, system, deadline);
      if (isFailure(bios)) return bios;
      const path = linkIn(objectIn(bios.body['@Redfish.Settings'])['SettingsObject']);
      if (path === null) return failure('its BIOS takes no settings over Redfish', 'none', true);
      const settings = await service.read(path, deadline);
      if (isFailure(settings)) return settings;
      const isThere = (now: JsonObject): boolean => {
        const pending = attributesIn(now);
        return Object.entries(attributes).every(([name, value]) => pending[name] === value);
      };
      const seen = await service.change(settings, { Attributes: { ...attributes } }, isThere, system.quirks, deadline);
      return isFailure(seen) ? seen : { kind: 'done' };
    });
  }

  override readStorage(node: NodeId, options: FirmwareOptions): Promise<StorageReading | FirmwareFailure> {
    return this.talk(node, options, (service, system, deadline) => this.storage(service, system, deadline));
  }

  override removeVolume(node: NodeId, volume: VolumeFacts, options: FirmwareOptions): Promise<Done | FirmwareFailure> {
    return this.talk(node, options, async (service, system, deadline): Promise<Done | Failure> => {
      // Looked at once more: paths of volumes are numbers, and another one may have taken this since.
      const now = await this.storage(service, system, deadline);
      if (isFailure(now)) return now;
      const same = now.controllers.flatMap(({ volumes }) => volumes).find(({ path }) => path === volume.path);
      if (!same) return { kind: 'done' };
      if (same.name !== volume.name || same.drives.join() !== volume.drives.join())
        return failure(
          `the volume at ${volume.path} is another one by now (${same.name}): nothing was deleted`,
          'none',
          true,
        );
      const removed = await service.remove(volume.path, deadline);
      if (isFailure(removed)) return removed;
      return this.settled(
        service,
        system,
        deadline,
        (volumes) => !volumes.some(({ path }) => path === volume.path),
        `delete ${volume.name}`,
      );
    });
  }

  override makeVolume(
    node: NodeId,
    controller: string,
    volume: WantedVolume,
    options: FirmwareOptions,
  ): Promise<Done | FirmwareFailure> {
    return this.talk(node, options, async (service, system, deadline): Promise<Done | Failure> => {
      const storage = await service.read(controller, deadline);
      if (isFailure(storage)) return storage;
      const collection = linkIn(storage.body['Volumes']);
      if (collection === null) return failure('its storage makes no volumes over Redfish', 'none', true);
      const links = linksIn(storage.body['Drives']).filter((link) => volume.drives.includes(lastOf(link)));
      const made = await service.post(
        collection,
        {
          Name: volume.name,
          RAIDType: volume.level,
          Links: { Drives: links.map((link) => ({ '@odata.id': link })) },
          '@Redfish.OperationApplyTime': 'Immediate',
        },
        deadline,
      );
      if (isFailure(made)) return made;
      const isIt = (have: VolumeFacts): boolean =>
        have.level === volume.level && [...have.drives].sort().join() === [...volume.drives].sort().join();
      return this.settled(service, system, deadline, (volumes) => volumes.some(isIt), `make ${volume.name}`);
    });
  }

  /** A conversation with the node's BMC, ended whatever comes of it. */
  private async talk<Result>(
    node: NodeId,
    { deadlineMs, signal }: FirmwareOptions,
    work: (service: RedfishService, system: FoundSystem, deadline: Deadline) => Promise<Result | Failure>,
  ): Promise<Exclude<Result, Failure> | FirmwareFailure> {
    const facts = await this.book.factsOf(node);
    const bmc = facts?.bmc ?? null;
    if (facts === null || bmc === null || !bmc.protocols.includes('redfish')) {
      const why =
        facts?.unusable ??
        `${facts?.name ?? 'the node'} has no BMC that speaks Redfish; write it down with \`anneal nodes bmc set\``;
      return { kind: 'failed', reason: why, effect: 'none' };
    }
    const service = new RedfishService(bmc, facts.uuid, (certificate) => this.book.pin(node, certificate));
    const deadline = new Deadline(deadlineMs, signal);
    try {
      const system = await service.system(deadline);
      const result = isFailure(system) ? system : await work(service, system, deadline);
      return isFailure(result)
        ? { kind: 'failed', reason: result.reason, effect: result.effect }
        : (result as Exclude<Result, Failure>);
    } finally {
      await service.close(new Deadline(RedfishClient.LOGOUT_MS));
    }
  }

  private bios(service: RedfishService, system: FoundSystem, deadline: Deadline): Promise<Resource | Failure> {
    const path = linkIn(system.body['Bios']);
    return path === null
      ? Promise.resolve(failure('its BMC shows no attributes of the BIOS', 'none', true))
      : service.read(path, deadline);
  }

  private async storage(
    service: RedfishService,
    system: FoundSystem,
    deadline: Deadline,
  ): Promise<StorageReading | Failure> {
    const top = linkIn(system.body['Storage']);
    if (top === null) return { kind: 'storage', controllers: [] };
    const collection = await service.read(top, deadline);
    if (isFailure(collection)) return collection;
    const controllers: StorageReading['controllers'][number][] = [];
    for (const path of linksIn(collection.body['Members'])) {
      const one = await service.read(path, deadline);
      if (isFailure(one)) return one;
      const drives = await this.all(service, linksIn(one.body['Drives']), deadline, driveIn);
      if (isFailure(drives)) return drives;
      const link = linkIn(one.body['Volumes']);
      const list = link === null ? null : await service.read(link, deadline);
      if (isFailure(list)) return list;
      const volumes = await this.all(service, linksIn(list?.body['Members']), deadline, volumeIn);
      if (isFailure(volumes)) return volumes;
      controllers.push({ path, drives, volumes });
    }
    return { kind: 'storage', controllers };
  }

  private async all<Facts>(
    service: RedfishService,
    paths: readonly string[],
    deadline: Deadline,
    read: (resource: Resource) => Facts,
  ): Promise<Facts[] | Failure> {
    const found: Facts[] = [];
    for (const path of paths) {
      const resource = await service.read(path, deadline);
      if (isFailure(resource)) return resource;
      found.push(read(resource));
    }
    return found;
  }

  /** Looks at the volumes until they are as they should be. */
  private async settled(
    service: RedfishService,
    system: FoundSystem,
    deadline: Deadline,
    isThere: (volumes: readonly VolumeFacts[]) => boolean,
    what: string,
  ): Promise<Done | Failure> {
    const patience = deadline.within(system.quirks.readBackMs);
    for (;;) {
      const now = await this.storage(service, system, deadline);
      if (!isFailure(now) && isThere(now.controllers.flatMap(({ volumes }) => volumes))) return { kind: 'done' };
      if (patience.isOver)
        return isFailure(now) ? now : failure(`its BMC took the wish to ${what}, and does not show it`, 'unknown');
      await patience.pause(LOOK_EVERY_MS);
    }
  }
}

/** Between two looks at volumes, in milliseconds. */
const LOOK_EVERY_MS = 500;

const attributesIn = (body: JsonObject): BiosAttributes =>
  Object.fromEntries(
    Object.entries(objectIn(body['Attributes'])).filter(
      (entry): entry is [string, BiosValue] => typeof entry[1] !== 'object' || entry[1] === null,
    ),
  );

const lastOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? path;

const driveIn = ({ path, body }: Resource): DriveFacts => ({
  id: lastOf(path),
  serial: textIn(body['SerialNumber']),
  bytes: typeof body['CapacityBytes'] === 'number' ? body['CapacityBytes'] : 0,
});

const volumeIn = ({ path, body }: Resource): VolumeFacts => ({
  path,
  name: textIn(body['Name']) ?? lastOf(path),
  level: textIn(body['RAIDType']) ?? 'unknown',
  drives: linksIn(objectIn(body['Links'])['Drives']).map(lastOf),
});
