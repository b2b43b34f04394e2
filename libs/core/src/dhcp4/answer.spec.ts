import { beforeEach, describe, expect, it } from 'vitest';
import { idOf } from '../base/ids.js';
import type { NodeId } from '../base/ids.js';
import type { NetworkId, ViewChange, ViewDocument, ViewMachine, ViewNetwork } from '../boot-view/document.js';
import { BootView } from '../boot-view/view.js';
import type { BootDecision, BootFacts } from '../boot/decision.js';
import { LeaseBook } from '../lease/book.js';
import { DECLINED_MS, OFFER_HOLD_MS, answerDhcp4 } from './answer.js';
import { addressOctets, readAddress, readText, readUint32, textOctets, uint16Octets } from './option-value.js';
import {
  FLAG_BROADCAST,
  MESSAGE_TYPES,
  messageType,
  type Dhcp4Packet,
  type MessageType,
  type Options4,
} from './packet.js';
import type { Dhcp4Answer, Dhcp4Arrival, Dhcp4Sources } from './question.js';
import { reasonsOf } from './summary.js';

const SERVER = '192.168.124.10';
const KNOWN = '52:54:00:00:00:01';
const SECOND_NIC = '52:54:00:00:00:02';
const STRANGER = '52:54:00:00:00:99';

const admin: ViewNetwork = {
  id: idOf<NetworkId>('1'),
  name: 'admin',
  category: 'admin',
  group: 'internal',
  link: 'rack',
  subnets: [
    {
      family: 4,
      cidr: '192.168.124.0/24',
      router: '192.168.124.1',
      pools: [{ name: 'dhcp', first: '192.168.124.21', last: '192.168.124.24' }],
      routes: [],
    },
    { family: 6, cidr: 'fd00:1::/64', pools: [], routes: [] },
  ],
  domain: 'example.com',
  nameServers: [SERVER, 'fd00:1::10'],
  timeServers: [SERVER],
  mtu: 9000,
  poolLeaseSeconds: 600,
  reservedLeaseSeconds: 86_400,
  dhcp: 'serve',
};
const far: ViewNetwork = {
  ...admin,
  id: idOf<NetworkId>('2'),
  name: 'far',
  link: 'far',
  subnets: [
    {
      family: 4,
      cidr: '10.9.0.0/16',
      router: '10.9.0.1',
      pools: [{ name: 'dhcp', first: '10.9.1.1', last: '10.9.1.9' }],
      routes: [{ destination: '172.16.0.0/12', via: '10.9.0.2' }],
    },
  ],
};

const machine: ViewMachine = {
  node: idOf<NodeId>('n1'),
  name: 'd1.example.com',
  deployment: 'system',
  roles: [],
  macs: [KNOWN, SECOND_NIC],
  uuid: null,
  addresses: [{ network: 'admin', range: 'host', family: 4, address: '192.168.124.81' }],
  bootenv: 'discovery',
  secureBoot: false,
  params: {},
};

let view: BootView;
let book: LeaseBook;
let sources: Dhcp4Sources;
let now: number;
let bootDecision: BootDecision;
let asked: BootFacts | null;

const put = (...documents: ViewChange[]) => view.apply(documents, view.generation + 1);
const network = (body: ViewNetwork): ViewDocument => ({ kind: 'network', id: body.id, body });

beforeEach(() => {
  view = new BootView();
  put(network(admin), network(far), { kind: 'machine', id: 'n1', body: machine });
  book = new LeaseBook();
  now = 1_000_000;
  asked = null;
  bootDecision = { boot: 'nothing', bootenv: null, machine: null, reasons: ['nothing to boot'] };
  sources = {
    view,
    book,
    ours: new Set([SERVER, '10.8.0.1']),
    decideBoot: (facts) => {
      asked = facts;
      return bootDecision;
    },
  };
});

const packet = (
  type: MessageType,
  mac: string,
  options: Options4 = {},
  more: Partial<Dhcp4Packet> = {},
): Dhcp4Packet => ({
  op: 1,
  htype: 1,
  hops: 0,
  xid: 0x1234,
  secs: 0,
  flags: 0,
  ciaddr: '0.0.0.0',
  yiaddr: '0.0.0.0',
  siaddr: '0.0.0.0',
  giaddr: '0.0.0.0',
  chaddr: mac,
  sname: '',
  file: '',
  options: (type === 'BOOTP' ? options : { 53: [MESSAGE_TYPES.indexOf(type)], ...options }) as Options4,
  ...more,
});

