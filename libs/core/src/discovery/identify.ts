import type { NodeId } from '../base/ids.js';
import { isSameUuid, type MachineClaims } from './claims.js';

/**
 * Which node a machine is. By its SMBIOS UUID, else by its hardware addresses; never by an IP address, a host name, or
 * what it says its name is. Where what it claims belongs to two nodes, or a card of one machine turns up in another,
 * nobody guesses: a person says what was moved.
 */

/** A node that shares something with what is claimed. */
export interface KnownMachine {
  readonly node: NodeId;
  readonly name: string;
  /** As its last inventory told; null until one did, and where it tells nothing. */
  readonly uuid: string | null;
  readonly macs: readonly string[];
  readonly serial: string | null;
}

export type Identity =
  | { readonly kind: 'known'; readonly node: NodeId; readonly name: string; readonly by: 'uuid' | 'mac' }
  | { readonly kind: 'new'; readonly note: string | null }
  | { readonly kind: 'contradiction'; readonly nodes: readonly string[]; readonly says: string };

/** `candidates` are all nodes that have the UUID, in either byte order, or one of the hardware addresses. */
export const identify = (claims: MachineClaims, candidates: readonly KnownMachine[]): Identity => {
  const { uuid, macs } = claims;
  const byMac = candidates.filter((known) => known.macs.some((mac) => macs.includes(mac)));
  const ofUuid = uuid === null ? [] : candidates.filter((known) => known.uuid !== null && isSameUuid(known.uuid, uuid));
  // The same number in another machine: neither cards nor serial number in common. It tells nothing then.
  const byUuid = ofUuid.filter((known) => byMac.includes(known) || !isAnotherMachine(claims, known));
  const isShared = byUuid.length > 1 || byUuid.length < ofUuid.length;

  if (byMac.length > 1)
    return contradiction(
      byMac,
      `its hardware addresses ${namesOf(byMac)} have between them: take the ones that were moved off the node that lost them`,
    );
  const [ofCard] = byMac;
  if (isShared) {
    if (ofCard) return known(ofCard, 'mac');
    if (byUuid.length > 1)
      return contradiction(byUuid, `${namesOf(byUuid)} have its UUID, and none of them its hardware addresses`);
    return byUuid[0] ? known(byUuid[0], 'uuid') : { kind: 'new', note: `${namesOf(ofUuid)} has the same UUID` };
  }
  const [ofBoard] = byUuid;
  if (ofBoard && ofCard && ofBoard !== ofCard)
    return contradiction(
      [ofBoard, ofCard],
      `its UUID is that of ${ofBoard.name}, and ${ofCard.name} has one of its hardware addresses: take that address off ${ofCard.name}, or delete it`,
    );
  if (ofBoard) return known(ofBoard, 'uuid');
  if (!ofCard) return { kind: 'new', note: null };
  if (uuid !== null && ofCard.uuid !== null)
    return contradiction(
      [ofCard],
      `it has a hardware address of ${ofCard.name} and another UUID: scrub ${ofCard.name} if its board was replaced, or take the address off it if the card was moved`,
    );
  return known(ofCard, 'mac');
};

/** Whether nothing but the UUID speaks for it, and something speaks against it. */
const isAnotherMachine = (claims: MachineClaims, known: KnownMachine): boolean =>
  claims.serial !== null && known.serial !== null && claims.serial !== known.serial;

const known = ({ node, name }: KnownMachine, by: 'uuid' | 'mac'): Identity => ({ kind: 'known', node, name, by });

const contradiction = (of: readonly KnownMachine[], says: string): Identity => ({
  kind: 'contradiction',
  nodes: of.map(({ name }) => name),
  says,
});

const namesOf = (of: readonly KnownMachine[]): string => of.map(({ name }) => name).join(' and ');
