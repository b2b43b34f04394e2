import type { NetbootService, OtherDhcpServer } from '#app';
import type { Keeper, Start } from './keeper.js';
import type { Place } from './places.js';

/** One of the services of this process: in which places it is wanted, and how it is started there. */
export interface Service {
  readonly keeper: Keeper;
  /** Null where its settings switch it on; else the sentence that says so. */
  readonly off: string | null;
  /** Servers of others that were noticed lately. */
  readonly others?: readonly OtherDhcpServer[];
  /** By place: an address, an interface, or all addresses together. The key names everything that a restart is due for. */
  wanted(places: readonly Place[]): ReadonlyMap<string, Start>;
}

/** How a service stands, for its row and for people. */
export const statusOf = ({ keeper, off, others = [] }: Service): NetbootService => ({
  ...keeper.status(
    off === null
      ? { state: 'idle', says: 'no network with DHCP lies on an interface of this host' }
      : { state: 'off', says: off },
  ),
  ...(others.length > 0 ? { others } : {}),
});
