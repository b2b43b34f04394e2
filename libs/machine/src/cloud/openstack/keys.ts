import type { Asked, KeyOrder } from '#app';
import { objectAt, textAt } from './fields.js';
import type { OpenStackSession } from './session.js';

const PATH = '/os-keypairs';

/** Adds a key under a name of its own; one of the same name and key is taken as ours, another is replaced. */
export const addKey = async (
  session: OpenStackSession,
  order: KeyOrder,
  signal: AbortSignal,
): Promise<Asked<{ readonly key: string }>> => {
  const added = await put(session, order, signal);
  if (added.kind !== 'told') return added;
  if (added.status !== 409) return { kind: 'done', answer: 'yes', says: `it is called ${order.name}`, key: order.name };
  const there = await session.ask('compute', {
    path: pathOf(order.name),
    what: 'looking at the key',
    also: [404],
    signal,
  });
  if (there.kind !== 'told') return there;
  const known = textAt(objectAt(there.body, 'keypair'), 'public_key');
  if (known !== null && bare(known) === bare(order.publicKey))
    return { kind: 'done', answer: 'yes', says: `${order.name} is there already`, key: order.name };
  const gone = await removeKey(session, order.name, signal);
  if (gone.kind !== 'done') return gone;
  const again = await put(session, order, signal);
  if (again.kind !== 'told') return again;
  if (again.status === 409)
    return { kind: 'failed', says: `the cloud keeps another key called ${order.name}: remove it there` };
  return {
    kind: 'done',
    answer: 'partial',
    says: `another key was called ${order.name}, and was replaced`,
    key: order.name,
  };
};

const put = (session: OpenStackSession, { name, publicKey }: KeyOrder, signal: AbortSignal) =>
  session.ask('compute', {
    method: 'POST',
    path: PATH,
    body: { keypair: { name, public_key: publicKey } },
    what: 'adding a key',
    also: [409],
    signal,
  });

export const removeKey = async (
  session: OpenStackSession,
  name: string,
  signal: AbortSignal,
): Promise<Asked<object>> => {
  const told = await session.ask('compute', {
    method: 'DELETE',
    path: pathOf(name),
    what: 'removing the key',
    also: [404],
    signal,
  });
  if (told.kind !== 'told') return told;
  return told.status === 404
    ? { kind: 'done', answer: 'partial', says: 'the cloud did not have it any more' }
    : { kind: 'done', answer: 'yes', says: 'neither the cloud nor the machine has it any more' };
};

const pathOf = (name: string): string => `${PATH}/${encodeURIComponent(name)}`;
const bare = (key: string): string => key.trim().split(/\s+/).slice(0, 2).join(' ');
