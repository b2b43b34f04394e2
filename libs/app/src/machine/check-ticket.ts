import {
  decodeTicket,
  distinctUuid,
  idOf,
  isSameUuid,
  refuse,
  ticketFault,
  type BootTicket,
  type JsonObject,
  type Refusal,
} from '#core';
import type { Secrets } from '../ports/secrets.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { turnAway } from './turn-away.js';

/** The ticket, when a netboot server of this installation sealed it and it has not expired. Milliseconds since the epoch. */
export const checkTicket = async (
  tx: Transaction,
  secrets: Secrets,
  text: string,
  now: number,
): Promise<BootTicket | Refusal> => {
  const read = decodeTicket(text);
  if (!read) return turnAway('not-a-ticket', 'this is no boot ticket: it comes with the boot script of netboot.');
  const { ticket, said, seal } = read;
  const key = await tx.netboot.ticketKey(idOf(ticket.server));
  if (key === null)
    return turnAway(
      'unknown-server',
      'the netboot server that made this ticket is not known here: boot the machine again.',
    );
  if (!secrets.isSeal(key, said, seal)) return turnAway('forged', 'the seal of this boot ticket is not ours.');
  const fault = ticketFault(ticket, now);
  if (fault === 'expired')
    return turnAway('expired', 'this boot ticket has expired: boot the machine again.', { boot: ticket.boot });
  // Its clock and ours differ by more than a ticket lives.
  if (fault)
    return refuse('unavailable', 'the clock of the netboot server is far ahead of that of this server: set both.');
  return ticket;
};

/**
 * Whether the machine that shows a ticket can be the one that it was made for: what both name must be the same, and at least
 * one thing must be named by both. All cards count here, those on no bus as well: it may have booted from one.
 */
export const refuseOtherMachine = (ticket: BootTicket, inventory: JsonObject): Refusal | null => {
  const system = inventory['system'] as JsonObject | null | undefined;
  const told = typeof system?.['uuid'] === 'string' ? distinctUuid(system['uuid']) : null;
  const sealed = distinctUuid(ticket.uuid);
  const compareUuid = told !== null && sealed !== null;
  if (compareUuid && !isSameUuid(told, sealed))
    return turnAway('other-uuid', `this boot ticket was made for the machine with the UUID ${sealed}, not ${told}.`);
  const macs = cardsOf(inventory);
  const compareMac = ticket.mac !== null && macs.length > 0;
  if (compareMac && !macs.includes(ticket.mac as string))
    return turnAway('other-mac', `this boot ticket was made for the machine with the address ${ticket.mac}.`);
  return compareUuid || compareMac
    ? null
    : turnAway(
        'nothing-to-compare',
        'the inventory names neither a hardware address nor a UUID that could be held against the boot ticket.',
      );
};

const cardsOf = (inventory: JsonObject): readonly string[] => {
  const network = inventory['network'] as JsonObject | null | undefined;
  const cards = network?.['interfaces'];
  if (!Array.isArray(cards)) return [];
  return cards.flatMap((card) => {
    const mac = (card as JsonObject | null)?.['mac'];
    return typeof mac === 'string' ? [mac.toLowerCase()] : [];
  });
};
