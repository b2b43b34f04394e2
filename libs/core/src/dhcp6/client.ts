import type { ViewMachine } from '../boot-view/document.js';
import type { BootView } from '../boot-view/view.js';
import { formatMac, hexOf, isLinkLocal6, macOfAddress6, parseAddress6 } from './address.js';
import { readDuid } from './duid.js';
import type { Arrival6 } from './exchange.js';
import { optionOf, type RelayMessage6 } from './message.js';

/** RFC 6939 §4 names hardware as ARP does. */
const ETHERNET = 1;

export interface Client6 {
  readonly duid: Uint8Array;
  /** Hexadecimal; empty for a client that did not say. */
  readonly duidHex: string;
  /** Of the interface that asks; else the one in the DUID. */
  readonly mac: string | null;
  readonly uuid: string | null;
  readonly machine: ViewMachine | null;
}

/**
 * Which machine asks. The MAC of the interface decides first, as in DHCPv4: a relay tells it (RFC 6939), or the socket, or
 * the client's link-local address is made from it. Then the SMBIOS UUID that a firmware's DUID carries. The MAC inside of
 * a DUID comes last: disks that were copied carry the DUID of another machine.
 */
export const identifyClient = (
  view: BootView,
  duid: Uint8Array | null,
  arrival: Arrival6,
  relays: readonly RelayMessage6[],
): Client6 => {
  const reading = duid ? readDuid(duid) : null;
  const linkMac = macOfLink(arrival, relays);
  let machine = linkMac === null ? undefined : view.machineByMac(linkMac);
  let uuid = reading?.uuids[0] ?? null;
  for (const each of reading?.uuids ?? []) {
    const named = view.machineByUuid(each);
    if (!named) continue;
    uuid = each;
    machine ??= named;
    break;
  }
  if (reading?.mac) machine ??= view.machineByMac(reading.mac);
  return {
    duid: duid ?? new Uint8Array(0),
    duidHex: duid ? hexOf(duid) : '',
    mac: linkMac ?? reading?.mac ?? null,
    uuid,
    machine: machine ?? null,
  };
};

const macOfLink = (arrival: Arrival6, relays: readonly RelayMessage6[]): string | null => {
  const nearest = relays.at(-1);
  const told = nearest && optionOf(nearest.options, 'client-link-layer');
  if (told && told.hardware === ETHERNET && told.address.length === 6) return formatMac(told.address);
  if (!nearest && arrival.mac) return arrival.mac;
  const address = parseAddress6(nearest ? nearest.peer : arrival.source);
  return address && isLinkLocal6(address) ? macOfAddress6(address) : null;
};
