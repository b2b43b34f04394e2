import { formatSubnet, parseAddress, parseSubnet, plainAddress, refuse, refuseAttachment, type Refusal } from '#core';
import { DESCRIPTION_LENGTH_MAX } from '../node/check-fields.js';
import type { NetworkFields, NetworkRoute } from '../ports/network-store.js';

/** What an operator may write of a network, the prefix of its IPv6 addresses apart. */
export type WritableFields = Omit<NetworkFields, 'v6prefix' | 'v6SubnetId'>;

const WORD = /^[a-z][-_a-z0-9]{0,39}$/;
const NAME = WORD;
/** Names of routing tables in iproute2, short enough to be read in a listing. */
const TABLE = /^[a-z][-_a-z0-9]{0,14}$/;
const LINK = /^[A-Za-z0-9][-_.:,+?A-Za-z0-9]{0,62}$/;
const DOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?(\.[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?)*$/;
/** Smallest packet that every IPv4 host takes (RFC 791), and every IPv6 link (RFC 8200 §5). */
const MTU_MIN = 576;
const MTU_V6_MIN = 1280;
const MTU_MAX = 65_535;
/** DHCP and resolvers use three; a list that is longer is a mistake. */
const SERVERS_MAX = 8;
const ROUTES_MAX = 64;
/** A minute, so that a forgotten lease does not make a storm; a year. */
const LEASE_SECONDS_MIN = 60;
const LEASE_SECONDS_MAX = 31_536_000;
const ORDER_MAX = 1_000_000;

export const refuseNetworkName = (name: string): Refusal | null =>
  NAME.test(name)
    ? null
    : refuse(
        'invalid',
        `"${name.slice(0, 80)}" cannot be the name of a network: use at most 40 small letters, digits, hyphens and underscores, a letter first.`,
        { field: 'name' },
      );

export const refuseRangeName = (name: string): Refusal | null =>
  WORD.test(name)
    ? null
    : refuse(
        'invalid',
        `"${name.slice(0, 80)}" cannot be the name of a range: use at most 40 small letters, digits, hyphens and underscores, a letter first.`,
        { field: 'name' },
      );

/** The fields as they are kept, addresses in canonical text; or what is wrong with them. */
export const checkNetworkFields = <Fields extends Partial<WritableFields>>(
  fields: Fields,
  network: string,
): Fields | Refusal => {
  const no = (field: string, detail: string): Refusal => refuse('invalid', `network ${network}: ${detail}.`, { field });
  const { description, order, category, group, pbr, ownLink, mtu, domain, poolLeaseSeconds, reservedLeaseSeconds } =
    fields;
  if (description !== undefined && description.length > DESCRIPTION_LENGTH_MAX)
    return no('description', `the description is longer than ${DESCRIPTION_LENGTH_MAX} characters`);
  if (order !== undefined && !(Number.isInteger(order) && Math.abs(order) <= ORDER_MAX))
    return no('order', `the order is a whole number up to ${ORDER_MAX}`);
  if (category !== undefined && !WORD.test(category))
    return no(
      'category',
      `"${category.slice(0, 80)}" is no category: use a word such as admin, general, bmc or storage`,
    );
  if (group !== undefined && !WORD.test(group)) return no('group', `"${group.slice(0, 80)}" is no group: use a word`);
  if (typeof pbr === 'string' && !TABLE.test(pbr))
    return no('pbr', `"${pbr.slice(0, 80)}" cannot be the name of a routing table: use at most 15 small letters`);
  if (typeof ownLink === 'string' && !LINK.test(ownLink))
    return no('link', `"${ownLink.slice(0, 80)}" cannot be the name of a link`);
  if (typeof mtu === 'number' && !(Number.isInteger(mtu) && mtu >= MTU_MIN && mtu <= MTU_MAX))
    return no('mtu', `the MTU is a whole number from ${MTU_MIN} to ${MTU_MAX}`);
  if (domain !== undefined && domain !== '' && !DOMAIN.test(domain))
    return no('domain', `"${domain.slice(0, 80)}" is no domain: write it like example.com, without a dot at its end`);
  for (const [field, seconds] of [
    ['pool_lease_seconds', poolLeaseSeconds],
    ['reserved_lease_seconds', reservedLeaseSeconds],
  ] as const)
    if (
      seconds !== undefined &&
      !(Number.isInteger(seconds) && seconds >= LEASE_SECONDS_MIN && seconds <= LEASE_SECONDS_MAX)
    )
      return no(field, `a lease lasts ${LEASE_SECONDS_MIN} to ${LEASE_SECONDS_MAX} seconds`);
  const nameServers = fields.nameServers && readServers('name_servers', fields.nameServers, no);
  if (nameServers && 'refused' in nameServers) return nameServers;
  const timeServers = fields.timeServers && readServers('time_servers', fields.timeServers, no);
  if (timeServers && 'refused' in timeServers) return timeServers;
  const routes = fields.routes && readRoutes(fields.routes, no);
  if (routes && 'refused' in routes) return routes;
  return {
    ...fields,
    ...(nameServers ? { nameServers } : {}),
    ...(timeServers ? { timeServers } : {}),
    ...(routes ? { routes } : {}),
  };
};

type No = (field: string, detail: string) => Refusal;

const readServers = (field: string, texts: readonly string[], no: No): readonly string[] | Refusal => {
  if (texts.length > SERVERS_MAX) return no(field, `name at most ${SERVERS_MAX} of them`);
  const read: string[] = [];
  for (const text of texts) {
    const address = parseAddress(text) && plainAddress(text);
    if (!address)
      return no(field, `"${text.slice(0, 80)}" is no address: machines ask them before they can look names up`);
    read.push(address);
  }
  return [...new Set(read)];
};

const readRoutes = (routes: readonly NetworkRoute[], no: No): readonly NetworkRoute[] | Refusal => {
  if (routes.length > ROUTES_MAX) return no('routes', `name at most ${ROUTES_MAX} of them`);
  const read: NetworkRoute[] = [];
  for (const { destination, via } of routes) {
    const subnet = parseSubnet(destination);
    const hop = parseAddress(via);
    if (!subnet)
      return no('routes', `"${destination.slice(0, 80)}" is no destination: write a subnet, such as 10.1.0.0/16`);
    if (!hop || hop.family !== subnet.family)
      return no('routes', `"${via.slice(0, 80)}" is no address of the family of ${destination}`);
    read.push({ destination: formatSubnet(subnet), via: plainAddress(via) as string });
  }
  return read;
};

/** Refuses a network whose attachment cannot be made, or whose MTU is too small for IPv6. */
export const refuseNetwork = (
  network: Pick<NetworkFields, 'conduit' | 'vlan' | 'useVlan' | 'useTeam' | 'teamMode' | 'mtu' | 'v6prefix'>,
  name: string,
): Refusal | null => {
  const attachment = refuseAttachment(`network ${name}`, network);
  if (attachment) return attachment;
  if (network.v6prefix !== null && network.mtu !== null && network.mtu < MTU_V6_MIN)
    return refuse('invalid', `network ${name}: a network with IPv6 has an MTU of ${MTU_V6_MIN} or more.`, {
      field: 'mtu',
    });
  return null;
};
