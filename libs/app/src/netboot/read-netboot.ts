import { refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { isId, type NetbootServerId } from '../ports/model-ids.js';
import type { LeaseView, NetbootServerView, ReservationView } from '../ports/netboot-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor } from '../ports/unit-of-work.js';
import { SILENT_AFTER_MS } from './limits.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

/** The leases that every netboot server has given, as they were copied. */
export class ListLeases {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<LeaseView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.netboot.listLeases(query));
  }
}

/** The addresses that known machines get from DHCP. */
export class ListReservations {
  constructor(private readonly parts: Parts) {}

  execute(query: ListQuery): Promise<Page<ReservationView> | Refusal> {
    return this.parts.unitOfWork.read((tx) => tx.netboot.listReservations(query));
  }
}

/** The netboot servers, with how far each follows. */
export class ListNetbootServers {
  constructor(private readonly parts: Parts) {}

  execute(): Promise<NetbootServerView[]> {
    return this.parts.unitOfWork.read((tx) => tx.netboot.servers(SILENT_AFTER_MS));
  }
}

/** Forgets a netboot server that does not come back, so that nobody waits for it. One that lives tells of itself again. */
export class ForgetNetbootServer {
  constructor(private readonly parts: Parts) {}

  execute(actor: Actor, input: { readonly server: string }): Promise<null | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const host = isId(input.server) ? await tx.netboot.forget(input.server as NetbootServerId) : null;
      if (host === null)
        return refuse(
          'not-found',
          `there is no netboot server ${input.server}: use the id of one that \`anneal netboot list\` shows.`,
        );
      tx.tell({ kind: 'netboot_server.forgotten', data: { host } });
      return null;
    });
  }
}
