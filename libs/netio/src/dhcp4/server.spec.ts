import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BootView,
  LeaseBook,
  addressOctets,
  idOf,
  messageType,
  type Dhcp4Packet,
  type Lease,
  type NetworkId,
  type Options4,
} from '#core';
import { PacketSink, type PacketNote } from '#app';
import { decodePacket4, encodePacket4, isMalformed4 } from './codec.js';
import { Dhcp4Server } from './server.js';
import type { RogueServer } from './rogue-watch.js';

/** Writes nothing until it is told to. */
class SlowJournal {
  readonly asked: { lease: Lease; done: ((error: Error | null) => void) | null }[] = [];
  waited = 0;

  write(lease: Lease, done: ((error: Error | null) => void) | null): void {
    this.asked.push({ lease, done });
  }

  waitedMs(): number {
    return this.waited;
  }
}

class Notes extends PacketSink {
  readonly all: PacketNote[] = [];
  private heard: (() => void)[] = [];

  override note(note: PacketNote): void {
    this.all.push(note);
    for (const each of this.heard.splice(0)) each();
  }

  /** Returns when so many have come. */
  async count(wanted: number): Promise<PacketNote> {
    while (this.all.length < wanted) await new Promise<void>((resolve) => this.heard.push(resolve));
    return this.all[wanted - 1] as PacketNote;
  }
}

const freePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return port;
};

describe('the DHCPv4 server', () => {
  let journal: SlowJournal;
  let notes: Notes;
  let server: Dhcp4Server;
  let client: Socket;
  let port: number;
  let rogues: RogueServer[];
  let troubles: Error[];
  const book = () => new LeaseBook();

  beforeEach(async () => {
    const view = new BootView();
    const subnet = {
      family: 4 as const,
      cidr: '127.0.0.0/8',
      pools: [{ name: 'dhcp', first: '127.7.0.1', last: '127.7.0.9' }],
      routes: [],
    };
    const network = {
      id: idOf<NetworkId>('1'),
      name: 'lo',
      category: 'admin',
      group: 'internal',
      link: 'lo',
      subnets: [subnet],
    };
    const rest = {
      domain: '',
      nameServers: [],
      timeServers: [],
      poolLeaseSeconds: 600,
      reservedLeaseSeconds: 600,
      dhcp: 'serve' as const,
    };
    view.apply([{ kind: 'network', id: '1', body: { ...network, ...rest } }], 1);
    journal = new SlowJournal();
    notes = new Notes();
    rogues = [];
    troubles = [];
    port = await freePort();
    server = new Dhcp4Server({
      view,
      book: book(),
      journal,
      sink: notes,
      decideBoot: () => ({ boot: 'nothing', bootenv: null, machine: null, reasons: [] }),
      ports: { server: port, proxy: await freePort(), client: await freePort() },
      onRogue: (rogue) => rogues.push(rogue),
      onTrouble: (error) => troubles.push(error),
    });
    await server.serve([
      { name: 'lo', mac: null, addresses: [{ family: 4, address: '127.0.0.1', cidr: '127.0.0.1/8' }] },
    ]);
    expect(troubles).toEqual([]);
    client = createSocket('udp4');
    client.bind(0, '127.0.0.1');
    await once(client, 'listening');
  });
  afterEach(() => {
    client.close();
    server.stop();
  });

  /** As a relay that wants its answers where it asks from (RFC 8357), since a test may not have port 67. */
  const say = (options: Options4): void => {
    const packet: Dhcp4Packet = {
      ...{
        op: 1,
        htype: 1,
        hops: 1,
        xid: 9,
        secs: 0,
        flags: 0,
        ciaddr: '0.0.0.0',
        yiaddr: '0.0.0.0',
        siaddr: '0.0.0.0',
      },
      ...{
        giaddr: '127.0.0.1',
        chaddr: '52:54:00:00:00:01',
        sname: '',
        file: '',
        options: { 82: [19, 2, 0, 0], ...options },
      },
    };
    client.send(encodePacket4(packet), port, '127.0.0.1');
  };
  const hears = async (): Promise<Dhcp4Packet> => {
    const [bytes] = (await once(client, 'message')) as [Buffer];
    const packet = decodePacket4(bytes);
    if (isMalformed4(packet)) throw new Error(packet.malformed);
    return packet;
  };
  const request: Options4 = { 53: [3], 50: [127, 7, 0, 1], 54: addressOctets('127.0.0.1') };

  it('offers from memory, and acknowledges when the lease is durable, not before', async () => {
    say({ 53: [1] });
    expect((await hears()).yiaddr).toBe('127.7.0.1');
    expect(journal.asked).toEqual([]);
    let heard = false;
    client.once('message', () => (heard = true));
    say(request);
    await notes.count(2);
    // A message after it has been answered meanwhile: the acknowledgement is held back, not slow.
    expect(heard).toBe(false);
    const answer = hears();
    journal.asked[0]?.done?.(null);
    expect(messageType(await answer)).toBe('ACK');
    expect(journal.asked[0]?.lease).toMatchObject({ address: '127.7.0.1', state: 'bound' });
  });

  it('promises nothing that could not be written down, and says so', async () => {
    say(request);
    await notes.count(1);
    journal.asked[0]?.done?.(new Error('the disk is full'));
    expect((await notes.count(2)).why.join()).toMatch(/could not be written down/);
    expect(server.counts()).toMatchObject({ 'not-durable': 1 });
    expect(troubles.map(({ message }) => message)).toEqual(['the disk is full']);
  });

  it('answers nobody while the disk is more than a second behind', async () => {
    journal.waited = 1_001;
    say({ 53: [1] });
    expect(await notes.count(1)).toMatchObject({ answered: null, mac: '52:54:00:00:00:01' });
    expect(server.counts()).toEqual({ overload: 1 });
  });

  it('notes what is no DHCP message, and goes on', async () => {
    client.send('hello', port, '127.0.0.1');
    expect(await notes.count(1)).toMatchObject({ asked: 'a malformed message', answered: null });
    say({ 53: [1] });
    expect(messageType(await hears())).toBe('OFFER');
  });

  it('tells once of another server that a client chose', async () => {
    for (let count = 1; count <= 2; count += 1) {
      say({ ...request, 54: [127, 0, 0, 66] });
      await notes.count(count);
    }
    expect(rogues).toMatchObject([{ server: '127.0.0.66', how: 'chosen', interface: 'lo', mac: '52:54:00:00:00:01' }]);
  });

  it('hears nothing more once it is stopped, and tells nobody of a lease that becomes durable then', async () => {
    say(request);
    await notes.count(1);
    server.stop();
    journal.asked[0]?.done?.(null);
    expect(server.serving).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
