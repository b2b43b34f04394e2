import { differenceOf, isWithin, zoneRecordKey, type ZoneIndex, type ZoneRecordWithTtl } from '#core';
import type { Clock } from '../ports/clock.js';
import type { KeyedDnsServer } from '../ports/dns-store.js';
import type { DnsUpdate } from '../ports/dns-update.js';
import type { Log } from '../ports/log.js';
import type { SecretBox } from '../ports/secret-box.js';
import { openKey } from '../secret/kept-key.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { NamesNow } from './names-now.js';

/** How often a server is compared with what it should hold although nothing has happened here, in milliseconds. */
export const COMPARE_PERIOD_MS = 300_000;
/** First pause after a failure, in milliseconds; it doubles up to the longest. */
export const SERVER_RETRY_FIRST_MS = 2_000;
export const SERVER_RETRY_MS_MAX = 60_000;

interface Parts {
  readonly unitOfWork: UnitOfWork;
  readonly updates: DnsUpdate;
  readonly clock: Clock;
  readonly log: Log;
  /** Opens the keys of servers. */
  readonly secrets?: SecretBox | undefined;
}

/** What a server is known to hold of ours, from the last time that all went well. */
interface Known {
  readonly version: number;
  readonly revision: number;
  readonly comparedAt: number;
  readonly zones: ReadonlyMap<string, ReadonlyMap<string, ZoneRecordWithTtl>>;
}

/**
 * Keeps servers elsewhere the same as what is served here. A change here is sent as it is; at the start, after any
 * failure, and every few minutes the zones are read and compared, so that whatever was lost while a server was down, or
 * was changed there by hand, is put right. A server that fails keeps no other from its turn. Takes no input.
 */
export class ReconcileServers {
  private readonly names: NamesNow;
  private readonly known = new Map<string, Known>();

  constructor(private readonly parts: Parts) {
    this.names = new NamesNow(parts.unitOfWork);
  }

  async execute(): Promise<void> {
    const due = await this.parts.unitOfWork.read((tx) => tx.dnsServers.due());
    if (due.length === 0) return;
    const index = await this.names.look();
    // What the comparison is about is taken at one moment, before anything is awaited.
    const revision = index.all.revision;
    const now = this.parts.clock.now();
    await Promise.all(
      due.map(async (server) => {
        const known = this.known.get(server.id);
        const isCurrent = known?.version === server.version && now - known.comparedAt < COMPARE_PERIOD_MS;
        if (isCurrent && known.revision === revision) return;
        await this.turn(server, wantedBy(server, index), {
          revision,
          generation: index.generation,
          since: isCurrent ? known : null,
          now,
        });
      }),
    );
  }

  private async turn(
    kept: KeyedDnsServer,
    wanted: ReadonlyMap<string, readonly ZoneRecordWithTtl[]>,
    at: { readonly revision: number; readonly generation: number; readonly since: Known | null; readonly now: number },
  ): Promise<void> {
    try {
      const server = this.opened(kept);
      await this.leaveZones(server);
      for (const [zone, records] of wanted) {
        const before = at.since?.zones.get(zone);
        if (before) await this.send(server, zone, records, before);
        else await this.compare(server, zone, records);
      }
      const zones = new Map(
        [...wanted].map(([zone, records]) => [zone, new Map(records.map((each) => [zoneRecordKey(each), each]))]),
      );
      this.known.set(server.id, {
        version: server.version,
        revision: at.revision,
        comparedAt: at.since?.comparedAt ?? at.now,
        zones,
      });
      await this.parts.unitOfWork.write(ENGINE, (tx) => tx.dnsServers.settled(server.id, at.generation));
    } catch (cause) {
      this.known.delete(kept.id);
      const reason = cause instanceof Error ? cause.message : String(cause);
      const pause = Math.min(SERVER_RETRY_MS_MAX, SERVER_RETRY_FIRST_MS * 2 ** Math.min(kept.failures, 10));
      this.parts.log.warn(`the DNS server ${kept.name} could not be kept the same`, { reason, retryInMs: pause });
      await this.parts.unitOfWork.write(ENGINE, (tx) => tx.dnsServers.failed(kept.id, reason, pause));
    }
  }

  private opened(server: KeyedDnsServer): KeyedDnsServer {
    const keySecret = openKey(this.parts.secrets, server.keySecret, { place: 'dns_servers', id: server.id });
    if (keySecret !== null) return { ...server, keySecret };
    throw new Error(
      'its key does not open with the key of this worker: give it the secrets.key of the installation, or set the key anew',
    );
  }

