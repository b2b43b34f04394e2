import type { NetbootServerId, NetbootServerView } from '#app';
import {
  BootView,
  chooseBootenv,
  decideBoot,
  documentsOf,
  encodeTicket,
  idOf,
  TICKET_MS_MAX,
  type BootFacts,
  type NodeId,
  type ViewBootenv,
  type ViewDocument,
  type ViewMachine,
} from '#core';
import type { VirtualClock } from '../world/virtual-clock.js';
import type { Chance } from '../world/chance.js';
import { sealWith } from './fleet-secrets.js';
import type { MemoryRows } from './memory-rows.js';
import type { SimulatedMachine } from './machine.js';

const LOCAL = 'local';
/** x64 UEFI, of the registry of RFC 4578. */
const ARCHITECTURE = 7;
const PORT = 7780;

const bootenv = (name: string): ViewBootenv => ({
  ...{ name, kernel: null, initrds: [], params: [], templates: [], local: name === LOCAL, errors: [] },
});

/**
 * A netboot server of the fleet: the product's boot view, followed event by event, and its boot decision. It can fall
 * behind, and its clock can be wrong.
 */
export class FleetNetboot {
  readonly view = new BootView();
  readonly ticketKey = 'the key of the fleet';
  follows = true;
  /** Whether it was told to stop; `null`: there never was one. */
  stopped: boolean | null = false;
  /** By how much its clock is ahead, in milliseconds. */
  skewMs = 0;
  /** Machines that were read anew, in order. */
  readonly read: NodeId[] = [];

  constructor(
    private readonly rows: MemoryRows,
    private readonly clock: VirtualClock,
    private readonly chance: Chance,
  ) {
    this.view.loaders = new Set(['local-x64.efi', 'ipxe.efi', 'snponly.efi']);
    const documents = ['discovery', 'install', LOCAL].map((name): ViewDocument => ({
      kind: 'bootenv',
      id: name,
      body: bootenv(name),
    }));
    this.view.apply(documents, 0);
  }

  /** Takes in what happened since it did so last. */
  follow(): void {
    const { view, rows } = this;
    if (!this.follows || this.stopped !== false || view.generation === rows.events.length) return;
    const changed = new Set<NodeId>();
    for (const event of rows.events.slice(view.generation))
      for (const ref of documentsOf({ ...event, deploymentId: event.deploymentId ?? null }))
        if (ref.kind === 'machine' && 'node' in ref) changed.add(ref.node);
    this.read.push(...changed);
    view.apply(
      [...changed].map((id) => ({ kind: 'machine' as const, id, body: this.documentOf(id) })),
      rows.events.length,
    );
  }

  servers(): readonly NetbootServerView[] {
    if (this.stopped === null) return [];
    this.follow();
    const [seenAt, generation] = [new Date(this.clock.now()), this.view.generation];
    return [
      {
        ...{ id: idOf<NetbootServerId>('netboot-1'), host: 'netboot-1', addresses: ['192.168.124.10'], generation },
        services: [{ service: 'http', state: 'serving', says: '', port: PORT }],
        ...{
          lag: this.rows.events.length - generation,
          state: this.stopped ? 'stopped' : 'live',
          startedAt: seenAt,
          seenAt,
        },
      },
    ];
  }

  boot({ mac, uuid }: Pick<SimulatedMachine, 'mac' | 'uuid'>) {
    if (this.stopped !== false) return null;
    this.follow();
    const facts: BootFacts = {
      via: 'script',
      family: 4,
      ...{ architecture: ARCHITECTURE, vendorClass: 'PXEClient', ipxe: true, mac, uuid },
      ...{ server: '192.168.124.10', httpPort: PORT },
    };
    if (decideBoot(facts, this.view).boot === 'nothing') return null;
    const chosen = chooseBootenv(facts, this.view);
    const ticket = encodeTicket(
      {
        ...{ server: 'netboot-1', boot: this.chance.uuid(), mac, uuid, node: chosen.machine?.node ?? null },
        ...{ bootenv: chosen.name, expires: this.clock.now() + this.skewMs + TICKET_MS_MAX },
      },
      sealWith(this.ticketKey),
    );
    return { bootenv: chosen.name, local: chosen.bootenv?.local === true, ticket };
  }

  private documentOf(id: NodeId): ViewMachine | null {
    const node = this.rows.nodes.get(id);
    if (!node) return null;
    const uuid = (node.inventory['system'] as { uuid?: string } | undefined)?.uuid ?? null;
    return {
      ...{ node: id, name: node.name, deployment: node.deployment, roles: [], macs: node.macs, uuid, addresses: [] },
      ...{ bootenv: node.bootenv, secureBoot: false, params: {} },
    };
  }
}