const arrival: Dhcp4Arrival = { local: [SERVER], from: '0.0.0.0', fromPort: 68, port: 67, unicast: false };
const ask = (request: Dhcp4Packet, more: Partial<Dhcp4Arrival> = {}): Dhcp4Answer =>
  answerDhcp4(request, { ...arrival, ...more }, sources, now);
const replyTo = (request: Dhcp4Packet, more: Partial<Dhcp4Arrival> = {}) => {
  const answer = ask(request, more);
  if (answer.kind !== 'reply') throw new Error(`silence: ${reasonsOf(answer).join('; ')}`);
  return answer;
};
const said = (answer: Dhcp4Answer) =>
  answer.kind === 'silence' ? answer.reason : `${messageType(answer.packet)} ${answer.packet.yiaddr}`;

const take = (mac: string, options: Options4 = {}) => {
  const offer = replyTo(packet('DISCOVER', mac, options));
  return replyTo(
    packet('REQUEST', mac, { ...options, 50: addressOctets(offer.packet.yiaddr), 54: addressOctets(SERVER) }),
  );
};
const by = (address: string): Options4 => ({ 50: addressOctets(address), 54: addressOctets(SERVER) });

describe('a network that names no server for names', () => {
  const nameServersOf = () => replyTo(packet('DISCOVER', KNOWN)).packet.options[6];
  const withNames = (nameServers: string[], servesNames: boolean) => {
    put(network({ ...admin, nameServers }));
    sources = { ...sources, servesNames: () => servesNames };
  };

  it('tells machines of us where we serve names', () => {
    withNames([], true);
    expect(nameServersOf()).toEqual([192, 168, 124, 10]);
    expect(take(STRANGER).packet.options[6]).toEqual([192, 168, 124, 10]);
  });

  it('tells them of nobody where we do not, and of those alone that are named', () => {
    withNames([], false);
    expect(nameServersOf()).toBeUndefined();
    withNames(['192.0.2.53'], true);
    expect(nameServersOf()).toEqual([192, 0, 2, 53]);
    withNames(['fd00:1::10'], true);
    expect(nameServersOf()).toBeUndefined();
  });
});

