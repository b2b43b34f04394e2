import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import {
  Acknowledge,
  CopyLeases,
  FollowBootView,
  KeepLinks,
  type Log,
  type NetbootBeat,
  type NetbootServerId,
} from '#app';
import { BootView } from '#core';
import { keptTicketKey } from '#netio';
import { PgNews } from '#store';
import { ControlServer, type Health } from './control/control-server.js';
import { ViewFile } from './copy/view-file.js';
import { DatabaseWhenThere } from './database.js';
import { PacketRing } from './packets/packet-ring.js';
import { ownId } from './own-id.js';
import { ServiceHost } from './services/service-host.js';
import { servicesOf } from './services/services.js';
import type { NetbootSettings } from './settings.js';
import { StandbyMark } from './standby-mark.js';

export interface Netboot {
  /** Where servers of the installation ask it. */
  readonly controlUrl: string;
  health(): Health;
  stop(): Promise<void>;
}

/**
 * Puts a netboot process together: the copy of the boot view, whoever follows the history, the services that answer from
 * it, and what tells the rest of the installation about them. It resolves when everything was tried that can be served
 * now; a database that is away, or a port that is taken, is no reason not to.
 */
export async function startNetboot(settings: NetbootSettings, home: string, log: Log): Promise<Netboot> {
  const folder = join(home, 'netboot');
  const id = (await ownId(folder)) as NetbootServerId;
  const ticketKey = await keptTicketKey(join(folder, 'ticket-key'));
  const key = randomBytes(32).toString('base64url');
  const database = new DatabaseWhenThere(settings.databaseUrl);
  const packets = new PacketRing();
  const view = new BootView();
  const copy = new ViewFile(join(folder, 'view'), log);
  const copies = new CopyLeases(database, id, log);
  const services = await servicesOf({
    id,
    ticketKey,
    settings,
    folder,
    bootFiles: join(home, 'boot'),
    view,
    packets,
    copies,
    unitOfWork: database,
    log,
  });

  let kept = 0;
  let controlUrl = '';
  const standby = new StandbyMark(folder);
  const apiUrl = (): string => settings.apiUrl || apiUrlAt(host.addresses[0], settings.apiPort);
  const beat = (): NetbootBeat => ({
    id,
    host: settings.host,
    addresses: host.addresses,
    services: host.states.map((state) =>
      state.service === 'http' && apiUrl() !== '' ? { ...state, apiUrl: apiUrl() } : state,
    ),
    generation: kept,
    controlUrl,
    controlKey: key,
    ticketKey,
  });
  const links = new KeepLinks(
    database,
    beat,
    log,
    async () => {
      await services.takeOver();
      await standby.remove();
    },
    await standby.isSet(),
  );
  const follower = new FollowBootView(
    {
      unitOfWork: database,
      news: new PgNews(settings.databaseUrl),
      copy,
      log,
      links,
      ownServices: () => ({
        ...(settings.ports.http ? { httpPort: settings.ports.http } : {}),
        apiUrl: apiUrl(),
      }),
      onKept: (generation, isNews) =>
        void services.applied().then(() => {
          kept = generation;
          acknowledge.reached(isNews);
        }),
    },
    view,
  );
  const host = new ServiceHost(view, settings.interfaces, services.all, log, () => {
    follower.ownServicesChanged();
    acknowledge.reached(true);
  });
  const acknowledge = new Acknowledge(database, log, beat);
  const health = (): Health => {
    const { away, notKept, readAll } = follower.status;
    return {
      ready: view.generation > 0,
      generation: view.generation,
      kept,
      documents: view.size,
      conflicts: [...view.conflicts()].slice(0, 20),
      database: away === null ? 'answers' : `away since ${new Date(away.since).toISOString()}: ${away.why}`,
      copy: notKept ?? 'kept',
      read_all: readAll,
      leases_waiting: copies.waiting,
      services: host.states,
    };
  };

  const control = new ControlServer(key, packets, health);
  const { address, port } = settings.control;
  controlUrl = await control.listen(address, port).catch((cause: unknown) => {
    log.error('nobody can ask this netboot server about packets', cause, { address, port });
    return '';
  });
  if (await follower.loadCopy()) {
    kept = view.generation;
    log.info('serving from the copy on the disk', { generation: kept, documents: view.size });
  }
  await services.ready();
  await host.start();
  follower.start();
  acknowledge.start();
  copies.start();

  return {
    controlUrl,
    health,
    stop: async () => {
      await follower.stop();
      await host.stop();
      await services.close();
      await copies.stop();
      // Before the others are told that they may take over.
      if (await links.hasOthers().catch(() => false)) await standby.set();
      await acknowledge.stop();
      await control.stop();
      await copy.close();
      await database.close();
    },
  };
}

/** Where machines reach the API when nobody says: on this host, which runs the server too as a rule. */
const apiUrlAt = (address: string | undefined, port: number): string =>
  address === undefined ? '' : `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
