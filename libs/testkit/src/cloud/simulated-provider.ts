import { NodeProvider, type AddressOrder, type Asked, type Holdings, type KeyOrder, type ServerOrder } from '#app';
import type { CloudOffer } from '#core';

/** A site in memory: it holds what it was asked for, gives addresses by number, and runs out of them when told to. */
export class SimulatedProvider extends NodeProvider {
  readonly keys = new Map<string, string>();
  readonly servers = new Map<
    string,
    { readonly token: string; readonly key: string; looks: number; deleting: boolean }
  >();
  readonly floating = new Map<string, string>();
  readonly pool = Array.from({ length: 20 }, (_, number) => `203.0.113.${number + 10}`);
  /** Why servers end that are asked for, one after the other. */
  readonly ends: { readonly says: string; readonly again: boolean }[] = [];
  serversMax = 10;
  private made = 0;

  constructor(
    readonly offer: CloudOffer,
    private readonly looksToBuild = 1,
  ) {
    super();
  }

  override async addKey({ name, publicKey }: KeyOrder): Promise<Asked<{ readonly key: string }>> {
    const isOther = this.keys.has(name) && this.keys.get(name) !== publicKey;
    this.keys.set(name, publicKey);
    return { kind: 'done', answer: isOther ? 'partial' : 'yes', says: `it is called ${name}`, key: name };
  }

  override async readOffer(): Promise<Asked<{ readonly offer: CloudOffer }>> {
    return { kind: 'done', answer: 'yes', says: 'all was read', offer: this.offer };
  }

  override async request({ token, key }: ServerOrder): Promise<Asked<{ readonly server: string }>> {
    const known = [...this.servers].find(([, each]) => each.token === token && !each.deleting);
    if (!known) {
      if (this.servers.size >= this.serversMax)
        return { kind: 'failed', says: `the quota of ${this.serversMax} servers is used up` };
      const server = `server-${(this.made += 1)}`;
      this.servers.set(server, { token, key, looks: this.looksToBuild, deleting: false });
      return { kind: 'not-yet', says: 'the server is being built', againMs: 0, server };
    }
    const [server, state] = known;
    if (state.looks > 0) {
      state.looks -= 1;
      return { kind: 'not-yet', says: 'the server is being built', againMs: 0, server };
    }
    const end = this.ends.shift();
    if (!end) return { kind: 'done', answer: 'yes', says: `it runs as ${server}`, server };
    this.servers.delete(server);
    return { kind: 'failed', says: end.says, ...(end.again ? { again: true as const } : {}) };
  }

  override async address({
    server,
    picked,
  }: AddressOrder): Promise<Asked<{ readonly address: string; readonly floating: string | null }>> {
    if (picked.external === null)
      return {
        kind: 'done',
        answer: 'yes',
        says: 'its own',
        address: `192.0.2.${server.split('-')[1]}`,
        floating: null,
      };
    const known = [...this.floating].find(([, each]) => each === server)?.[0];
    const address = known ?? this.pool.shift();
    if (address === undefined) return { kind: 'failed', says: 'no floating address is left' };
    this.floating.set(address, server);
    return { kind: 'done', answer: 'partial', says: 'a floating one', address, floating: address };
  }

  override async hostKeys(): Promise<readonly string[]> {
    return [];
  }

  override async removeKey({ key }: { readonly key: string }): Promise<Asked<object>> {
    return { kind: 'done', answer: this.keys.delete(key) ? 'yes' : 'partial', says: 'it is gone' };
  }

  override async giveBack({ token, keyName }: Holdings): Promise<Asked<object>> {
    for (const [id, server] of this.servers) {
      if (server.token !== token) continue;
      for (const [address, of] of this.floating) {
        if (of !== id) continue;
        this.floating.delete(address);
        this.pool.push(address);
      }
      if (server.deleting) this.servers.delete(id);
      else {
        server.deleting = true;
        return { kind: 'not-yet', says: `${id} is being deleted`, againMs: 0 };
      }
    }
    this.keys.delete(keyName);
    return { kind: 'done', answer: 'yes', says: 'all was given back' };
  }
}
