import type { BootDecision } from '../boot/decision.js';
import type { Lease } from '../lease/lease.js';
import {
  assignAddresses,
  commitAddresses,
  holdAddresses,
  lifetimesOf,
  timersOf,
  type Assigned6,
  type Wish6,
} from './assign.js';
import { identifyClient, type Client6 } from './client.js';
import { configurationFor } from './configuration.js';
import { decodeMessage6, isMalformed6 } from './decode.js';
import { holderOf6 } from './duid.js';
import { encodeMessage6 } from './encode.js';
import type { About6, Answer6, Arrival6, Silence6, World6 } from './exchange.js';
import { optionOf, type ClientMessage6, type IdentityAssociation, type Option6 } from './message.js';
import { DHCP6_CLIENT_PORT, DHCP6_SERVER_PORT, MESSAGE6, STATUS6 } from './numbers.js';
import { isOnLink, placeOf, type Place6 } from './place.js';
import { unwrapRelays, wrapForRelays, type Unwrapped6 } from './relay.js';
import { checkMessage6 } from './validity.js';

/**
 * The DHCPv6 server (RFC 8415 §18.3) as one function: a packet and what is known in, an answer or the reason for silence
 * out. The lease book is changed on the way; what it promised is named in the answer, so that it is made durable before the
 * answer is sent. There are no sockets and no clock here. Prefix delegation, temporary addresses, Reconfigure and
 * authentication are not served; who asks for the first two is told so.
 */

/** RFC 8415 §21.8: the client need not wait for other servers, because on this network there are none. */
const PREFERENCE_MAX = 255;
/** A client with more associations in one message gets nothing for the rest: a machine has one for each interface. */
const ASSOCIATIONS_MAX = 8;
/** How long an address that somebody else was found to use is kept from everybody, in milliseconds. */
const DECLINED_MS = 3_600_000;
/** The same for an address that an operator gave to the machine: it is tried again soon, since it may have been set right. */
const DECLINED_RESERVED_MS = 60_000;
/** RFC 8415 §21.23: how long what was told without a lease holds, in seconds; it is not said less than 600. */
const INFORMATION_REFRESH_SECONDS = 3_600;

interface Exchange {
  readonly world: World6;
  readonly arrival: Arrival6;
  readonly now: number;
  readonly message: ClientMessage6;
  readonly relays: Unwrapped6['relays'];
  readonly client: Client6;
  readonly place: Place6;
}

/** What a reply says beside whom it is for. */
interface Content {
  readonly type: number;
  readonly options: readonly Option6[];
  readonly leases?: readonly Lease[];
  readonly addresses?: readonly string[];
  readonly boot?: BootDecision | null;
}

interface Silent {
  readonly silent: Silence6;
  readonly detail: string | null;
}

export const answer6 = (packet: Uint8Array, arrival: Arrival6, world: World6, now: number): Answer6 => {
  const read = decodeMessage6(packet);
  if (isMalformed6(read)) return silence('malformed', `${read.malformed}, at byte ${read.at}`, NOBODY);
  const unwrapped = unwrapRelays(read);
  if (!unwrapped)
    return silence('not-for-servers', 'a relay message on its way back, or without a message in it', NOBODY);
  const { message, relays } = unwrapped;
  const duid = optionOf(message.options, 'client-id')?.duid ?? null;
  const client = identifyClient(world.view, duid, arrival, relays);
  const about = (content?: Content): About6 => ({
    type: message.type,
    transaction: message.transaction,
    duid: client.duidHex === '' ? null : client.duidHex,
    mac: client.mac,
    uuid: client.uuid,
    machine: client.machine,
    addresses: content?.addresses ?? [],
    boot: content?.boot ?? null,
    relays: relays.length,
  });

  const validity = checkMessage6(message, world.duid, { direct: relays.length === 0, multicast: arrival.multicast });
  if (validity.valid === false) return silence(validity.reason, validity.detail, about());
  const place = placeOf(world.view, arrival, relays);
  if (!place) return silence('unknown-link', linkFor(arrival, relays), about());
  if (place.served.length === 0) return silence('served-by-nobody', `link ${place.link}`, about());

  const exchange: Exchange = { world, arrival, now, message, relays, client, place };
  const content = validity.valid === 'use-multicast' ? useMulticast() : contentFor(exchange);
  if ('silent' in content) return silence(content.silent, content.detail, about());
  return {
    kind: 'reply',
    bytes: encodeReply(exchange, content),
    to: destinationOf(exchange),
    type: content.type,
    leases: content.leases ?? [],
    about: about(content),
  };
};

const contentFor = (exchange: Exchange): Content | Silent => {
  switch (exchange.message.type) {
    case MESSAGE6.solicit:
      return solicit(exchange);
    case MESSAGE6.request:
      return lease(exchange, { extend: false });
    case MESSAGE6.renew:
    case MESSAGE6.rebind:
      return lease(exchange, { extend: true });
    case MESSAGE6.confirm:
      return confirm(exchange);
    case MESSAGE6.release:
      return giveUp(exchange, { declined: false });
    case MESSAGE6.decline:
      return giveUp(exchange, { declined: true });
    default:
      return inform(exchange);
  }
};

