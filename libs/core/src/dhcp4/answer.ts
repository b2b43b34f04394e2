import type { Lease } from '../lease/lease.js';
import { asksToBoot, bootFacts, bootFields, type BootFields } from './boot.js';
import { check, choose, hasPools, reservedFor, takeOver, type Choice, type Objection } from './choose.js';
import { clientOf, macOf } from './client.js';
import { linkOf, placeOn } from './link.js';
import { OPTION } from './option-table.js';
import { readAddress, readText, readUint32 } from './option-value.js';
import { BOOTREQUEST, NO_ADDRESS, PROXY_PORT, messageType, type Dhcp4Packet } from './packet.js';
import { answerAsProxy } from './proxy.js';
import type { Dhcp4Answer, Dhcp4Arrival, Dhcp4Sources } from './question.js';
import { bytesMax, destination, leaseSeconds, nakReply, positiveReply, serverAddress } from './reply.js';
import type { SilenceReason } from './silence.js';
import { silence, type Turn } from './turn.js';

/**
 * What a DHCPv4 packet is answered with (RFC 2131 §4.3): packet, boot view and lease book in, a reply or the reason for
 * silence out. The book is changed here and at once, so that two packets of one moment cannot get one address; a lease
 * in the answer must be written down before the reply leaves.
 */

/**
 * How long an offered address is held, in milliseconds. Firmware gathers offers for up to 32 s (PXE 2.1 §2.2.3: 4 + 8 +
 * 16 s and some), but asks for the address within a few once it has one.
 */
export const OFFER_HOLD_MS = 30_000;
/** How long a declined address rests: long enough to be noticed, short enough for a pool to recover by itself. */
export const DECLINED_MS = 3_600_000;
/** RFC 1542 §4.1.1. */
const HOPS_MAX = 16;
/** Of a host name that a client claims, for display only. */
const HOSTNAME_MAX = 63;

export function answerDhcp4(
  packet: Dhcp4Packet,
  arrival: Dhcp4Arrival,
  sources: Dhcp4Sources,
  now: number,
): Dhcp4Answer {
  const early = (reason: SilenceReason): Dhcp4Answer => {
    const mac = macOf(packet);
    const machine = mac === null ? null : (sources.view.machineByMac(mac) ?? null);
    return { kind: 'silence', reason, otherServer: null, mac, machine, lease: null, why: [] };
  };
  if (packet.op !== BOOTREQUEST) return early('not-a-request');
  if (packet.hops > HOPS_MAX) return early('too-many-hops');
  const type = messageType(packet);
  if (type === 'BOOTP') return early('bootp');
  if (type === null || type === 'OFFER' || type === 'ACK' || type === 'NAK') return early('unknown-type');
  const link = linkOf(packet, arrival, sources.view);
  if (!link) return early('unknown-link');
  if (link.dhcp === 'off') return early('served-by-nobody');
  const client = clientOf(packet, link.nearest, sources);
  if (!client) return early('no-identity');

  const turn: Turn = { packet, type, arrival, sources, now, link, client, why: [] };
  if (link.dhcp === 'proxy' || arrival.port === PROXY_PORT) return answerAsProxy(turn);
  switch (type) {
    case 'DISCOVER':
      return discover(turn);
    case 'REQUEST':
      return request(turn);
    case 'INFORM':
      return inform(turn);
    case 'RELEASE':
      return release(turn);
    case 'DECLINE':
      return decline(turn);
  }
}

function discover(turn: Turn): Dhcp4Answer {
  const { packet, arrival, sources, now, link, client, why } = turn;
  const wished = readAddress(packet.options[OPTION.requestedAddress]);
  const choice = choose(client, link, wished, sources, now, why);
  if (!choice) return silence(turn, hasPools(link) ? 'no-free-address' : 'only-known-machines');
  const { network, subnet, address } = choice;
  takeOver(choice, client, sources, now);
  sources.book.offer(
    { network: network.id, family: 4, address, holder: client.holder, until: now + OFFER_HOLD_MS },
    now,
  );
  const server = serverAddress(packet, arrival, choice);
  const seconds = leaseSeconds(choice, readUint32(packet.options[OPTION.leaseTime]));
  const nameServer = ownNameServer(turn, server);
  const grant = { network, subnet, machine: client.machine, lease: { address, seconds }, nameServer };
  return {
    kind: 'reply',
    packet: positiveReply(packet, 'OFFER', server, grant, bootOf(turn, server)),
    to: destination(packet, arrival, address),
    bytesMax: bytesMax(packet),
    mac: client.mac,
    machine: client.machine,
    lease: null,
    why,
  };
}

