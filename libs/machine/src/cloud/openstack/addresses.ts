import type { AddressOrder, Asked } from '#app';
import { listAt, objectAt, textAt } from './fields.js';
import { messageOf, type Fields, type Trouble } from './http.js';
import type { OpenStackSession } from './session.js';

type Addressed = Asked<{ readonly address: string; readonly floating: string | null }>;

/** The server's own address, or a floating one from the network that was picked; one that is there already is taken. */
export const addressOf = async (
  session: OpenStackSession,
  { token, server, picked }: AddressOrder,
  signal: AbortSignal,
): Promise<Addressed> => {
  const port = await portOf(session, server, picked.network.id, signal);
  if (port.kind !== 'port') return port;
  if (picked.external === null) return own(port, picked.network);
  const there = await floatingOf(session, port.id, signal);
  if (there.kind !== 'floating') return there;
  if (there.found) return floatingAnswer(there.found, picked.external.name);
  const told = await session.ask('network', {
    method: 'POST',
    path: '/floatingips',
    body: {
      floatingip: { floating_network_id: picked.external.id, port_id: port.id, description: descriptionOf(token) },
    },
    what: `taking a floating address from ${picked.external.name}`,
    also: [404, 409],
    signal,
  });
  if (told.kind !== 'told') return told;
  if (told.status === 409)
    return {
      kind: 'failed',
      says: `no floating address of ${picked.external.name} is to be had: ${messageOf(told)}; free some, or raise the quota`,
    };
  if (told.status === 404)
    return {
      kind: 'failed',
      says: `${messageOf(told)}: join ${picked.network.name} to ${picked.external.name} by a router, or wish for another network`,
    };
  return floatingAnswer(objectAt(told.body, 'floatingip'), picked.external.name);
};

const own = (
  { addresses }: { readonly addresses: readonly string[] },
  network: AddressOrder['picked']['network'],
): Addressed => {
  const address = addresses.find((each) => !each.includes(':')) ?? addresses[0];
  if (address === undefined) return { kind: 'not-yet', says: `the server has no address on ${network.name} yet` };
  return network.external
    ? { kind: 'done', answer: 'yes', says: `${address} is its own`, address, floating: null }
    : {
        kind: 'done',
        answer: 'partial',
        says: `${address} is its own on ${network.name}, which does not lead outside: workers must reach it there`,
        address,
        floating: null,
      };
};

const floatingAnswer = (floating: Fields, network: string): Addressed => {
  const address = textAt(floating, 'floating_ip_address');
  const id = textAt(floating, 'id');
  if (address === null || id === null) return { kind: 'not-yet', says: 'the floating address is not told yet' };
  return {
    kind: 'done',
    answer: 'partial',
    says: `it has none that leads outside by itself; ${address} is a floating one from ${network}`,
    address,
    floating: id,
  };
};

const portOf = async (
  session: OpenStackSession,
  server: string,
  network: string,
  signal: AbortSignal,
): Promise<{ readonly kind: 'port'; readonly id: string; readonly addresses: readonly string[] } | Trouble> => {
  const listed = await session.list('network', 'ports', {
    path: `/ports?device_id=${encodeURIComponent(server)}&network_id=${encodeURIComponent(network)}`,
    what: "looking at the server's network card",
    signal,
  });
  if (listed.kind !== 'listed') return listed;
  const [port] = listed.items;
  const id = port && textAt(port, 'id');
  if (!port || !id) return { kind: 'not-yet', says: 'the server has no network card yet' };
  const addresses = listAt(port, 'fixed_ips').flatMap((each) => textAt(each, 'ip_address') ?? []);
  return { kind: 'port', id, addresses };
};

const floatingOf = async (
  session: OpenStackSession,
  port: string,
  signal: AbortSignal,
): Promise<{ readonly kind: 'floating'; readonly found: Fields | undefined } | Trouble> => {
  const listed = await session.list('network', 'floatingips', {
    path: `/floatingips?port_id=${encodeURIComponent(port)}`,
    what: 'looking for floating addresses',
    signal,
  });
  return listed.kind === 'listed' ? { kind: 'floating', found: listed.items[0] } : listed;
};

/** Frees the floating addresses that were taken for a node, by id and by what is written on them. */
export const freeFloating = async (
  session: OpenStackSession,
  { token, floating }: { readonly token: string; readonly floating: string | null },
  signal: AbortSignal,
): Promise<Trouble | null> => {
  const listed = await session.list('network', 'floatingips', {
    path: '/floatingips',
    what: 'looking for floating addresses',
    signal,
  });
  if (listed.kind !== 'listed') return listed;
  const mine = listed.items
    .filter((each) => textAt(each, 'id') === floating || textAt(each, 'description') === descriptionOf(token))
    .flatMap((each) => textAt(each, 'id') ?? []);
  for (const id of mine) {
    const told = await session.ask('network', {
      method: 'DELETE',
      path: `/floatingips/${encodeURIComponent(id)}`,
      what: 'freeing the floating address',
      also: [404],
      signal,
    });
    if (told.kind !== 'told') return told;
  }
  return null;
};

const descriptionOf = (token: string): string => `anneal ${token}`;