  /** Sends what has changed here since everything was right there. */
  private async send(
    server: KeyedDnsServer,
    zone: string,
    wanted: readonly ZoneRecordWithTtl[],
    before: ReadonlyMap<string, ZoneRecordWithTtl>,
  ): Promise<void> {
    const keys = new Set(wanted.map(zoneRecordKey));
    const add = wanted.filter((record) => before.get(zoneRecordKey(record))?.ttl !== record.ttl);
    const dropped = [...before.values()].filter((record) => !keys.has(zoneRecordKey(record)));
    if (add.length === 0 && dropped.length === 0) return;
    // Not all that was right there is ours: somebody else may have written the same.
    const placed = new Set((await this.placedIn(server, zone)).map(zoneRecordKey));
    await this.carryOut(server, zone, { add, remove: dropped.filter((record) => placed.has(zoneRecordKey(record))) });
  }

  /** Reads the zone, puts it right, and looks whether that has helped. */
  private async compare(server: KeyedDnsServer, zone: string, wanted: readonly ZoneRecordWithTtl[]): Promise<void> {
    for (let isSecondLook = false; ; isSecondLook = true) {
      const actual = await this.parts.updates.read(server, zone);
      const { add, remove, forget, blocked } = differenceOf(wanted, actual, await this.placedIn(server, zone));
      if (forget.length > 0)
        await this.parts.unitOfWork.write(ENGINE, (tx) =>
          tx.dnsServers.forget(
            server.id,
            forget.map((each) => ({ ...each, zone })),
          ),
        );
      if (add.length === 0 && remove.length === 0) {
        const [first] = blocked;
        if (first)
          throw new Error(
            `${blocked.length} records of zone ${zone} cannot be placed: at ${first.name} somebody else has an alias, or something beside which no alias can stand; take it away there, or change the name here`,
          );
        return;
      }
      if (isSecondLook) {
        const stubborn = add[0] ?? remove[0];
        throw new Error(
          `the server said that it took the update of zone ${zone}, but ${stubborn?.type} of ${stubborn?.name} is still not as it should be: look at its log`,
        );
      }
      await this.carryOut(server, zone, { add, remove });
    }
  }

  /** Takes our records out of zones that the server is no longer to have. */
  private async leaveZones(server: KeyedDnsServer): Promise<void> {
    const placed = await this.parts.unitOfWork.read((tx) => tx.dnsServers.placed(server.id));
    const left = placed.filter(({ zone }) => !server.zones.includes(zone));
    for (const zone of new Set(left.map((record) => record.zone)))
      await this.carryOut(server, zone, { add: [], remove: left.filter((record) => record.zone === zone) });
  }

  private async placedIn(server: KeyedDnsServer, zone: string) {
    const placed = await this.parts.unitOfWork.read((tx) => tx.dnsServers.placed(server.id));
    return placed.filter((record) => record.zone === zone);
  }

  /** The book is written before the server is asked to add, and after it has removed: it may hold too much, never too little. */
  private async carryOut(
    server: KeyedDnsServer,
    zone: string,
    update: {
      readonly add: readonly ZoneRecordWithTtl[];
      readonly remove: readonly { readonly name: string; readonly type: string; readonly value: string }[];
    },
  ): Promise<void> {
    const { unitOfWork, updates } = this.parts;
    if (update.add.length > 0)
      await unitOfWork.write(ENGINE, (tx) =>
        tx.dnsServers.place(
          server.id,
          update.add.map((each) => ({ ...each, zone })),
        ),
      );
    await updates.update(server, zone, update);
    if (update.remove.length > 0)
      await unitOfWork.write(ENGINE, (tx) =>
        tx.dnsServers.forget(
          server.id,
          update.remove.map((each) => ({ ...each, zone })),
        ),
      );
  }
}

/**
 * What a server should hold, by zone: whatever is served to everybody here and lies in the zone. A server elsewhere
 * cannot tell our networks apart, so what only some may see does not go there; and each zone has its own SOA and servers.
 */
const wantedBy = (server: KeyedDnsServer, index: ZoneIndex): ReadonlyMap<string, readonly ZoneRecordWithTtl[]> => {
  const wanted = new Map<string, Map<string, ZoneRecordWithTtl>>(server.zones.map((zone) => [zone, new Map()]));
  const innermost = [...server.zones].sort((one, other) => other.length - one.length);
  for (const { name, type, ttl, value, clients, source, zone } of index.records()) {
    const isForAll = clients === null && !index.zone(zone)?.clients;
    if (!isForAll || source.kind === 'zone') continue;
    const target = innermost.find((candidate) => isWithin(name, candidate));
    if (target === undefined) continue;
    const record: ZoneRecordWithTtl = { name, type, ttl, value };
    wanted.get(target)?.set(zoneRecordKey(record), record);
  }
  return new Map([...wanted].map(([zone, records]) => [zone, [...records.values()]]));
};