describe('DISCOVER', () => {
  it('offers a machine the address that is kept for it, with its name', () => {
    const { packet: offer, to, lease } = replyTo(packet('DISCOVER', KNOWN));
    expect(offer).toMatchObject({ op: 2, yiaddr: '192.168.124.81', ciaddr: '0.0.0.0', xid: 0x1234 });
    expect(readText(offer.options[12])).toBe('d1');
    expect(readText(offer.options[15])).toBe('example.com');
    expect(readUint32(offer.options[51])).toBe(86_400);
    expect([readUint32(offer.options[58]), readUint32(offer.options[59])]).toEqual([43_200, 75_600]);
    expect(readAddress(offer.options[1])).toBe('255.255.255.0');
    expect(readAddress(offer.options[28])).toBe('192.168.124.255');
    expect(readAddress(offer.options[3])).toBe('192.168.124.1');
    expect(offer.options[6]).toEqual([192, 168, 124, 10]);
    expect(readAddress(offer.options[54])).toBe(SERVER);
    expect(to).toEqual({ kind: 'link', address: '192.168.124.81', mac: KNOWN });
    expect(lease).toBeNull();
  });

  it('offers strangers addresses of the pool, each its own, and says when there are no more', () => {
    const macs = [1, 2, 3, 4, 5].map((index) => `52:54:00:00:01:0${index}`);
    expect(macs.map((mac) => said(ask(packet('DISCOVER', mac))))).toEqual([
      'OFFER 192.168.124.21',
      'OFFER 192.168.124.22',
      'OFFER 192.168.124.23',
      'OFFER 192.168.124.24',
      'no-free-address',
    ]);
    now += OFFER_HOLD_MS;
    expect(said(ask(packet('DISCOVER', macs[4] as string)))).toBe('OFFER 192.168.124.21');
  });

  it('offers the same again to one who asks again', () => {
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('OFFER 192.168.124.21');
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('OFFER 192.168.124.21');
  });

  it('offers a returning client the address it had, or the one it wishes when that is free', () => {
    expect(said(ask(packet('DISCOVER', STRANGER, { 50: addressOctets('192.168.124.23') })))).toBe(
      'OFFER 192.168.124.23',
    );
    take(STRANGER);
    now += 10_000_000;
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('OFFER 192.168.124.23');
    expect(said(ask(packet('DISCOVER', '52:54:00:00:00:98', { 50: addressOctets('192.168.124.81') })))).toBe(
      'OFFER 192.168.124.21',
    );
  });

  it('passes over its own address, the router and what is kept for machines, where a pool holds them', () => {
    put(
      network({
        ...admin,
        subnets: [
          {
            ...(admin.subnets[0] as (typeof admin.subnets)[0]),
            router: '192.168.124.22',
            pools: [
              { name: 'dhcp', first: '192.168.124.10', last: '192.168.124.10' },
              { name: 'dhcp2', first: '192.168.124.22', last: '192.168.124.22' },
              { name: 'dhcp3', first: '192.168.124.81', last: '192.168.124.82' },
            ],
          },
        ],
      }),
    );
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('OFFER 192.168.124.82');
  });

  it('gives the second interface of a machine another address while the first holds the reserved one', () => {
    take(KNOWN);
    expect(said(ask(packet('DISCOVER', SECOND_NIC)))).toBe('OFFER 192.168.124.21');
    ask(packet('RELEASE', KNOWN, { 54: addressOctets(SERVER) }, { ciaddr: '192.168.124.81' }));
    expect(said(ask(packet('DISCOVER', SECOND_NIC)))).toBe('OFFER 192.168.124.81');
  });

  it('is silent with a reason where it has nothing to say', () => {
    put(network({ ...admin, subnets: [{ ...(admin.subnets[0] as (typeof admin.subnets)[0]), pools: [] }] }));
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('only-known-machines');
    expect(said(ask(packet('DISCOVER', STRANGER), { local: ['203.0.113.1'] }))).toBe('unknown-link');
    expect(said(ask(packet('DISCOVER', STRANGER, {}, { op: 2 })))).toBe('not-a-request');
    expect(said(ask(packet('DISCOVER', STRANGER, {}, { hops: 17 })))).toBe('too-many-hops');
    expect(said(ask(packet('DISCOVER', '00:00:00:00:00:00')))).toBe('no-identity');
    expect(said(ask(packet('BOOTP', STRANGER)))).toBe('bootp');
    expect(said(ask(packet('OFFER', STRANGER)))).toBe('unknown-type');
    put(network({ ...admin, dhcp: 'off' }));
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('served-by-nobody');
  });

  it('answers as the client can hear: by its hardware address, or to all when it says so', () => {
    expect(replyTo(packet('DISCOVER', STRANGER, {}, { flags: FLAG_BROADCAST })).to).toEqual({ kind: 'broadcast' });
    expect(replyTo(packet('DISCOVER', STRANGER)).to.kind).toBe('link');
  });

  it('sends what is asked for, and leaves out what a short message has no room for', () => {
    const list = { 55: [26, 42, 119, 121] };
    const rich = replyTo(packet('DISCOVER', STRANGER, list)).packet.options;
    expect([rich[26], rich[42], rich[119]]).toEqual([
      [35, 40],
      [192, 168, 124, 10],
      [7, ...textOctets('example'), 3, ...textOctets('com'), 0],
    ]);
    expect(replyTo(packet('DISCOVER', STRANGER)).packet.options[26]).toBeUndefined();
    put(network({ ...admin, timeServers: Array.from({ length: 120 }, (_, index) => `192.0.2.${index + 1}`) }));
    expect(replyTo(packet('DISCOVER', STRANGER, list)).packet.options[42]).toBeUndefined();
    expect(replyTo(packet('DISCOVER', STRANGER, { ...list, 57: uint16Octets(1_472) })).packet.options[42]).toHaveLength(
      480,
    );
  });
});

