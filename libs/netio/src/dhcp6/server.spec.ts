import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { PacketSink, type PacketNote } from '#app';
import { decodeMessage6, encodeMessage6, type Lease, type Message6 } from '#core';
import { association6, duidOfMac, machineOf6, message6, siteOf6 } from '#testkit';
import { openInterfaceSocket } from '../socket/interface-socket.js';
import { Dhcp6Server, type LeaseWriter } from './server.js';

const isRoot = process.getuid?.() === 0;
const ANSWER_MS = 5_000;
const QUIET_MS = 100;

/** Leases are durable when the test says so. */
class HeldWriter implements LeaseWriter {
  readonly waiting: { readonly lease: Lease; readonly done: (error: Error | null) => void }[] = [];
  behindMs = 0;
  private readonly arrivals = new Set<() => void>();

  write(lease: Lease, done: ((error: Error | null) => void) | null): void {
    this.waiting.push({ lease, done: done ?? (() => undefined) });
    for (const arrival of this.arrivals) arrival();
  }

  waitedMs(): number {
    return this.behindMs;
  }

  arrived(): Promise<void> {
    if (this.waiting.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.arrivals.add(resolve));
  }

  settle(error: Error | null = null): void {
    for (const { done } of this.waiting.splice(0)) done(error);
  }
}

class KeptNotes extends PacketSink {
  readonly notes: PacketNote[] = [];
  override note(note: PacketNote): void {
    this.notes.push(note);
  }
}

/** A relay may ask for its answers at the port it sends from (RFC 8357), so no well-known port is needed. */
const relayed = (message: Message6): Uint8Array =>
  encodeMessage6({
    kind: 'relay',
    type: 12,
    hops: 0,
    link: 'fd00:77:0:1::2',
    peer: 'fe80::5054:ff:fe77:1',
    options: [
      { is: 'relay-source-port', port: 0 },
      { is: 'relay-message', message },
    ],
  });

const freePort = async (): Promise<number> => {
  const socket = await openInterfaceSocket({ family: 6, port: 0, interface: null });
  const { port } = socket.address();
  socket.close();
  return port;
};

describe.runIf(isRoot)('a DHCPv6 server on an interface', () => {
  const site = () => siteOf6();
  const client = { is: 'client-id', duid: duidOfMac('52:54:00:77:00:01') } as const;
  const open: (() => Promise<void> | void)[] = [];

  afterEach(async () => {
    for (const close of open.splice(0)) await close();
  });

  const begin = async () => {
    const leases = new HeldWriter();
    const sink = new KeptNotes();
    const trouble: Error[] = [];
    const world = site();
    const port = await freePort();
    const server = new Dhcp6Server({
      interfaces: [{ name: 'lo', link: null }],
      world,
      leases,
      sink,
      port,
      onTrouble: (error) => trouble.push(error),
    });
    await server.start();
    const relay = createSocket('udp6');
    relay.bind(0, '::1');
    await once(relay, 'listening');
    open.push(
      () => new Promise<void>((resolve) => relay.close(() => resolve())),
      () => {
        leases.settle();
        return server.stop();
      },
    );
    return { server, leases, sink, trouble, relay, port, world };
  };

  const answered = async (relay: Socket): Promise<Message6> => {
    const [packet] = (await once(relay, 'message', { signal: AbortSignal.timeout(ANSWER_MS) })) as [Buffer];
    return decodeMessage6(packet) as Message6;
  };
  const silence = (relay: Socket): Promise<string> =>
    once(relay, 'message', { signal: AbortSignal.timeout(QUIET_MS) }).then(
      () => 'an answer',
      () => 'nothing',
    );
  const request = (duid: Uint8Array): Uint8Array =>
    relayed(message6(3, 2, client, { is: 'server-id', duid }, association6(1)));

  it('answers a Solicit through a relay, and tells of it', async () => {
    const { relay, port, sink, server } = await begin();
    const answer = answered(relay);
    relay.send(relayed(message6(1, 1, client, association6(1))), port, '::1');
    expect(await answer).toMatchObject({ kind: 'relay', type: 13 });
    expect(server.counts).toEqual({ received: 1, answered: 1, silent: {} });
    expect(sink.notes).toMatchObject([
      {
        service: 'dhcp6',
        node: machineOf6().node,
        from: '::1',
        on: 'lo',
        asked: 'SOLICIT, client 00030001525400770001, through 1 relay',
        answered: 'ADVERTISE fd00:77:0:1::a1',
      },
    ]);
  });

  it('answers a Request after its lease is durable, and not before', async () => {
    const { relay, port, leases, world } = await begin();
    const early = silence(relay);
    relay.send(request(world.duid), port, '::1');
    await leases.arrived();
    expect(await early).toBe('nothing');
    expect(leases.waiting.map(({ lease }) => lease.address)).toEqual(['fd00:77:0:1::a1']);
    const answer = answered(relay);
    leases.settle();
    expect(await answer).toMatchObject({ kind: 'relay', type: 13 });
  });

  it('does not answer when the lease could not be written, and says why', async () => {
    const { relay, port, leases, server, trouble, world } = await begin();
    const none = silence(relay);
    relay.send(request(world.duid), port, '::1');
    await leases.arrived();
    leases.settle(new Error('the disk is full'));
    expect(await none).toBe('nothing');
    expect(server.counts.silent).toEqual({ 'not-durable': 1 });
    expect(trouble.map(({ message }) => message)).toEqual(['the disk is full']);
  });

  it('leaves clients to ask again while the disk is behind', async () => {
    const { relay, port, leases, server, world } = await begin();
    relay.send(request(world.duid), port, '::1');
    await leases.arrived();
    leases.behindMs = 5_000;
    const none = silence(relay);
    relay.send(request(world.duid), port, '::1');
    expect(await none).toBe('nothing');
    expect(server.counts.silent).toEqual({ overload: 1 });
  });

  it('stops after leases that were being written are durable', async () => {
    const { relay, port, leases, server, world } = await begin();
    relay.send(request(world.duid), port, '::1');
    await leases.arrived();
    let stopped = false;
    const stopping = server.stop().then(() => (stopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect(stopped).toBe(false);
    leases.settle();
    await stopping;
  });

  it('says which interface it did not find', async () => {
    const server = new Dhcp6Server({
      interfaces: [{ name: 'nosuch0', link: null }],
      world: site(),
      leases: new HeldWriter(),
    });
    await expect(server.start()).rejects.toThrow(/interface nosuch0: ENODEV/);
  });
});
