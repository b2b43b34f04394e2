import {
  formatAddress,
  formatSubnet,
  parseSubnet,
  rangesOfPrefix,
  readPrefix,
  refuse,
  SUBNET_ID_MAX,
  uniqueLocalPrefix,
  type Refusal,
  type Subnet,
} from '#core';
import type { Transaction } from '../ports/unit-of-work.js';
import type { RangeInput } from './prepare-range.js';

/** `auto` makes a prefix of our own, RFC 4193; null is none. */
export type WantedPrefix = string | null;
export const AUTOMATIC = 'auto';

export interface MadePrefix {
  readonly v6prefix: string | null;
  readonly v6SubnetId: number | null;
}

const NO_PREFIX: MadePrefix = { v6prefix: null, v6SubnetId: null };

/** The prefix that was asked for. A subnet id that was handed out once is never used again, by any network. */
export const makePrefix = async (tx: Transaction, wanted: WantedPrefix): Promise<MadePrefix | Refusal> => {
  if (wanted === null) return NO_PREFIX;
  if (wanted === AUTOMATIC) {
    const subnetId = await tx.networks.nextSubnetId();
    if (subnetId === null)
      return refuse(
        'conflict',
        `all ${SUBNET_ID_MAX} subnet ids of this installation have been used: give the network a /64 of your own as v6prefix.`,
        { field: 'v6prefix' },
      );
    return { v6prefix: formatSubnet(uniqueLocalPrefix(await tx.networks.globalId(), subnetId)), v6SubnetId: subnetId };
  }
  const subnet = readPrefix(wanted, parseSubnet);
  if (!subnet || !isUnicast(subnet))
    return refuse(
      'invalid',
      `"${wanted.slice(0, 80)}" cannot be the prefix of a network: write a /64, such as fd12:3456:789a:1::/64, or auto, or leave it out for none.`,
      { field: 'v6prefix' },
    );
  return { v6prefix: formatSubnet(subnet), v6SubnetId: null };
};

/** Neither multicast (ff00::/8), nor link local (fe80::/10), nor among the addresses without a home below 1::. */
const isUnicast = ({ base }: Subnet): boolean => {
  const first = base >> 112n;
  return first !== 0n && first < 0xfe80n;
};

/** The ranges that a prefix brings along, but those that the operator has given himself. */
export const rangesForPrefix = (
  v6prefix: string | null,
  options: { readonly withPool: boolean; readonly given: readonly RangeInput[] },
): RangeInput[] => {
  const prefix = v6prefix === null ? null : parseSubnet(v6prefix);
  if (!prefix) return [];
  const given = new Set(options.given.map(({ name }) => name));
  if (given.has('host-v6')) return [];
  const withPool = options.withPool && !given.has('dhcp-v6');
  return rangesOfPrefix(prefix, { withPool }).map(({ name, span }) => ({
    name,
    first: `${formatAddress({ family: 6, value: span.first })}/64`,
    last: `${formatAddress({ family: 6, value: span.last })}/64`,
  }));
};