/** RFC 8415 §18.3.1 and §18.3.9. */
const solicit = (exchange: Exchange): Content => {
  const { world, message, now } = exchange;
  if (world.rapidCommit && optionOf(message.options, 'rapid-commit')) {
    const content = lease(exchange, { extend: false });
    // Without an address, a Reply would end the client's search; an Advertise does not.
    if (content.addresses?.length) return { ...content, options: [{ is: 'rapid-commit' }, ...content.options] };
  }
  const options: Option6[] = [];
  const addresses: string[] = [];
  const given: Assigned6[] = [];
  for (const { association, wish } of wishesOf(exchange)) {
    const assigned = wish ? assignAddresses(world, exchange.place, wish, now) : [];
    if (wish) holdAddresses(world, wish, assigned, now);
    options.push(associationWith(association, assigned, []));
    given.push(...assigned);
  }
  for (const { address } of given) addresses.push(address);
  options.push(...refusedAssociations(message));
  if (given.length > 0) options.push({ is: 'preference', value: PREFERENCE_MAX });
  const { options: configured, boot } = configure(exchange, given);
  return { type: MESSAGE6.advertise, options: [...options, ...configured], addresses, boot };
};

/** Request, Renew and Rebind (RFC 8415 §18.3.2, §18.3.4, §18.3.5), and a Solicit with rapid commit. */
const lease = (exchange: Exchange, { extend }: { extend: boolean }): Content => {
  const { world, place, message, client, now } = exchange;
  const options: Option6[] = [];
  const given: Assigned6[] = [];
  const leases: Lease[] = [];
  const hostname = client.machine?.name ?? optionOf(message.options, 'client-name')?.name ?? null;
  for (const { association, wish } of wishesOf(exchange)) {
    const named = wish?.named ?? [];
    if (!extend && named.some((address) => !isOnLink(place, address))) {
      options.push(emptyAssociation(association, STATUS6.notOnLink, 'not an address of this link'));
      continue;
    }
    const assigned = wish ? assignAddresses(world, place, wish, now) : [];
    if (wish) leases.push(...commitAddresses(world, wish, assigned, hostname === '' ? null : hostname, now));
    // RFC 8415 §18.3.4: what the client may not use any longer comes back with lifetimes of zero.
    const ended = extend ? named.filter((address) => !assigned.some((each) => each.address === address)) : [];
    options.push(
      extend && assigned.length + ended.length === 0
        ? emptyAssociation(association, STATUS6.noBinding, 'no address for this association')
        : associationWith(association, assigned, ended),
    );
    given.push(...assigned);
  }
  options.push(...refusedAssociations(message));
  const { options: configured, boot } = configure(exchange, given);
  return {
    type: MESSAGE6.reply,
    options: [...options, ...configured],
    leases,
    addresses: given.map(({ address }) => address),
    boot,
  };
};

/** RFC 8415 §18.3.3. */
const confirm = ({ place, message }: Exchange): Content | Silent => {
  const named = associationsOf(message).flatMap(addressesIn);
  if (named.length === 0) return { silent: 'nothing-to-confirm', detail: null };
  const onLink = named.every((address) => isOnLink(place, address));
  const status: Option6 = onLink
    ? { is: 'status', code: STATUS6.success, text: 'all addresses belong to this link' }
    : { is: 'status', code: STATUS6.notOnLink, text: 'an address does not belong to this link' };
  return { type: MESSAGE6.reply, options: [status] };
};

/** Release and Decline (RFC 8415 §18.3.7, §18.3.8). */
const giveUp = (exchange: Exchange, { declined }: { declined: boolean }): Content => {
  const { world, message, client, now } = exchange;
  const { book, view } = world;
  const options: Option6[] = [{ is: 'status', code: STATUS6.success, text: declined ? 'declined' : 'released' }];
  const leases: Lease[] = [];
  for (const association of associationsOf(message)) {
    const holder = holderOf6(client.duid, association.iaid);
    const found: Lease[] = [];
    for (const address of addressesIn(association)) {
      const until = now + (view.machineByAddress(address) ? DECLINED_RESERVED_MS : DECLINED_MS);
      const lease = declined ? book.decline(address, holder, now, until) : book.release(address, holder, now);
      if (lease) found.push(lease);
    }
    leases.push(...found);
    if (found.length === 0) options.push(emptyAssociation(association, STATUS6.noBinding, 'not leased to this client'));
  }
  return { type: MESSAGE6.reply, options, leases };
};

/** RFC 8415 §18.3.6. */
const inform = (exchange: Exchange): Content => {
  const { options, boot } = configure(exchange, []);
  return {
    type: MESSAGE6.reply,
    options: [...options, { is: 'information-refresh', seconds: INFORMATION_REFRESH_SECONDS }],
    boot,
  };
};

