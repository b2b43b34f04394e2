import type { BootDecision, BootFacts } from '../boot/decision.js';
import type { BootView } from '../boot-view/view.js';
import type { ViewMachine } from '../boot-view/document.js';
import type { LeaseBook } from '../lease/book.js';
import type { Lease } from '../lease/lease.js';

/** How a packet came in. */
export interface Arrival6 {
  /** The link (ViewNetwork.link) of the interface; null when no network of ours is on it and only relays are served. */
  readonly link: string | null;
  /** Of the sender, canonical text without zone. */
  readonly source: string;
  readonly sourcePort: number;
  /** Whether it was sent to a multicast group. */
  readonly multicast: boolean;
  /** The sender's MAC, where the socket knows it. */
  readonly mac?: string | null;
}

/** What the engine answers from. */
export interface World6 {
  readonly view: BootView;
  readonly book: LeaseBook;
  /** DUID of this server. It stays the same for ever: clients hold leases from it. */
  readonly duid: Uint8Array;
  /** Addresses of this server that clients can reach, without link-local ones: for URLs; none of them is given out. */
  readonly addresses: readonly string[];
  readonly decideBoot: (facts: BootFacts) => BootDecision;
  /** Whether a client that asks for it gets its lease in two messages instead of four (RFC 8415 §18.3.1). */
  readonly rapidCommit: boolean;
  /** Whether names are served on our addresses, on the port that resolvers ask; see `Dhcp4Sources.servesNames`. */
  readonly servesNames?: () => boolean;
}

/** Why a packet is not answered: a word for counters, a sentence for the packet record. */
export const SILENCE6 = {
  malformed: 'it is no sound DHCPv6 message',
  'not-for-servers': 'servers and relays send such messages, clients do not (RFC 8415 §16)',
  'no-client-id': 'it does not say which client it is (RFC 8415 §16)',
  'no-server-id': 'it does not say which server it means (RFC 8415 §16)',
  'unexpected-server-id': 'it is for every server, and yet names one (RFC 8415 §16)',
  'other-server': 'it is for another server',
  unicast: 'such a message is sent to the multicast group only (RFC 8415 §16)',
  'addresses-in-information-request': 'it asks for information, and for addresses at once (RFC 8415 §16.12)',
  'nothing-to-confirm': 'it wants addresses confirmed, and names none (RFC 8415 §18.3.3)',
  'unknown-link': 'no IPv6 network of Anneal is on the link it came from',
  'served-by-nobody': 'DHCP is off for the IPv6 networks of this link',
  overload: 'there was too much to do; the client asks again',
  'not-durable': 'its lease could not be written down, so it was not promised',
} as const;

export type Silence6 = keyof typeof SILENCE6;

/** What is told of a packet beside the answer: for captures, counters and `explain boot`. */
export interface About6 {
  /** Message type of the client; 0 when it could not be read. */
  readonly type: number;
  readonly transaction: number;
  /** Hexadecimal. */
  readonly duid: string | null;
  readonly mac: string | null;
  readonly uuid: string | null;
  readonly machine: ViewMachine | null;
  /** Addresses that the answer gives. */
  readonly addresses: readonly string[];
  readonly boot: BootDecision | null;
  /** Relays it came through. */
  readonly relays: number;
}

export interface Reply6 {
  readonly kind: 'reply';
  readonly bytes: Uint8Array;
  readonly to: { readonly address: string; readonly port: number };
  /** Advertise (2) or Reply (7). */
  readonly type: number;
  /** What must be durable before the answer is sent. The book has them already. */
  readonly leases: readonly Lease[];
  readonly about: About6;
}

export interface NoReply6 {
  readonly kind: 'silence';
  readonly reason: Silence6;
  /** What exactly, where the reason leaves it open. */
  readonly detail: string | null;
  readonly about: About6;
}

export type Answer6 = Reply6 | NoReply6;