describe('REQUEST', () => {
  it('SELECTING: acknowledges what was offered, with a lease to be written down', () => {
    const { packet: ack, lease } = take(STRANGER);
    expect(said({ kind: 'reply', packet: ack } as Dhcp4Answer)).toBe('ACK 192.168.124.21');
    expect(lease).toEqual({
      network: admin.id,
      family: 4,
      address: '192.168.124.21',
      holder: `mac:${STRANGER}`,
      mac: STRANGER,
      node: null,
      hostname: null,
      state: 'bound',
      since: now,
      until: now + 600_000,
    });
  });

  it('SELECTING: is silent when another server was chosen, and gives the offered address to others', () => {
    ask(packet('DISCOVER', STRANGER));
    const answer = ask(
      packet('REQUEST', STRANGER, { 50: addressOctets('192.168.124.200'), 54: addressOctets('192.168.124.5') }),
    );
    expect(answer).toMatchObject({ kind: 'silence', reason: 'another-server', otherServer: '192.168.124.5' });
    expect(book.mayHave('192.168.124.21', 'mac:other', now)).toBe(true);
  });

  it('SELECTING: acknowledges an offer that was made before a restart, as long as the address is free', () => {
    expect(said(ask(packet('REQUEST', STRANGER, by('192.168.124.22'))))).toBe('ACK 192.168.124.22');
    expect(said(ask(packet('REQUEST', '52:54:00:00:00:98', by('192.168.124.22'))))).toBe('NAK 0.0.0.0');
  });

  it('SELECTING: refuses what is kept for another, in no pool, ours, or of another link', () => {
    for (const address of ['192.168.124.81', '192.168.124.150', SERVER, '10.9.1.1', '203.0.113.5'])
      expect(said(ask(packet('REQUEST', STRANGER, by(address)))), address).toBe('NAK 0.0.0.0');
  });

  it('INIT-REBOOT: goes on with the address it has, refuses another, and is silent about what it does not know', () => {
    take(STRANGER);
    const again = (address: string) => ask(packet('REQUEST', STRANGER, { 50: addressOctets(address) }));
    expect(said(again('192.168.124.21'))).toBe('ACK 192.168.124.21');
    expect(said(again('192.168.124.22'))).toBe('NAK 0.0.0.0');
    expect(said(again('10.9.1.1'))).toBe('NAK 0.0.0.0');
    expect(said(ask(packet('REQUEST', '52:54:00:00:00:98', { 50: addressOctets('192.168.124.23') })))).toBe(
      'unknown-client',
    );
    expect(said(ask(packet('REQUEST', '52:54:00:00:00:98', { 50: addressOctets('192.168.124.21') })))).toBe(
      'NAK 0.0.0.0',
    );
  });

  it('INIT-REBOOT: sends a machine that got a reservation meanwhile back to the start', () => {
    put({ kind: 'machine', id: 'n1', body: { ...machine, addresses: [] } });
    take(KNOWN);
    put({ kind: 'machine', id: 'n1', body: machine });
    expect(said(ask(packet('REQUEST', KNOWN, { 50: addressOctets('192.168.124.21') })))).toBe('NAK 0.0.0.0');
    expect(said(ask(packet('DISCOVER', KNOWN)))).toBe('OFFER 192.168.124.81');
  });

  it('RENEWING: extends, by unicast, also for a machine that got a reservation meanwhile', () => {
    put({ kind: 'machine', id: 'n1', body: { ...machine, addresses: [] } });
    take(KNOWN);
    const { since } = book.leaseAt('192.168.124.21') as { since: number };
    put({ kind: 'machine', id: 'n1', body: machine });
    now += 300_000;
    const renewed = replyTo(packet('REQUEST', KNOWN, {}, { ciaddr: '192.168.124.21' }), {
      unicast: true,
      from: '192.168.124.21',
    });
    expect(renewed.packet).toMatchObject({ yiaddr: '192.168.124.21', ciaddr: '192.168.124.21' });
    expect(renewed.to).toEqual({ kind: 'unicast', address: '192.168.124.21', port: 68 });
    expect(renewed.lease).toMatchObject({ since, until: now + 600_000 });
  });

  it('RENEWING: extends for a machine that was told apart by its client identifier until it became known', () => {
    put({ kind: 'machine', id: 'n1', body: null });
    const identifier = { 61: [255, 1, 2, 3] };
    expect(take(KNOWN, identifier).lease?.holder).toBe('client:ff010203');
    put({ kind: 'machine', id: 'n1', body: machine });
    const renew = packet('REQUEST', KNOWN, identifier, { ciaddr: '192.168.124.21' });
    expect(replyTo(renew).lease?.holder).toBe(`mac:${KNOWN}`);
    const stranger = packet('REQUEST', STRANGER, identifier, { ciaddr: '192.168.124.21' });
    expect(said(ask(stranger))).toBe('NAK 0.0.0.0');
  });

  it('RENEWING: comes from routers away, and is judged by its own address', () => {
    const renew = packet('REQUEST', STRANGER, {}, { ciaddr: '10.9.1.3' });
    expect(said(ask(renew, { unicast: true, from: '10.9.1.3' }))).toBe('ACK 10.9.1.3');
  });

  it('REBINDING: refuses an address of another link, to all, so that the client begins anew', () => {
    const { packet: nak, to } = replyTo(packet('REQUEST', STRANGER, {}, { ciaddr: '10.9.1.3' }));
    expect(messageType(nak)).toBe('NAK');
    expect(to).toEqual({ kind: 'broadcast' });
    expect(readText(nak.options[56])).toMatch(/not of this link/);
  });

  it('gives the lease that a client wishes when it is shorter, but none that keeps us busy', () => {
    const seconds = (wish: number) =>
      readUint32(replyTo(packet('DISCOVER', STRANGER, { 51: [0, 0, wish >> 8, wish & 255] })).packet.options[51]);
    expect([seconds(300), seconds(5), seconds(60_000)]).toEqual([300, 60, 600]);
  });
});

