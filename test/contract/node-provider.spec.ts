import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeProvider } from '#app';
import { isRefusal, type CloudOffer } from '#core';
import { CloudDrivers } from '#machine';
import { EmulatedCloud, SimulatedProvider } from '#testkit';
import { holdings, nodeProviderContract, orderOf, until, type SiteUnderTest } from './node-provider.contract.js';

const signal = () => AbortSignal.timeout(20_000);

const OFFER: CloudOffer = {
  networks: [
    { id: 'n-1', name: 'public', external: true, usable: false },
    { id: 'n-2', name: 'private', external: false, usable: true },
  ],
  flavors: [{ id: 'f-1', name: 'small', vcpus: 1, memory_mib: 1_024, disk_gib: 10 }],
  images: [{ id: 'i-1', name: 'debian-12', memory_mib: 0, disk_gib: 2, distribution: 'debian', account: null }],
  notes: [],
};

describe('the simulated site', () => {
  nodeProviderContract(async (): Promise<SiteUnderTest> => {
    const provider = new SimulatedProvider(OFFER);
    const ends = { broken: 'the host broke', 'no-host': 'no host can take it' };
    return {
      provider,
      held: () => ({ keys: provider.keys.size, servers: provider.servers.size, floating: provider.floating.size }),
      serverEnds: (end) => provider.ends.push({ says: ends[end], again: end === 'broken' }),
      drain: () => void (provider.pool.length = 0),
      quota: (servers) => void (provider.serversMax = servers),
    };
  });
});

