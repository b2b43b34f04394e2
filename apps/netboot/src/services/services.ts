import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { InstallSecrets, SystemClock, type CopyLeases, type Log, type PacketSink, type UnitOfWork } from '#app';
import { GRUB_ENTRY, GRUB_ENTRY_SCRIPT, grubFileOf, type BootView } from '#core';
import { RandomOrderTokens } from '#store';
import type { NetbootSettings } from '../settings.js';
import { Dhcp4Service, type DhcpParts } from './dhcp4-service.js';
import { dhcp6Service, duidOf, raService } from './dhcp6-service.js';
import { DnsService } from './dns-service.js';
import { HttpService } from './http-service.js';
import { LeaseKeeping } from './lease-keeping.js';
import { BootDecisions } from './loaders.js';
import type { Service } from './service.js';
import { tftpService } from './tftp-service.js';

export interface ServiceParts {
  readonly id: string;
  /** Seals boot tickets. */
  readonly ticketKey: string;
  readonly settings: NetbootSettings;
  /** What is netboot's own: journal, nonces. */
  readonly folder: string;
  /** All boot files: `files` by name, `content/sha256` by digest. */
  readonly bootFiles: string;
  readonly view: BootView;
  readonly packets: PacketSink;
  readonly copies: CopyLeases;
  readonly unitOfWork: UnitOfWork;
  readonly log: Log;
}

export interface Services {
  readonly all: readonly Service[];
  /** Resolves when every service answers from what the view holds now. */
  applied(): Promise<void>;
  /** Called when the view has been taken from the disk, before anything is served. */
  ready(): Promise<void>;
  /** Learns of leases that another server gave, before anything of its links is served here. */
  takeOver(): Promise<void>;
  close(): Promise<void>;
}

/** More threads than this for DNS would be taken from everything else on a small host. */
const DNS_THREADS_MAX = 4;

/** All services of a netboot process, none of them started. */
export async function servicesOf(parts: ServiceParts): Promise<Services> {
  const { settings, view, log, folder, bootFiles: root, packets } = parts;
  const { ports } = settings;
  const keeping = await LeaseKeeping.begin(join(folder, 'leases'), parts.unitOfWork, parts.copies, log);
  const decisions = new BootDecisions(view, root, log);
  const dns = new DnsService(view, ports.dns, dnsThreads(), log);
  const dhcp: DhcpParts = {
    view,
    packets,
    log,
    decideBoot: decisions.decide,
    servesNames: () => dns.isTold,
    ...keeping.open,
  };
  const dhcp4 = new Dhcp4Service(dhcp, ports.dhcp4, ports.proxyDhcp);
  const installs = new InstallSecrets({
    unitOfWork: parts.unitOfWork,
    clock: new SystemClock(),
    tokens: new RandomOrderTokens(),
  });
  const http = new HttpService({
    view,
    source: decisions.source,
    port: ports.http,
    root,
    state: folder,
    packets,
    tickets: { server: parts.id, key: parts.ticketKey },
    secrets: (machine, _path, { base, client }) =>
      installs.execute({
        node: machine.node,
        bootenv: machine.bootenv,
        apiUrl: view.services.apiUrl,
        contentBase: base,
        address: client,
      }),
    log,
  });
  const tftp = tftpService({
    view,
    packets,
    log,
    port: ports.tftp,
    root: join(root, 'files'),
    virtual: (name, server) => {
      if (name === GRUB_ENTRY) return new TextEncoder().encode(GRUB_ENTRY_SCRIPT);
      const mac = macInGrubFile(name);
      return mac === null ? null : http.grubOf(mac, server);
    },
  });
  return {
    all: [
      dhcp4,
      dhcp6Service(dhcp, ports.dhcp6, duidOf(parts.id)),
      raService(dhcp, settings.advertises),
      dns,
      tftp,
      http,
    ],
    applied: () => dns.applied,
    ready: async () => {
      await decisions.start();
      await keeping.ready();
    },
    takeOver: () => keeping.takeOver(),
    close: async () => {
      decisions.stop();
      dhcp4.stop();
      await keeping.close();
    },
  };
}

const MAC = /(?:[0-9a-f]{2}:){5}[0-9a-f]{2}/;

/** The machine whose GRUB configuration has this name; null for any other file. */
const macInGrubFile = (name: string): string | null => {
  const mac = MAC.exec(name.toLowerCase())?.[0];
  return mac !== undefined && name.toLowerCase() === grubFileOf(mac) ? mac : null;
};

const dnsThreads = (): number => Math.min(DNS_THREADS_MAX, Math.max(1, availableParallelism() - 1));