/** RFC 8415 §18.4. */
const useMulticast = (): Content => ({
  type: MESSAGE6.reply,
  options: [{ is: 'status', code: STATUS6.useMulticast, text: 'send to ff02::1:2' }],
});

const configure = ({ world, place, client, message }: Exchange, given: readonly Assigned6[]) => {
  const network = given[0]?.subnet.network ?? place.served[0]?.network;
  return network ? configurationFor(world, place, client, message, network) : { options: [], boot: null };
};

const associationsOf = ({ options }: ClientMessage6): IdentityAssociation[] =>
  options.filter((option): option is IdentityAssociation => option.is === 'ia-na');

const addressesIn = ({ options }: IdentityAssociation): string[] => {
  const addresses: string[] = [];
  // `::` is how some clients say that they have no wish.
  for (const option of options)
    if (option.is === 'ia-address' && option.address !== '::') addresses.push(option.address);
  return addresses;
};

/** Each association with what it wishes for; those beyond the bound wish for nothing. */
const wishesOf = ({ message, client }: Exchange): { association: IdentityAssociation; wish: Wish6 | null }[] => {
  const seen = new Set<number>();
  return associationsOf(message).map((association, index) => {
    const { iaid } = association;
    const again = seen.has(iaid);
    seen.add(iaid);
    if (index >= ASSOCIATIONS_MAX || again) return { association, wish: null };
    const holder = holderOf6(client.duid, iaid);
    return { association, wish: { client, holder, named: addressesIn(association), first: index === 0 } };
  });
};

const associationWith = (
  { iaid }: IdentityAssociation,
  assigned: readonly Assigned6[],
  ended: readonly string[],
): Option6 => {
  const { t1, t2 } = timersOf(assigned);
  const options: Option6[] = assigned.map((each) => ({
    is: 'ia-address',
    address: each.address,
    ...lifetimesOf(each),
    options: [],
  }));
  for (const address of ended) options.push({ is: 'ia-address', address, preferred: 0, valid: 0, options: [] });
  if (options.length === 0) options.push({ is: 'status', code: STATUS6.noAddresses, text: 'no address to give' });
  return { is: 'ia-na', iaid, t1, t2, options };
};

const emptyAssociation = ({ iaid }: IdentityAssociation, code: number, text: string): Option6 => ({
  is: 'ia-na',
  iaid,
  t1: 0,
  t2: 0,
  options: [{ is: 'status', code, text }],
});

/** RFC 8415 §18.3.9: associations of kinds that are not served come back with the reason. */
const refusedAssociations = ({ options }: ClientMessage6): Option6[] => {
  const refused: Option6[] = [];
  for (const option of options) {
    if (option.is === 'ia-ta') {
      const status: Option6 = { is: 'status', code: STATUS6.noAddresses, text: 'no temporary addresses here' };
      refused.push({ is: 'ia-ta', iaid: option.iaid, options: [status] });
    } else if (option.is === 'ia-pd') {
      const status: Option6 = { is: 'status', code: STATUS6.noPrefixes, text: 'no prefixes are delegated here' };
      refused.push({ is: 'ia-pd', iaid: option.iaid, t1: 0, t2: 0, options: [status] });
    }
    if (refused.length === ASSOCIATIONS_MAX) break;
  }
  return refused;
};

const encodeReply = ({ world, client, message, relays }: Exchange, content: Content): Uint8Array => {
  const options: Option6[] = [];
  if (client.duid.length > 0) options.push({ is: 'client-id', duid: client.duid });
  options.push({ is: 'server-id', duid: world.duid }, ...content.options);
  const reply: ClientMessage6 = { kind: 'client', type: content.type, transaction: message.transaction, options };
  return encodeMessage6(wrapForRelays(reply, relays));
};

/** RFC 8415 §7.2: clients listen on 546 and relays on 547, unless a relay says otherwise (RFC 8357 §5). */
const destinationOf = ({ arrival, relays }: Exchange): { address: string; port: number } => {
  const nearest = relays[0];
  if (!nearest) return { address: arrival.source, port: DHCP6_CLIENT_PORT };
  const port = optionOf(nearest.options, 'relay-source-port') ? arrival.sourcePort : DHCP6_SERVER_PORT;
  return { address: arrival.source, port };
};

const linkFor = (arrival: Arrival6, relays: Unwrapped6['relays']): string =>
  relays.length > 0
    ? `the link of the relay (${relays.map(({ link }) => link).join(', ')})`
    : `link ${arrival.link ?? '(none)'}`;

const NOBODY: About6 = {
  type: 0,
  transaction: 0,
  duid: null,
  mac: null,
  uuid: null,
  machine: null,
  addresses: [],
  boot: null,
  relays: 0,
};

const silence = (reason: Silence6, detail: string | null, about: About6): Answer6 => ({
  kind: 'silence',
  reason,
  detail,
  about,
});
