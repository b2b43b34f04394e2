import { optionOf, type ClientMessage6, type Message6, type Option6, type RelayMessage6 } from './message.js';
import { MESSAGE6 } from './numbers.js';

/** A client's message, and the relays it came through, the one next to the server first. */
export interface Unwrapped6 {
  readonly message: ClientMessage6;
  readonly relays: readonly RelayMessage6[];
}

/** Takes a message out of its relay messages (RFC 8415 §19); null when there is none in them, or not on its way to us. */
export const unwrapRelays = (message: Message6): Unwrapped6 | null => {
  const relays: RelayMessage6[] = [];
  let inner = message;
  while (inner.kind === 'relay') {
    if (inner.type !== MESSAGE6.relayForward) return null;
    relays.push(inner);
    const carried = optionOf(inner.options, 'relay-message');
    if (!carried) return null;
    inner = carried.message;
  }
  return { message: inner, relays };
};

/**
 * Puts an answer into relay messages for the way back (RFC 8415 §19.3): each relay gets its link, its peer, and what it
 * wrote to find its interface again.
 */
export const wrapForRelays = (answer: ClientMessage6, relays: readonly RelayMessage6[]): Message6 => {
  let message: Message6 = answer;
  for (let at = relays.length - 1; at >= 0; at -= 1) {
    const { hops, link, peer, options } = relays[at] as RelayMessage6;
    const back: Option6[] = options.filter(({ is }) => is === 'interface-id' || is === 'relay-source-port');
    back.push({ is: 'relay-message', message });
    message = { kind: 'relay', type: MESSAGE6.relayReply, hops, link, peer, options: back };
  }
  return message;
};