describe('DECLINE, RELEASE, INFORM', () => {
  it('gives a declined address to nobody for an hour, and its owner another one', () => {
    take(STRANGER);
    const answer = ask(packet('DECLINE', STRANGER, by('192.168.124.21')));
    expect(answer).toMatchObject({
      kind: 'silence',
      reason: 'took-note',
      lease: { state: 'declined', until: now + DECLINED_MS },
    });
    expect(said(ask(packet('DISCOVER', STRANGER)))).toBe('OFFER 192.168.124.22');
    expect(said(ask(packet('DISCOVER', '52:54:00:00:00:98', { 50: addressOctets('192.168.124.21') })))).toBe(
      'OFFER 192.168.124.23',
    );
  });

  it('lets nobody decline or release what another has', () => {
    take(STRANGER);
    ask(packet('DECLINE', '52:54:00:00:00:98', by('192.168.124.21')));
    ask(packet('RELEASE', '52:54:00:00:00:98', { 54: addressOctets(SERVER) }, { ciaddr: '192.168.124.21' }));
    expect(book.leaseAt('192.168.124.21')).toMatchObject({ state: 'bound', holder: `mac:${STRANGER}` });
  });

  it('takes a released address back and writes that down', () => {
    take(STRANGER);
    const answer = ask(packet('RELEASE', STRANGER, { 54: addressOctets(SERVER) }, { ciaddr: '192.168.124.21' }));
    expect(answer).toMatchObject({ kind: 'silence', reason: 'took-note', lease: { state: 'released', until: now } });
  });

  it('tells an informed client everything but an address and times', () => {
    const { packet: ack, to, lease } = replyTo(packet('INFORM', STRANGER, {}, { ciaddr: '192.168.124.200' }));
    expect(ack).toMatchObject({ yiaddr: '0.0.0.0', ciaddr: '192.168.124.200' });
    expect([ack.options[51], ack.options[58], ack.options[59], lease]).toEqual([undefined, undefined, undefined, null]);
    expect(ack.options[6]).toEqual([192, 168, 124, 10]);
    expect(to).toEqual({ kind: 'unicast', address: '192.168.124.200', port: 68 });
  });
});

describe('who asks', () => {
  it('is one machine whatever client identifier it sends, when the view knows it', () => {
    take(KNOWN, { 61: [255, 1, 2, 3, 4] });
    const answer = take(KNOWN, { 61: [1, 0x52, 0x54, 0, 0, 0, 1] });
    expect(answer.packet.yiaddr).toBe('192.168.124.81');
    expect(answer.lease?.holder).toBe(`mac:${KNOWN}`);
    expect(answer.packet.options[61]).toEqual([1, 0x52, 0x54, 0, 0, 0, 1]);
  });

  it('is told apart by client identifier when nobody knows it, unless that repeats the hardware address', () => {
    expect(take(STRANGER, { 61: [255, 1] }).lease?.holder).toBe('client:ff01');
    expect(take(STRANGER, { 61: [255, 2] }).packet.yiaddr).toBe('192.168.124.22');
    expect(take(STRANGER, { 61: [1, 0x52, 0x54, 0, 0, 0, 0x99] }).lease?.holder).toBe(`mac:${STRANGER}`);
    const infiniband = packet('DISCOVER', '', { 61: [255, 7, 7] }, { htype: 32 });
    expect(replyTo(infiniband).to).toMatchObject({ kind: 'link', mac: '' });
  });

  it('is the port of the switch where the network says so', () => {
    put(network({ ...far, byCircuit: true }));
    const through = (mac: string, circuit: number) =>
      replyTo(packet('DISCOVER', mac, { 82: [1, 1, circuit] }, { giaddr: '10.9.0.1' })).packet.yiaddr;
    expect([through(STRANGER, 1), through('52:54:00:00:00:98', 1), through(STRANGER, 2)]).toEqual([
      '10.9.1.1',
      '10.9.1.1',
      '10.9.1.2',
    ]);
  });
});