/** The four states in which a client asks, told apart as RFC 2131 §4.3.2 and its table 4 do. */
function request(turn: Turn): Dhcp4Answer {
  const { packet } = turn;
  const server = packet.options[OPTION.serverIdentifier];
  const wished = readAddress(packet.options[OPTION.requestedAddress]);
  if (server !== undefined) return selecting(turn, readAddress(server), wished ?? packet.ciaddr);
  if (packet.ciaddr !== NO_ADDRESS) return extending(turn, packet.ciaddr);
  return wished === null ? silence(turn, 'no-address') : rebooting(turn, wished);
}

/** SELECTING: it takes an offer, ours or another's. */
function selecting(turn: Turn, server: string | null, address: string): Dhcp4Answer {
  const { sources, now, link, client, why } = turn;
  if (server === null || !isOurs(turn, server)) {
    sources.book.withdraw(client.holder, now);
    return silence(turn, 'another-server', { otherServer: server });
  }
  if (address === NO_ADDRESS) return silence(turn, 'no-address');
  why.push('it takes the offer');
  return grantOrNak(turn, check(address, client, link, sources, now), address);
}

/** INIT-REBOOT: it wants to go on with the address that it had when it was switched off. */
function rebooting(turn: Turn, address: string): Dhcp4Answer {
  const { sources, now, link, client, why } = turn;
  why.push('it starts again and wants to keep its address');
  const choice = check(address, client, link, sources, now);
  if (typeof choice === 'string' || choice.reserved) return grantOrNak(turn, choice, address);
  const reserved = client.machine ? reservedFor(client, link, sources, now) : null;
  if (reserved && typeof reserved !== 'string') {
    why.push(`${reserved.address} is kept for this machine now`);
    return nak(turn, 'another address is kept for you');
  }
  const held = sources.book.addressOf(client.holder, 4, (id) => link.networks.some((each) => each.id === id), now);
  if (!held) return silence(turn, 'unknown-client');
  if (held.rank === 'bound' && held.address !== address) {
    why.push(`it has ${held.address}`);
    return nak(turn, 'you have another address');
  }
  return grantOrNak(turn, choice, address);
}

/**
 * RENEWING and REBINDING: its lease goes on. Also where the book has forgotten it, as long as the address is free: nobody
 * else can have it. A machine that has got a reservation meanwhile keeps its address until it starts again, since taking
 * it away would cut off whoever works on it.
 */
function extending(turn: Turn, address: string): Dhcp4Answer {
  const { sources, now, link, client, why } = turn;
  why.push('it extends its lease');
  return grantOrNak(turn, check(address, client, link, sources, now), address);
}

function grantOrNak(turn: Turn, choice: Choice | Objection, address: string): Dhcp4Answer {
  if (typeof choice !== 'string') return acknowledge(turn, choice);
  turn.why.push(`${address} ${OBJECTIONS[choice]}`);
  return nak(turn, `the address ${OBJECTIONS[choice]}`);
}

const OBJECTIONS: Readonly<Record<Objection, string>> = {
  'wrong-network': 'is not of this link',
  'reserved-for-another': 'is kept for another machine',
  'not-in-a-pool': 'is in no pool and not kept for this machine',
  'in-use': 'is in use by another',
};

function acknowledge(turn: Turn, choice: Choice): Dhcp4Answer {
  const { packet, arrival, sources, now, client, why } = turn;
  const { network, subnet, address } = choice;
  const seconds = leaseSeconds(choice, readUint32(packet.options[OPTION.leaseTime]));
  const former = sources.book.leaseAt(address);
  const goesOn = former?.state === 'bound' && former.holder === client.holder && former.until > now;
  const lease: Lease = {
    network: network.id,
    family: 4,
    address,
    holder: client.holder,
    mac: client.mac,
    node: client.machine?.node ?? null,
    hostname: client.machine?.name ?? readText(packet.options[OPTION.hostName])?.slice(0, HOSTNAME_MAX) ?? null,
    state: 'bound',
    since: goesOn ? former.since : now,
    until: now + seconds * 1_000,
  };
  takeOver(choice, client, sources, now);
  sources.book.bind(lease, now);
  const server = serverAddress(packet, arrival, choice);
  const nameServer = ownNameServer(turn, server);
  const grant = { network, subnet, machine: client.machine, lease: { address, seconds }, nameServer };
  return {
    kind: 'reply',
    packet: positiveReply(packet, 'ACK', server, grant, bootOf(turn, server)),
    to: destination(packet, arrival, address),
    bytesMax: bytesMax(packet),
    mac: client.mac,
    machine: client.machine,
    lease,
    why,
  };
}

