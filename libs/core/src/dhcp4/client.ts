import type { ViewMachine, ViewNetwork } from '../boot-view/document.js';
import { OPTION } from './option-table.js';
import { hexOf, readSuboptions } from './option-value.js';
import { HTYPE_ETHERNET, type Dhcp4Packet, type Octets } from './packet.js';
import type { Dhcp4Sources } from './question.js';

/** Sub-options of option 82: RFC 3046 §2.0, RFC 3527, RFC 5107, RFC 8357. */
export const RELAY = { circuit: 1, remote: 2, linkSelection: 5, serverOverride: 11, sourcePort: 19 } as const;

/** Who asks. */
export interface Dhcp4Client {
  /** Under which name the lease book knows it. */
  readonly holder: string;
  readonly mac: string | null;
  readonly machine: ViewMachine | null;
}

const NO_HARDWARE_ADDRESS = '00:00:00:00:00:00';

/** The Ethernet address of whoever asks; null on other links, and where none is told. */
export function macOf({ htype, chaddr }: Dhcp4Packet): string | null {
  return htype === HTYPE_ETHERNET && chaddr.length === 17 && chaddr !== NO_HARDWARE_ADDRESS ? chaddr : null;
}

/**
 * A machine that the view knows is known by its hardware address, whatever client identifier it sends: firmware, loader,
 * installer and system each send another one during a single boot, and all must get the one address. Of machines that
 * nobody knows the client identifier counts first (RFC 2131 §4.2), unless it only repeats the hardware address. Where
 * the network says so, the port of the switch counts before all (RFC 3046 §3). Null when none of this is told.
 */
export function clientOf(packet: Dhcp4Packet, network: ViewNetwork, sources: Dhcp4Sources): Dhcp4Client | null {
  const mac = macOf(packet);
  const machine = mac === null ? null : (sources.view.machineByMac(mac) ?? null);
  const circuit = network.byCircuit ? circuitOf(packet) : null;
  if (circuit !== null) return { holder: circuit, mac, machine };
  const identifier = packet.options[OPTION.clientIdentifier];
  if (machine === null && identifier !== undefined && identifier.length > 1 && !repeats(identifier, mac))
    return { holder: `client:${hexOf(identifier)}`, mac, machine };
  return mac === null ? null : { holder: `mac:${mac}`, mac, machine };
}

/** `01` and the hardware address (RFC 2132 §9.14). */
function repeats(identifier: Octets, mac: string | null): boolean {
  if (mac === null || identifier.length !== 7 || identifier[0] !== HTYPE_ETHERNET) return false;
  for (let at = 0; at < 6; at += 1)
    if (Number.parseInt(mac.slice(at * 3, at * 3 + 2), 16) !== identifier[at + 1]) return false;
  return true;
}

function circuitOf(packet: Dhcp4Packet): string | null {
  const parts = readSuboptions(packet.options[OPTION.relayAgent]);
  const circuit = parts?.get(RELAY.circuit);
  if (!circuit || circuit.length === 0) return null;
  return `relay:${packet.giaddr}/${hexOf(circuit)}/${hexOf(parts?.get(RELAY.remote) ?? [])}`;
}