describe('relays', () => {
  it('are answered at their port, with their information as it came', () => {
    const relayed = packet('DISCOVER', STRANGER, { 82: [1, 3, 1, 2, 3, 2, 1, 9] }, { giaddr: '10.9.0.1', hops: 1 });
    const { packet: offer, to } = replyTo(relayed, { from: '10.9.0.1', fromPort: 67, unicast: true });
    expect(offer).toMatchObject({ yiaddr: '10.9.1.1', giaddr: '10.9.0.1' });
    expect(offer.options[82]).toEqual([1, 3, 1, 2, 3, 2, 1, 9]);
    expect(to).toEqual({ kind: 'relay', address: '10.9.0.1', port: 67 });
  });

  it('choose the link by sub-option 5 or option 118, and get answers where theirs come from (RFC 8357)', () => {
    const relayed = (options: Options4) =>
      replyTo(packet('DISCOVER', STRANGER, options, { giaddr: '192.168.124.1' }), { fromPort: 1_067 });
    expect(relayed({ 82: [5, 4, 10, 9, 0, 0] }).packet.yiaddr).toBe('10.9.1.1');
    const byOption = relayed({ 118: [10, 9, 0, 0], 82: [19, 2, 0, 0] });
    expect(byOption.packet.yiaddr).toBe('10.9.1.1');
    expect(byOption.packet.options[118]).toEqual([10, 9, 0, 0]);
    expect(byOption.to).toEqual({ kind: 'relay', address: '192.168.124.1', port: 1_067 });
  });

  it('may prescribe by which address the client knows the server (RFC 5107)', () => {
    const options = { 82: [11, 4, 10, 9, 0, 1] };
    const offer = replyTo(packet('DISCOVER', STRANGER, options, { giaddr: '10.9.0.1' })).packet;
    expect(readAddress(offer.options[54])).toBe('10.9.0.1');
    const request = packet(
      'REQUEST',
      STRANGER,
      { ...options, 50: addressOctets('10.9.1.1'), 54: addressOctets('10.9.0.1') },
      { giaddr: '10.9.0.1' },
    );
    expect(said(ask(request))).toBe('ACK 10.9.1.1');
  });

  it('are told to broadcast a refusal', () => {
    const { packet: nak, to } = replyTo(packet('REQUEST', STRANGER, by('192.168.124.21'), { giaddr: '10.9.0.1' }));
    expect(nak.flags).toBe(FLAG_BROADCAST);
    expect(to).toMatchObject({ kind: 'relay', address: '10.9.0.1' });
  });
});

describe('several networks', () => {
  it('of one link share its packets: pools of both, reservations of either, the server by the address of each', () => {
    const second: ViewNetwork = { ...far, link: 'rack' };
    put(network(second), {
      kind: 'machine',
      id: 'n1',
      body: { ...machine, addresses: [{ network: 'far', range: 'host', family: 4, address: '10.9.7.7' }] },
    });
    const local = [SERVER, '10.9.0.5'];
    const offer = replyTo(packet('DISCOVER', KNOWN, { 55: [121] }), { local }).packet;
    expect(offer.yiaddr).toBe('10.9.7.7');
    expect(readAddress(offer.options[54])).toBe('10.9.0.5');
    expect(offer.options[121]).toEqual([12, 172, 16, 10, 9, 0, 2, 0, 10, 9, 0, 1]);
    const strangers = [1, 2, 3, 4, 5].map((index) =>
      said(ask(packet('DISCOVER', `52:54:00:00:01:0${index}`), { local })),
    );
    expect(strangers.at(-1)).toBe('OFFER 10.9.1.1');
  });
});

