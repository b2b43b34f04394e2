import { NodeProvider, type AddressOrder, type Holdings, type KeyOrder, type ServerOrder } from '#app';
import type { OpenStackAccess } from './access.js';
import { addressOf, freeFloating } from './addresses.js';
import { textAt } from './fields.js';
import { addKey, removeKey } from './keys.js';
import { readOffer } from './read-offer.js';
import { consoleHostKeys, findServers, removeServer, request } from './servers.js';
import { OpenStackSession } from './session.js';

/** Milliseconds between two looks at a server that is being deleted. */
const DELETE_LOOK_MS = 2_000;

/** A cloud that speaks OpenStack's APIs: Keystone v3, Nova v2.1, Neutron v2.0, Glance v2. */
export class OpenStackProvider extends NodeProvider {
  private readonly session: OpenStackSession;

  constructor(access: OpenStackAccess) {
    super();
    this.session = new OpenStackSession(access);
  }

  override addKey(order: KeyOrder, signal: AbortSignal) {
    return addKey(this.session, order, signal);
  }

  override readOffer(signal: AbortSignal) {
    return readOffer(this.session, signal);
  }

  override request(order: ServerOrder, signal: AbortSignal) {
    return request(this.session, order, signal);
  }

  override address(order: AddressOrder, signal: AbortSignal) {
    return addressOf(this.session, order, signal);
  }

  override hostKeys(server: string, signal: AbortSignal) {
    return consoleHostKeys(this.session, server, signal);
  }

  override removeKey({ key }: { readonly key: string }, signal: AbortSignal) {
    return removeKey(this.session, key, signal);
  }

  override async giveBack(held: Holdings, signal: AbortSignal): ReturnType<NodeProvider['giveBack']> {
    const unfreed = await freeFloating(this.session, held, signal);
    if (unfreed) return unfreed;
    const found = await findServers(this.session, held, signal);
    if (found.kind !== 'found') return found;
    const servers = new Set(found.servers.flatMap((each) => textAt(each, 'id') ?? []));
    if (held.server !== null) servers.add(held.server);
    for (const id of servers) {
      const gone = await removeServer(this.session, id, signal);
      if (gone.kind === 'going')
        return { kind: 'not-yet', says: `server ${id} is being deleted`, againMs: DELETE_LOOK_MS };
      if (gone.kind !== 'gone') return gone;
    }
    const key = await removeKey(this.session, held.key ?? held.keyName, signal);
    if (key.kind !== 'done') return key;
    return { kind: 'done', answer: 'yes', says: 'server, address and key were given back' };
  }
}
