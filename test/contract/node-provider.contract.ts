import { beforeEach, describe, expect, it } from 'vitest';
import type { Asked, NodeProvider, ServerOrder } from '#app';
import { isRefusal, pickOf } from '#core';

/** A site, and what a test may look at and do behind its back. */
export interface SiteUnderTest {
  readonly provider: NodeProvider;
  /** What is held there now. */
  held(): { readonly keys: number; readonly servers: number; readonly floating: number };
  /** The next server that is asked for ends so. */
  serverEnds(end: 'broken' | 'no-host'): void;
  /** No floating address is left. */
  drain(): void;
  /** Room for so many servers. */
  quota(servers: number): void;
}

const NOTHING = { keys: 0, servers: 0, floating: 0 };
const PUBLIC_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y anneal';
const TOKEN = '0190e0e0-0000-7000-8000-000000000001';
const KEY_NAME = `anneal-${TOKEN}`;
const NAME = 'cloud-1.example.test';
/** Asked so often until something is done; each look brings the sites of these tests on. */
const LOOKS_MAX = 20;

const signal = () => AbortSignal.timeout(20_000);

/** Asks again until it is done or has failed. */
export const until = async <Value>(
  ask: () => Promise<Asked<Value>>,
): Promise<Exclude<Asked<Value>, { readonly kind: 'not-yet' }>> => {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const asked = await ask();
    if (asked.kind !== 'not-yet') return asked as Exclude<Asked<Value>, { readonly kind: 'not-yet' }>;
  }
  throw new Error(`not done after ${LOOKS_MAX} looks`);
};

export const orderOf = async (provider: NodeProvider): Promise<ServerOrder> => {
  const key = await provider.addKey({ name: KEY_NAME, publicKey: PUBLIC_KEY }, signal());
  const read = await provider.readOffer(signal());
  if (key.kind !== 'done' || read.kind !== 'done') throw new Error(`${key.says}; ${read.says}`);
  const choice = pickOf(read.offer, {});
  if (isRefusal(choice)) throw new Error(choice.detail);
  return { token: TOKEN, name: NAME, key: key.key, picked: choice.picked, wish: {} };
};

export const holdings = (over: object = {}) => ({
  token: TOKEN,
  name: NAME,
  keyName: KEY_NAME,
  key: null,
  server: null,
  floating: null,
  ...over,
});