describe('booting', () => {
  const pxe = {
    60: textOctets('PXEClient:Arch:00007:UNDI:003000'),
    93: [0, 7],
    55: [1, 3, 66, 67],
    97: [0, 0x33, 0x22, 0x11, 0, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 1, 2, 3, 4, 5, 6],
  };

  it('asks one function with all that the client told', () => {
    ask(packet('DISCOVER', KNOWN, { ...pxe, 77: textOctets('iPXE') }));
    expect(asked).toEqual({
      via: 'dhcp4',
      family: 4,
      architecture: 7,
      vendorClass: 'PXEClient:Arch:00007:UNDI:003000',
      ipxe: true,
      mac: KNOWN,
      uuid: '00112233-4455-6677-8899-010203040506',
      server: SERVER,
      httpPort: 7780,
    });
    asked = null;
    ask(packet('DISCOVER', KNOWN));
    expect(asked).toBeNull();
    ask(packet('DISCOVER', KNOWN, { 175: [1, 1, 1] }));
    expect(asked).toMatchObject({ ipxe: true });
    ask(packet('DISCOVER', KNOWN, { 77: [4, ...textOctets('iPXE')] }));
    expect(asked).toMatchObject({ ipxe: true });
  });

  it('names a file in the field of old and in option 67, the server in siaddr, and no option 60 or 43', () => {
    bootDecision = { boot: 'file', file: 'snponly.efi', bootenv: 'discovery', machine, reasons: ['because'] };
    const { packet: offer, why } = replyTo(packet('DISCOVER', KNOWN, pxe));
    expect(offer).toMatchObject({ siaddr: SERVER, file: 'snponly.efi' });
    expect([readText(offer.options[67]), readText(offer.options[66])]).toEqual(['snponly.efi', SERVER]);
    expect([offer.options[60], offer.options[43]]).toEqual([undefined, undefined]);
    expect(why).toContain('because');
  });

  it('gives a UEFI HTTP client its URL with option 60', () => {
    bootDecision = {
      boot: 'url',
      url: `http://${SERVER}:7780/files/snponly.efi`,
      bootenv: 'discovery',
      machine,
      reasons: [],
    };
    const http = { ...pxe, 60: textOctets('HTTPClient:Arch:00016:UNDI:003000'), 93: [0, 16] };
    const { options } = replyTo(packet('DISCOVER', KNOWN, http)).packet;
    expect([readText(options[60]), readText(options[67])]).toEqual([
      'HTTPClient',
      `http://${SERVER}:7780/files/snponly.efi`,
    ]);
  });

  it('adds only what to boot where another server gives out addresses', () => {
    put(network({ ...admin, dhcp: 'proxy' }));
    expect(said(ask(packet('DISCOVER', KNOWN)))).toBe('not-booting');
    expect(said(ask(packet('DISCOVER', KNOWN, pxe)))).toBe('nothing-to-boot');
    bootDecision = { boot: 'file', file: 'snponly.efi', bootenv: 'discovery', machine, reasons: [] };
    const offer = replyTo(packet('DISCOVER', KNOWN, pxe));
    expect(offer.to).toEqual({ kind: 'broadcast' });
    expect(offer.packet).toMatchObject({ yiaddr: '0.0.0.0', siaddr: SERVER, file: 'snponly.efi' });
    expect(offer.packet.options).toMatchObject({
      53: [2],
      60: textOctets('PXEClient'),
      43: [6, 1, 8, 255],
      97: pxe[97],
    });
    expect(
      said(
        ask(
          packet('REQUEST', KNOWN, { ...pxe, 50: addressOctets('192.168.124.40'), 54: addressOctets('192.168.124.5') }),
        ),
      ),
    ).toBe('another-server');
    const ack = replyTo(packet('REQUEST', KNOWN, pxe, { ciaddr: '192.168.124.40' }), {
      port: 4011,
      from: '192.168.124.40',
      fromPort: 4011,
      unicast: true,
    });
    expect(messageType(ack.packet)).toBe('ACK');
    expect(ack.to).toEqual({ kind: 'unicast', address: '192.168.124.40', port: 4011 });
    expect(book.size).toBe(0);
  });
});