describe('OpenStack', () => {
  let cloud: EmulatedCloud;
  let provider: NodeProvider;
  const open = (over: object = {}, secret = cloud.state.secret): NodeProvider => {
    const access = { ...cloud.access, ...over };
    const opened = new CloudDrivers().open({ name: 'acme', kind: 'openstack', access, secret });
    if (isRefusal(opened)) throw new Error(opened.detail);
    return opened;
  };
  beforeEach(async () => {
    cloud = await EmulatedCloud.start();
    provider = open();
  });
  afterEach(() => cloud.stop());

  nodeProviderContract(async (): Promise<SiteUnderTest> => ({
    provider,
    held: () => ({
      keys: cloud.state.keys.size,
      servers: cloud.state.servers.size,
      floating: cloud.state.floating.size,
    }),
    serverEnds: (end) => {
      const fault =
        end === 'broken'
          ? 'Exceeded maximum number of retries. Build of instance aborted: libvirt error'
          : 'No valid host was found. There are not enough hosts available.';
      cloud.state.fates.push({ status: 'ERROR', fault });
    },
    drain: () => void (cloud.state.floatingPool = []),
    quota: (servers) => void (cloud.state.quota.servers = servers),
  }));

  const offer = async (over: object = {}) => {
    const read = await open(over).readOffer(signal());
    return read.kind === 'done' ? read.offer : read.says;
  };

  it('is read page after page, and what belongs to other projects is left out', async () => {
    cloud.state.pageMax = 2;
    for (let number = 0; number < 60; number += 1)
      cloud.state.images.push({
        id: `i-${number}`,
        name: `image-${number}`,
        min_disk: 0,
        min_ram: 0,
        disk_format: 'raw',
      });
    cloud.state.images.push({ id: 'kernel', name: 'kernel', min_disk: 0, min_ram: 0, disk_format: 'aki' });
    const read = (await offer()) as CloudOffer;
    expect(read.images).toHaveLength(61);
    expect(read.flavors.map(({ name }) => name)).toEqual(['m1.tiny', 'm1.small', 'm1.large']);
    expect(read.networks).toEqual([
      { id: expect.any(String), name: 'public', external: true, usable: false },
      { id: expect.any(String), name: 'private', external: false, usable: true },
    ]);
    expect(read.notes).toEqual([]);
  });

  it('is read as far as the account may, and what is missing is told', async () => {
    const forbidden = { forbidden: { code: 403, message: 'Policy does not allow get_images to be performed.' } };
    cloud.faults.push({ service: 'image', reply: { status: 403, body: forbidden } });
    expect(await provider.readOffer(signal())).toMatchObject({
      kind: 'done',
      answer: 'partial',
      offer: { images: [], notes: ['reading images: Policy does not allow get_images to be performed. (HTTP 403)'] },
    });
  });

  it('is logged in to once, and once more when its tokens are no longer taken', async () => {
    await provider.readOffer(signal());
    await provider.readOffer(signal());
    expect(cloud.state.logins).toBe(1);
    cloud.forgetTokens();
    expect(await provider.addKey({ name: 'k', publicKey: 'ssh-ed25519 AAAA' }, signal())).toMatchObject({
      kind: 'done',
    });
    expect(cloud.state.logins).toBe(2);
  });

  it('is logged in to before a token ends', async () => {
    cloud.state.tokenMs = 30_000;
    await provider.readOffer(signal());
    await provider.readOffer(signal());
    expect(cloud.state.logins).toBeGreaterThan(1);
  });

  it('that takes no token it has just given is not asked for ever', async () => {
    const reply = { status: 401, body: { error: { code: 401, message: 'no' } } };
    cloud.faults.push({ service: 'compute', reply }, { service: 'compute', reply });
    const added = await provider.addKey({ name: 'k', publicKey: 'ssh-ed25519 AAAA' }, signal());
    expect(added).toMatchObject({ kind: 'failed', says: expect.stringMatching(/does not take tokens/) });
  });

  it('says who is not let in, and nothing of the secret', async () => {
    const read = await open({}, 'wrong secret').readOffer(signal());
    expect(read).toMatchObject({
      kind: 'failed',
      says: expect.stringMatching(/does not let demo for project demo in/),
    });
    expect(JSON.stringify(read)).not.toContain('wrong secret');
  });

  it('lets an application credential in', async () => {
    const read = await open({ application_credential: 'app-credential' }).readOffer(signal());
    expect(read).toMatchObject({ kind: 'done' });
  });

  it('is waited for when it asks for a short pause, in seconds or by a date', async () => {
    const overLimit = { overLimit: { code: 413, message: 'This request was rate-limited.' } };
    cloud.faults.push(
      { service: 'compute', reply: { status: 413, body: overLimit, headers: { 'retry-after': '0' } } },
      {
        service: 'compute',
        reply: { status: 429, headers: { 'retry-after': new Date(Date.now() - 1).toUTCString() } },
      },
    );
    expect(await provider.addKey({ name: 'k', publicKey: 'ssh-ed25519 AAAA' }, signal())).toMatchObject({
      kind: 'done',
    });
  });

  it('that asks for a long pause is asked again after it', async () => {
    cloud.faults.push({ service: 'compute', reply: { status: 429, headers: { 'retry-after': '90' } } });
    expect(await provider.addKey({ name: 'k', publicKey: 'ssh-ed25519 AAAA' }, signal())).toMatchObject({
      kind: 'not-yet',
      againMs: 90_000,
    });
  });

  it.each([
    ['500', { status: 500, body: { computeFault: { code: 500, message: 'Unexpected API Error.' } } }],
    ['503 from a proxy that speaks HTML', { status: 503 }],
    ['a connection that breaks', 'hang-up' as const],
  ])('that is out of order for now (%s) is asked again', async (_what, reply) => {
    cloud.faults.push({ service: 'compute', reply });
    const key = { name: 'k', publicKey: 'ssh-ed25519 AAAA' };
    expect(await provider.addKey(key, signal())).toMatchObject({ kind: 'not-yet' });
    expect(await provider.addKey(key, signal())).toMatchObject({ kind: 'done' });
  });

  it('that does not answer is left at the deadline', async () => {
    const stopped = await EmulatedCloud.start();
    await stopped.stop();
    expect(await open({ auth_url: stopped.authUrl }).readOffer(signal())).toMatchObject({
      kind: 'not-yet',
      says: expect.stringMatching(/cannot be reached: ECONNREFUSED/),
    });
    expect(await provider.readOffer(AbortSignal.timeout(0))).toMatchObject({
      kind: 'not-yet',
      says: expect.stringMatching(/did not answer in time/),
    });
  });

  it('makes one server when the answer to the first request was lost', async () => {
    const order = await orderOf(provider);
    cloud.faults.push({ service: 'compute', method: 'POST', path: '/servers', reply: 'lost-answer' });
    expect(await provider.request(order, signal())).toMatchObject({ kind: 'not-yet' });
    expect(await until(() => open().request(order, signal()))).toMatchObject({ kind: 'done' });
    expect(cloud.state.serversMade).toBe(1);
  });

  it('takes one floating address when the answer was lost', async () => {
    const order = await orderOf(provider);
    const asked = await until(() => provider.request(order, signal()));
    const at = { token: order.token, picked: order.picked, server: (asked as { server: string }).server };
    cloud.faults.push({ service: 'network', method: 'POST', path: '/floatingips', reply: 'lost-answer' });
    expect(await provider.address(at, signal())).toMatchObject({ kind: 'not-yet' });
    expect(await open().address(at, signal())).toMatchObject({ kind: 'done', address: '203.0.113.10' });
    expect(cloud.state.floating.size).toBe(1);
  });

  it('is spoken to in the oldest version of Nova that it has', async () => {
    cloud.state.microversions = { min: '2.60', max: '2.93' };
    const order = await orderOf(provider);
    expect(await until(() => provider.request(order, signal()))).toMatchObject({ kind: 'done' });
    expect(await until(() => provider.giveBack(holdings(), signal()))).toMatchObject({ kind: 'done' });
  });

  it('lets SSH in by a group of our own, made once, or by those that are wished for', async () => {
    const order = await orderOf(provider);
    await until(() => provider.request(order, signal()));
    await until(() => provider.request({ ...order, token: 'second', name: 'second.example.test' }, signal()));
    expect([...cloud.state.groups.values()]).toEqual([
      {
        name: 'anneal',
        project: cloud.state.project.id,
        rules: new Set(['ingress IPv4 tcp 22', 'ingress IPv4 icmp ', 'ingress IPv6 tcp 22', 'ingress IPv6 ipv6-icmp ']),
      },
    ]);
    const wish = { security_groups: ['nobody-made-this'] };
    expect(
      await provider.request({ ...order, token: 'third', name: 'third.example.test', wish }, signal()),
    ).toMatchObject({
      kind: 'failed',
      says: expect.stringMatching(/security_group with name or id 'nobody-made-this'/),
    });
  });

  it('needs no security groups where there are none', async () => {
    cloud.state.hasSecurityGroups = false;
    const order = await orderOf(provider);
    expect(await until(() => provider.request(order, signal()))).toMatchObject({ kind: 'done' });
  });

  it('says how a network is joined to the one that leads outside', async () => {
    cloud.state.networks[1] = { ...cloud.state.networks[1]!, routed: [] };
    const order = await orderOf(provider);
    const asked = await until(() => provider.request(order, signal()));
    const server = (asked as { server: string }).server;
    expect(await provider.address({ token: order.token, picked: order.picked, server }, signal())).toMatchObject({
      kind: 'failed',
      says: expect.stringMatching(/not reachable from subnet.*join private to public by a router/),
    });
  });

  it('tells the host keys that a machine wrote to its console', async () => {
    const key = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEPkkn6UGjv1DPZxZvQxhTN7bMaCkHYgmjvzuzCSRf9y';
    const order = await orderOf(provider);
    const asked = await until(() => provider.request(order, signal()));
    const server = (asked as { server: string }).server;
    expect(await provider.hostKeys(server, signal())).toEqual([]);
    cloud.state.console = () =>
      `[   9.1] boot\r\n-----BEGIN SSH HOST KEY KEYS-----\r\n<14>Jan cloud-init: ecdsa-sha2-nistp256 AAAAE2VjZHNh root@n\r\n${key} root@n\r\n-----END SSH HOST KEY KEYS-----\r\nlogin: `;
    expect(await provider.hostKeys(server, signal())).toEqual(['ecdsa-sha2-nistp256 AAAAE2VjZHNh', key]);
  });

  it('in several regions is not guessed at', async () => {
    cloud.state.regions = ['east', 'west'];
    expect(await offer()).toMatch(/in several regions: give provider acme one of east, west/);
    expect(await offer({ region: 'west' })).toMatchObject({ notes: [] });
    expect(await offer({ region: 'north' })).toMatch(/no public endpoint in region north/);
    expect(await offer({ region: 'west', interface: 'admin' })).toMatch(/no admin endpoint/);
  });
});