function nak(turn: Turn, message: string): Dhcp4Answer {
  const { packet, arrival, client, why } = turn;
  return {
    kind: 'reply',
    packet: nakReply(packet, serverAddress(packet, arrival, null), message),
    // Never to an address that the client must not have (RFC 2131 §4.1).
    to: destination(packet, arrival, null),
    bytesMax: bytesMax(packet),
    mac: client.mac,
    machine: client.machine,
    lease: null,
    why,
  };
}

/** RFC 2131 §4.3.5: it has an address by other means and asks for the rest. Nothing is promised. */
function inform(turn: Turn): Dhcp4Answer {
  const { packet, arrival, sources, link, client, why } = turn;
  if (packet.ciaddr === NO_ADDRESS) return silence(turn, 'no-address');
  const place = placeOn(link, packet.ciaddr, sources.view);
  if (!place) return silence(turn, 'unknown-link');
  why.push('it has an address and asks for everything else');
  const server = serverAddress(packet, arrival, place);
  const nameServer = ownNameServer(turn, server);
  const grant = { network: place.network, subnet: place.subnet, machine: client.machine, lease: null, nameServer };
  return {
    kind: 'reply',
    packet: positiveReply(packet, 'ACK', server, grant, bootOf(turn, server)),
    // Straight to its address, also where a relay handed it on, unless it came by one (RFC 2131 §4.3.5).
    to: destination(packet, arrival, packet.ciaddr),
    bytesMax: bytesMax(packet),
    mac: client.mac,
    machine: client.machine,
    lease: null,
    why,
  };
}

/** Where a client asks for names that is told of no other server; a relay that speaks for us (RFC 5107) serves none. */
const ownNameServer = ({ arrival, sources }: Turn, server: string): string | null => {
  if (sources.servesNames?.() !== true) return null;
  return sources.ours.has(server) ? server : (arrival.local[0] ?? null);
};

/** RFC 2131 §4.3.4. There is no answer to it. */
function release(turn: Turn): Dhcp4Answer {
  const { packet, sources, now, client, why } = turn;
  const server = readAddress(packet.options[OPTION.serverIdentifier]);
  if (server !== null && !isOurs(turn, server)) return silence(turn, 'another-server', { otherServer: server });
  const lease = sources.book.release(packet.ciaddr, client.holder, now);
  why.push(lease ? `it gives ${lease.address} back` : 'it gives back what it does not have');
  return silence(turn, 'took-note', { lease });
}

/** RFC 2131 §4.3.3. There is no answer to it: the client begins anew. */
function decline(turn: Turn): Dhcp4Answer {
  const { packet, sources, now, client, why } = turn;
  const server = readAddress(packet.options[OPTION.serverIdentifier]);
  if (server === null || !isOurs(turn, server)) return silence(turn, 'another-server', { otherServer: server });
  const address = readAddress(packet.options[OPTION.requestedAddress]);
  if (address === null) return silence(turn, 'no-address');
  const lease = sources.book.decline(address, client.holder, now, now + DECLINED_MS);
  why.push(
    lease ? `somebody else uses ${address}: it rests for an hour` : `it declines ${address}, which it does not have`,
  );
  return silence(turn, 'took-note', { lease });
}

/** Our own addresses, and the one that a relay made the client know us by (RFC 5107). */
function isOurs({ packet, arrival, sources }: Turn, server: string): boolean {
  return sources.ours.has(server) || serverAddress(packet, arrival, null) === server;
}

function bootOf({ packet, sources, why }: Turn, server: string): BootFields | null {
  if (!asksToBoot(packet)) return null;
  const decision = sources.decideBoot(bootFacts(packet, 'dhcp4', server, sources.view.services.httpPort));
  why.push(...decision.reasons);
  return bootFields(decision, server, packet);
}