/** What every site must do from which machines are got. */
export function nodeProviderContract(start: () => Promise<SiteUnderTest>): void {
  let site: SiteUnderTest;
  beforeEach(async () => {
    site = await start();
  });

  const running = async () => {
    const order = await orderOf(site.provider);
    const asked = await until(() => site.provider.request(order, signal()));
    if (asked.kind !== 'done') throw new Error(asked.says);
    return { order, server: asked.server };
  };

  describe('a key', () => {
    it('is added once, however often it is said', async () => {
      const one = await site.provider.addKey({ name: KEY_NAME, publicKey: PUBLIC_KEY }, signal());
      const two = await site.provider.addKey({ name: KEY_NAME, publicKey: PUBLIC_KEY }, signal());
      expect(one).toMatchObject({ kind: 'done', answer: 'yes' });
      expect(two).toMatchObject({ kind: 'done', answer: 'yes', key: (one as { key: string }).key });
      expect(site.held()).toEqual({ ...NOTHING, keys: 1 });
    });

    it('takes the place of another one of its name, and that is told', async () => {
      const other = PUBLIC_KEY.replace('EPkkn6', 'AAAAAA');
      await site.provider.addKey({ name: KEY_NAME, publicKey: other }, signal());
      const added = await site.provider.addKey({ name: KEY_NAME, publicKey: PUBLIC_KEY }, signal());
      expect(added).toMatchObject({ kind: 'done', answer: 'partial' });
      expect(site.held().keys).toBe(1);
    });

    it('is removed, and removing it again does no harm', async () => {
      const { key } = await orderOf(site.provider);
      expect(await site.provider.removeKey({ name: KEY_NAME, key }, signal())).toMatchObject({ answer: 'yes' });
      expect(await site.provider.removeKey({ name: KEY_NAME, key }, signal())).toMatchObject({ answer: 'partial' });
      expect(site.held()).toEqual(NOTHING);
    });
  });

  describe('a server', () => {
    it('is built, and is one server however often it is asked for', async () => {
      const { order, server } = await running();
      expect(await site.provider.request(order, signal())).toMatchObject({ kind: 'done', answer: 'yes', server });
      expect(site.held().servers).toBe(1);
    });

    it('that breaks is taken away, and another one may be asked for', async () => {
      const order = await orderOf(site.provider);
      site.serverEnds('broken');
      expect(await until(() => site.provider.request(order, signal()))).toMatchObject({ kind: 'failed', again: true });
      expect(await until(() => site.provider.request(order, signal()))).toMatchObject({ kind: 'done' });
      await until(() => site.provider.giveBack(holdings(), signal()));
      expect(site.held()).toEqual(NOTHING);
    });

    it('that no host can take is not asked for again', async () => {
      const order = await orderOf(site.provider);
      site.serverEnds('no-host');
      const asked = await until(() => site.provider.request(order, signal()));
      expect(asked).toMatchObject({ kind: 'failed', says: expect.stringMatching(/host/) });
      expect(asked).not.toHaveProperty('again');
      await until(() => site.provider.giveBack(holdings(), signal()));
      expect(site.held()).toEqual(NOTHING);
    });

    it('beyond the quota is refused with what it is', async () => {
      const order = await orderOf(site.provider);
      site.quota(0);
      expect(await until(() => site.provider.request(order, signal()))).toMatchObject({
        kind: 'failed',
        says: expect.stringMatching(/quota/i),
      });
    });
  });

  describe('an address', () => {
    it('is a floating one where the server has none that leads outside, and stays the same', async () => {
      const { order, server } = await running();
      const at = { token: TOKEN, picked: order.picked, server };
      const one = await until(() => site.provider.address(at, signal()));
      expect(one).toMatchObject({ kind: 'done', answer: 'partial', address: '203.0.113.10' });
      expect(await site.provider.address(at, signal())).toMatchObject({ address: '203.0.113.10' });
      expect(site.held().floating).toBe(1);
    });

    it("is the server's own where no floating one was picked", async () => {
      const { order, server } = await running();
      const picked = { ...order.picked, external: null };
      const asked = await until(() => site.provider.address({ token: TOKEN, picked, server }, signal()));
      expect(asked).toMatchObject({ kind: 'done', floating: null });
      expect(site.held().floating).toBe(0);
    });

    it('is refused, with a sentence, when none is left', async () => {
      const { order, server } = await running();
      site.drain();
      const asked = await until(() => site.provider.address({ token: TOKEN, picked: order.picked, server }, signal()));
      expect(asked).toMatchObject({ kind: 'failed', says: expect.stringMatching(/no floating address/) });
    });
  });

  describe('giving back', () => {
    it('frees server, address and key, also of what nobody has written down', async () => {
      const { order, server } = await running();
      await until(() => site.provider.address({ token: TOKEN, picked: order.picked, server }, signal()));
      expect(site.held()).toEqual({ keys: 1, servers: 1, floating: 1 });
      expect(await until(() => site.provider.giveBack(holdings(), signal()))).toMatchObject({ kind: 'done' });
      expect(site.held()).toEqual(NOTHING);
    });

    it('does no harm when there is nothing', async () => {
      expect(await until(() => site.provider.giveBack(holdings(), signal()))).toMatchObject({ kind: 'done' });
      expect(await until(() => site.provider.giveBack(holdings(), signal()))).toMatchObject({ kind: 'done' });
    });

    it('leaves what belongs to others', async () => {
      await running();
      const other = { token: 'another', keyName: 'anneal-another', name: 'other.example.test' };
      await until(() => site.provider.giveBack(holdings(other), signal()));
      expect(site.held()).toMatchObject({ keys: 1, servers: 1 });
    });
  });
}
