import { OUTSIDE_SCOPE, type ClientScope, type ZoneIndex } from '#core';
import { KNOWN_CLIENTS_MAX, STRANGER_ANSWERS_PER_S_MAX } from './limits.js';

/** Who asked, as a key that is quick to look up: an IPv4 address as a number, any other as text. */
export type ClientKey = number | string;

interface KnownClient {
  readonly scope: ClientScope;
  /** Null for those of our own networks: they are not counted. */
  readonly allowance: Allowance | null;
}

interface Allowance {
  left: number;
  second: number;
}

/** The address of a key as text. */
export const addressOfKey = (key: ClientKey): string =>
  typeof key === 'string' ? key : `${key >>> 24}.${(key >>> 16) & 255}.${(key >>> 8) & 255}.${key & 255}`;

/** The key of an address as text, as sockets give it. */
export const keyOfAddress = (address: string): ClientKey => {
  const plain = address.startsWith('::ffff:') && address.includes('.') ? address.slice(7) : address;
  if (plain.includes(':')) return plain;
  let value = 0;
  for (const octet of plain.split('.')) value = (value << 8) | Number(octet);
  return value >>> 0;
};

/**
 * Which network a client is of, remembered, and how many answers strangers still get. A sender of a datagram may be
 * forged: whoever is of none of our networks gets so many answers a second for his whole prefix, and beyond that every
 * second question is answered with nothing but the wish that it be asked over TCP, where senders are genuine.
 */
export class Clients {
  private known = new Map<ClientKey, KnownClient>();
  private allowances = new Map<ClientKey, Allowance>();
  private shape = -1;

  constructor(private readonly index: ZoneIndex) {}

  scopeOf(key: ClientKey): ClientScope {
    return this.find(key).scope;
  }

  /** Whether an answer may go out over UDP in this second: `yes`, in short form, or not at all. */
  allows(key: ClientKey, second: number): 'whole' | 'short' | 'none' {
    const { allowance } = this.find(key);
    if (allowance === null) return 'whole';
    if (allowance.second !== second) {
      allowance.second = second;
      allowance.left = STRANGER_ANSWERS_PER_S_MAX;
    }
    allowance.left -= 1;
    if (allowance.left >= 0) return 'whole';
    return allowance.left % 2 === 0 ? 'short' : 'none';
  }

  private find(key: ClientKey): KnownClient {
    if (this.shape !== this.index.shapeRevision || this.known.size > KNOWN_CLIENTS_MAX) {
      this.known = new Map();
      this.shape = this.index.shapeRevision;
    }
    const known = this.known.get(key);
    if (known) return known;
    const scope = this.index.scopeOf(addressOfKey(key));
    const client: KnownClient = { scope, allowance: scope === OUTSIDE_SCOPE ? this.allowanceOf(key) : null };
    this.known.set(key, client);
    return client;
  }

  private allowanceOf(key: ClientKey): Allowance {
    if (this.allowances.size > KNOWN_CLIENTS_MAX) this.allowances = new Map();
    const prefix = prefixOfKey(key);
    let allowance = this.allowances.get(prefix);
    if (!allowance) this.allowances.set(prefix, (allowance = { left: 0, second: -1 }));
    return allowance;
  }
}

/** /24 of IPv4; of IPv6 the first 56 bits, which is what one site gets. */
const prefixOfKey = (key: ClientKey): ClientKey => {
  if (typeof key === 'number') return key >>> 8;
  const [head = ''] = key.split('::');
  const groups = head
    .split(':')
    .slice(0, 4)
    .map((group) => group.padStart(4, '0'));
  return groups.join('').padEnd(16, '0').slice(0, 14);
};
