import type { Asked, ServerOrder } from '#app';
import { objectAt, textAt } from './fields.js';
import type { Fields, Trouble } from './http.js';
import { groupsFor } from './security-group.js';
import type { OpenStackSession } from './session.js';

/** The word in a server's metadata by which it is found again. */
const TOKEN = 'anneal-token';
/** What Nova says when no host can take a server: another request would not be answered otherwise. */
const NO_HOST = /no valid host|not enough hosts|no allocation candidates/i;
/** Milliseconds between two looks at a server that is being built. */
const BUILD_LOOK_MS = 3_000;

/** Finds the server that was asked for, or asks for it; done when it runs. One that ends in an error is deleted. */
export const request = async (
  session: OpenStackSession,
  order: ServerOrder,
  signal: AbortSignal,
): Promise<Asked<{ readonly server: string }>> => {
  const found = await findServers(session, order, signal);
  if (found.kind !== 'found') return found;
  // One that is on its way out is none: its error was told when that began.
  const server = found.servers.find((each) => textAt(each, 'OS-EXT-STS:task_state') !== 'deleting');
  return server ? await judge(session, server, signal) : await create(session, order, signal);
};

const create = async (
  session: OpenStackSession,
  { token, name, key, picked, wish }: ServerOrder,
  signal: AbortSignal,
): Promise<Asked<{ readonly server: string }>> => {
  const groups = await groupsFor(session, wish, signal);
  if (groups.kind !== 'groups') return groups;
  const told = await session.ask('compute', {
    method: 'POST',
    path: '/servers',
    body: {
      server: {
        name,
        flavorRef: picked.flavor.id,
        imageRef: picked.image.id,
        key_name: key,
        networks: [{ uuid: picked.network.id }],
        metadata: { [TOKEN]: token },
        ...(groups.names.length > 0 ? { security_groups: groups.names.map((each) => ({ name: each })) } : {}),
        ...(wish.availability_zone === undefined ? {} : { availability_zone: wish.availability_zone }),
      },
    },
    what: `requesting a server of flavor ${picked.flavor.name} with image ${picked.image.name}`,
    signal,
  });
  if (told.kind !== 'told') return told;
  const server = textAt(objectAt(told.body, 'server'), 'id');
  if (server === null) return { kind: 'failed', says: 'Nova took the request and names no server' };
  return { kind: 'not-yet', says: 'the server is being built', againMs: BUILD_LOOK_MS, server };
};

const judge = async (
  session: OpenStackSession,
  server: Fields,
  signal: AbortSignal,
): Promise<Asked<{ readonly server: string }>> => {
  const id = textAt(server, 'id') ?? '';
  const status = textAt(server, 'status') ?? 'UNKNOWN';
  if (status === 'ACTIVE') return { kind: 'done', answer: 'yes', says: `it runs as ${id}`, server: id };
  if (status === 'BUILD')
    return { kind: 'not-yet', says: 'the server is being built', againMs: BUILD_LOOK_MS, server: id };
  if (status !== 'ERROR')
    return { kind: 'failed', says: `the server ${id} is ${status}: somebody else has changed it in the cloud` };
  const why = textAt(objectAt(server, 'fault'), 'message') ?? 'Nova does not say why';
  const gone = await removeServer(session, id, signal);
  if (gone.kind !== 'gone' && gone.kind !== 'going') return gone;
  return NO_HOST.test(why)
    ? {
        kind: 'failed',
        says: `no host of the cloud can take the server: ${why}; wish for a smaller flavor, or make room`,
      }
    : { kind: 'failed', says: `the server ended in ERROR: ${why}`, again: true };
};

/** Those that were made for this order, whatever became of the answers. */
export const findServers = async (
  session: OpenStackSession,
  { token, name }: Pick<ServerOrder, 'token' | 'name'>,
  signal: AbortSignal,
): Promise<{ readonly kind: 'found'; readonly servers: readonly Fields[] } | Trouble> => {
  // Nova reads the name as a regular expression.
  const pattern = `^${name.replaceAll('.', '\\.')}$`;
  const listed = await session.list('compute', 'servers', {
    path: `/servers/detail?name=${encodeURIComponent(pattern)}`,
    what: 'looking for the server',
    signal,
  });
  if (listed.kind !== 'listed') return listed;
  const servers = listed.items.filter(
    (each) => textAt(objectAt(each, 'metadata'), TOKEN) === token && textAt(each, 'status') !== 'DELETED',
  );
  return { kind: 'found', servers };
};

/** `going`: the cloud has said that it deletes it, and it is still there. */
export const removeServer = async (
  session: OpenStackSession,
  id: string,
  signal: AbortSignal,
): Promise<{ readonly kind: 'gone' } | { readonly kind: 'going' } | Trouble> => {
  const path = `/servers/${encodeURIComponent(id)}`;
  const told = await session.ask('compute', {
    method: 'DELETE',
    path,
    what: `deleting server ${id}`,
    // 409: it is in the middle of something, which may be its own deletion.
    also: [404, 409],
    signal,
  });
  if (told.kind !== 'told') return told;
  if (told.status === 404) return { kind: 'gone' };
  const there = await session.ask('compute', {
    path,
    what: `looking whether server ${id} is gone`,
    also: [404],
    signal,
  });
  if (there.kind !== 'told') return there;
  const isGone = there.status === 404 || textAt(objectAt(there.body, 'server'), 'status') === 'DELETED';
  return isGone ? { kind: 'gone' } : { kind: 'going' };
};

/** Host keys that cloud-init wrote to the console; none when there is no console, or it does not say. */
export const consoleHostKeys = async (
  session: OpenStackSession,
  server: string,
  signal: AbortSignal,
): Promise<readonly string[]> => {
  const told = await session.ask('compute', {
    method: 'POST',
    path: `/servers/${encodeURIComponent(server)}/action`,
    body: { 'os-getConsoleOutput': {} },
    what: 'reading the console',
    signal,
  });
  return told.kind === 'told' ? hostKeysIn(textAt(told.body, 'output') ?? '') : [];
};

const KEYS = /-----BEGIN SSH HOST KEY KEYS-----([\s\S]*?)-----END SSH HOST KEY KEYS-----/g;

/** The last block counts: a machine that started anew may have made new keys. Only a whole block is believed. */
export const hostKeysIn = (output: string): readonly string[] => {
  const block = [...output.matchAll(KEYS)].at(-1)?.[1] ?? '';
  return block
    .split('\n')
    .map((line) => /((?:ssh|ecdsa)-[-a-z0-9]+ [A-Za-z0-9+/]+={0,2})/.exec(line)?.[1])
    .filter((key) => key !== undefined);
};
