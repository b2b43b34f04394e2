import type { NetbootServerView } from '../ports/netboot-store.js';
import type { UnitOfWork } from '../ports/unit-of-work.js';
import { SILENT_AFTER_MS } from './limits.js';

/** Rest between two looks, in milliseconds. */
const LOOK_EVERY_MS = 50;

export type Acknowledged =
  /** Every netboot server that lives has it. */
  | { readonly kind: 'acknowledged'; readonly generation: number; readonly hosts: readonly string[] }
  /** There is none that ever said it serves this installation, or all were told to stop: `stopped` are the hosts of these. */
  | { readonly kind: 'no-server'; readonly generation: number; readonly stopped: readonly string[] }
  /** In time it did not come to that; `detail` names who is behind, and what to do. */
  | { readonly kind: 'late'; readonly generation: number; readonly detail: string }
  | { readonly kind: 'aborted'; readonly generation: number };

/**
 * Waits until every netboot server answers packets from a view that has taken in an event, on its disk too. A server
 * that fell silent without having been told to stop is waited for as well: its machines would get old answers when it
 * comes back.
 */
export class WaitAcknowledged {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /**
   * Without a generation: the one of the last event that is there now. `deadlineMs` counts from the call. Who waits for the
   * sake of a machine's boot alone says so, and does not wait for servers that answer nothing but names.
   */
  async execute(input: {
    readonly generation?: number;
    readonly servers?: 'all' | 'booting';
    readonly deadlineMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Acknowledged> {
    const until = Date.now() + input.deadlineMs;
    const generation = input.generation ?? (await this.unitOfWork.read((tx) => tx.bootView.lastEvent()));
    for (;;) {
      const known = await this.unitOfWork.read((tx) => tx.netboot.servers(SILENT_AFTER_MS));
      const servers = input.servers === 'booting' ? known.filter(boots) : known;
      const counted = servers.filter(({ state }) => state !== 'stopped');
      if (counted.length === 0) return { kind: 'no-server', generation, stopped: servers.map(({ host }) => host) };
      const behind = counted.filter((server) => server.generation < generation);
      if (behind.length === 0) return { kind: 'acknowledged', generation, hosts: counted.map(({ host }) => host) };
      if (input.signal?.aborted) return { kind: 'aborted', generation };
      if (Date.now() >= until) return { kind: 'late', generation, detail: detailOf(behind, generation) };
      await new Promise((resolve) => setTimeout(resolve, Math.min(LOOK_EVERY_MS, Math.max(1, until - Date.now()))));
    }
  }
}

/** One that has not said yet what it serves may serve anything. */
const boots = ({ services }: NetbootServerView): boolean =>
  services.length === 0 || services.some(({ service, state }) => service !== 'dns' && state !== 'off');

const detailOf = (
  behind: readonly { host: string; id: string; generation: number; state: string; seenAt: Date }[],
  generation: number,
): string =>
  behind
    .map((server) =>
      server.state === 'silent'
        ? `netboot on ${server.host} was last heard of at ${server.seenAt.toISOString()}: start it, or forget it with \`anneal netboot delete ${server.id}\``
        : `netboot on ${server.host} is at generation ${server.generation} of ${generation}: look at its log, and at the disk of its ANNEAL_HOME`,
    )
    .join('; ');
