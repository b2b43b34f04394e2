import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { CopyLeases, Log, PacketSink, UnitOfWork } from '#app';
import type { BootView } from '#core';
import type { NetbootSettings } from '../settings.js';
import { DnsService } from './dns-service.js';
import type { Service } from './service.js';
import { tftpService } from './tftp-service.js';

export interface ServiceParts {
  readonly settings: NetbootSettings;
  /** What netboot keeps: journal, boot files. */
  readonly folder: string;
  readonly view: BootView;
  readonly packets: PacketSink;
  readonly leases: CopyLeases;
  readonly unitOfWork: UnitOfWork;
  readonly log: Log;
}

export interface Services {
  readonly all: readonly Service[];
  /** Resolves when every service answers from what the view holds now. */
  applied(): Promise<void>;
  /** Called when the view has been taken from the disk, before anything is served. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/** More threads than this for DNS would be taken from everything else on a small host. */
const DNS_THREADS_MAX = 4;

/** All services of a netboot process, none of them started. */
export async function servicesOf(parts: ServiceParts): Promise<Services> {
  const { settings, view, log } = parts;
  const dns = new DnsService(view, settings.ports.dns, dnsThreads(), log);
  const tftp = tftpService({ ...parts, port: settings.ports.tftp, root: join(parts.folder, 'boot') });
  return {
    all: [dns, tftp],
    applied: () => dns.applied,
    ready: async () => {},
    close: async () => {},
  };
}

const dnsThreads = (): number => Math.min(DNS_THREADS_MAX, Math.max(1, availableParallelism() - 1));
