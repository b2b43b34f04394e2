import { hexOf } from './address.js';
import type { Silence6 } from './exchange.js';
import { optionOf, type ClientMessage6 } from './message.js';
import { MESSAGE6 } from './numbers.js';

/** What RFC 8415 §16 demands of a message that a client sends. */
interface Demand {
  readonly clientId: 'must' | 'may';
  readonly serverId: 'must' | 'may' | 'must-not';
}

const DEMANDS: Readonly<Record<number, Demand>> = {
  [MESSAGE6.solicit]: { clientId: 'must', serverId: 'must-not' },
  [MESSAGE6.request]: { clientId: 'must', serverId: 'must' },
  [MESSAGE6.confirm]: { clientId: 'must', serverId: 'must-not' },
  [MESSAGE6.renew]: { clientId: 'must', serverId: 'must' },
  [MESSAGE6.rebind]: { clientId: 'must', serverId: 'must-not' },
  [MESSAGE6.decline]: { clientId: 'must', serverId: 'must' },
  [MESSAGE6.release]: { clientId: 'must', serverId: 'must' },
  [MESSAGE6.informationRequest]: { clientId: 'may', serverId: 'may' },
};

/** Messages that, by unicast, are answered with UseMulticast; the others are dropped (RFC 8415 §16, §18.4). */
const TOLD_TO_USE_MULTICAST: readonly number[] = [MESSAGE6.request, MESSAGE6.renew, MESSAGE6.decline, MESSAGE6.release];

export type Validity6 =
  | { readonly valid: true }
  | { readonly valid: 'use-multicast' }
  | { readonly valid: false; readonly reason: Silence6; readonly detail: string | null };

/** Whether a server acts on a message; `direct` when no relay brought it. */
export const checkMessage6 = (
  message: ClientMessage6,
  duid: Uint8Array,
  came: { readonly direct: boolean; readonly multicast: boolean },
): Validity6 => {
  const demand = DEMANDS[message.type];
  if (!demand) return no('not-for-servers', `message type ${message.type}`);
  const clientId = optionOf(message.options, 'client-id');
  const serverId = optionOf(message.options, 'server-id');
  if (!clientId && demand.clientId === 'must') return no('no-client-id');
  if (!serverId && demand.serverId === 'must') return no('no-server-id');
  if (serverId && demand.serverId === 'must-not') return no('unexpected-server-id');
  if (serverId && !sameBytes(serverId.duid, duid)) return no('other-server', `server ${hexOf(serverId.duid)}`);
  if (message.type === MESSAGE6.informationRequest && asksForAddresses(message))
    return no('addresses-in-information-request');
  if (came.direct && !came.multicast)
    return TOLD_TO_USE_MULTICAST.includes(message.type) ? { valid: 'use-multicast' } : no('unicast');
  return { valid: true };
};

const asksForAddresses = ({ options }: ClientMessage6): boolean =>
  options.some(({ is }) => is === 'ia-na' || is === 'ia-ta' || is === 'ia-pd');

const no = (reason: Silence6, detail: string | null = null): Validity6 => ({ valid: false, reason, detail });

const sameBytes = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
};
