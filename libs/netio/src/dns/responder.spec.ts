import * as packets from 'dns-packet';
import { describe, expect, it } from 'vitest';
import { idOf, type ViewChange, type ViewRecord } from '#core';
import { fuzzDns } from './fuzz.js';
import { STRANGER_ANSWERS_PER_S_MAX } from './limits.js';
import { Responder, type Transport } from './responder.js';

const STRANGER = 0xcb007109;
const OURS = 0x0a000005;

const network: ViewChange = {
  kind: 'network',
  id: 'n',
  body: {
    id: idOf('n'),
    name: 'admin',
    category: 'admin',
    group: '',
    link: 'admin',
    subnets: [{ family: 4, cidr: '10.0.0.0/8', pools: [], routes: [] }],
    domain: 'example.com',
    nameServers: [],
    timeServers: [],
    poolLeaseSeconds: 60,
    reservedLeaseSeconds: 60,
    dhcp: 'serve',
  },
};
const zone = (records: readonly ViewRecord[], forwarders: readonly string[] = []): ViewChange => ({
  kind: 'zone',
  id: 'z',
  body: { domain: 'example.com', ttl: 60, records, forwarders },
});
const a = (name: string, value: string): ViewRecord => ({ name, type: 'A', ttl: 60, value });

const edns = (udpPayloadSize: number, flags = 0): packets.Answer[] => [
  { type: 'OPT', name: '.', udpPayloadSize, flags, options: [] } as unknown as packets.Answer,
];

const responderOf = (...changes: readonly ViewChange[]): Responder => {
  const responder = new Responder();
  responder.apply([network, ...changes], 1);
  return responder;
};

const out = Buffer.alloc(70_000);
const bytesFor = (
  responder: Responder,
  message: Buffer,
  client = OURS,
  transport: Transport = 'udp',
  second = 0,
): Buffer => {
  const response = responder.respond(message, 0, message.length, client, out, 0, { transport, second });
  if (typeof response !== 'number') throw new Error('it is to be forwarded');
  return Buffer.from(out.subarray(0, response));
};
const ask = (
  responder: Responder,
  name: string,
  type: packets.RecordType = 'A',
  more: Partial<packets.Packet> = {},
  transport: Transport = 'udp',
) =>
  packets.decode(
    bytesFor(
      responder,
      packets.encode({ type: 'query', id: 7, questions: [{ name, type }], ...more }),
      OURS,
      transport,
    ),
  );

describe('a message', () => {
  it('is answered the same the second time, when the answer lies ready, but for its id, spelling and flags', () => {
    const responder = responderOf(zone([a('www', '10.0.0.1'), a('www', '10.0.0.2')]));
    const query = (id: number, name: string, flags = 0): Buffer =>
      packets.encode({
        type: 'query',
        id,
        flags,
        questions: [{ name, type: 'A' }],
        additionals: edns(1_232, flags & 1 ? packets.DNSSEC_OK : 0),
      });
    const first = bytesFor(responder, query(1, 'www.example.com'));
    const second = bytesFor(responder, query(1, 'www.example.com'));
    expect(responder.counts.ready).toBe(1);
    expect(second).toEqual(first);
    const mixed = packets.decode(bytesFor(responder, query(0xbeef, 'wWw.ExAmPlE.cOm', packets.RECURSION_DESIRED)));
    expect(responder.counts.ready).toBe(2);
    expect(mixed).toMatchObject({ id: 0xbeef, flag_rd: true, flag_aa: true, flag_ra: false });
    expect(mixed.questions).toMatchObject([{ name: 'wWw.ExAmPlE.cOm' }]);
    expect(mixed.answers).toMatchObject([{ name: 'wWw.ExAmPlE.cOm', data: '10.0.0.1' }, { data: '10.0.0.2' }]);
  });

  it('is answered anew when what lies ready is not true any more', () => {
    const responder = responderOf(zone([a('www', '10.0.0.1'), a('other', '10.0.0.3')]));
    for (let times = 0; times < 2; times += 1) ask(responder, 'www.example.com');
    ask(responder, 'gone.example.com');
    responder.apply([zone([a('www', '10.0.0.2'), a('other', '10.0.0.3'), a('gone', '10.0.0.9')])], 2);
    expect(ask(responder, 'www.example.com').answers).toMatchObject([{ data: '10.0.0.2' }]);
    expect(ask(responder, 'gone.example.com').answers).toMatchObject([{ data: '10.0.0.9' }]);
    responder.apply([zone([])], 3);
    expect(ask(responder, 'www.example.com')).toMatchObject({ rcode: 'NXDOMAIN', answers: [] });
  });

  it('is refused to a stranger from the moment that the zone is for others', () => {
    const responder = responderOf(zone([a('www', '10.0.0.1')]));
    const query = packets.encode({ type: 'query', id: 7, questions: [{ name: 'www.example.com', type: 'A' }] });
    for (let times = 0; times < 2; times += 1)
      expect(packets.decode(bytesFor(responder, query, STRANGER, 'udp', 1))).toMatchObject({ rcode: 'NOERROR' });
    const { body } = zone([a('www', '10.0.0.1')]) as { body: object };
    responder.apply([{ kind: 'zone', id: 'z', body: { ...body, clients: ['admin'] } } as unknown as ViewChange], 2);
    expect(packets.decode(bytesFor(responder, query, STRANGER, 'udp', 1))).toMatchObject({ rcode: 'REFUSED' });
    expect(packets.decode(bytesFor(responder, query))).toMatchObject({ rcode: 'NOERROR' });
  });

  it('has a ready answer still when another machine has changed', () => {
    const machine = (name: string, address: string): ViewChange => ({
      kind: 'machine',
      id: name,
      body: {
        node: idOf(name),
        name: `${name}.example.com`,
        deployment: '',
        roles: [],
        macs: [],
        uuid: null,
        addresses: [{ network: 'admin', range: 'host', family: 4, address }],
        bootenv: 'local',
        secureBoot: false,
        params: {},
      },
    });
    const all: ViewChange = {
      kind: 'name-filter',
      id: 'f',
      body: { name: 'f', priority: 1, matcher: '', template: '{{node.name}}' },
    };
    const responder = responderOf(all, machine('d1', '10.0.0.1'), machine('d2', '10.0.0.2'));
    ask(responder, 'd1.example.com');
    responder.apply([machine('d2', '10.0.0.3')], 2);
    expect(ask(responder, 'd1.example.com').answers).toMatchObject([{ data: '10.0.0.1' }]);
    expect(responder.counts.ready).toBe(1);
    responder.apply([machine('d1', '10.0.0.4')], 3);
    expect(ask(responder, 'd1.example.com').answers).toMatchObject([{ data: '10.0.0.4' }]);
    expect(responder.counts.ready).toBe(1);
  });

  it('gets no more than its sender takes, and is told to come again over TCP', () => {
    const many = Array.from({ length: 60 }, (_, at) => a('many', `10.0.0.${at + 1}`));
    const responder = responderOf(zone(many));
    expect(ask(responder, 'many.example.com')).toMatchObject({ flag_tc: true, answers: [] });
    expect(ask(responder, 'many.example.com', 'A', { additionals: edns(1_232) })).toMatchObject({ flag_tc: false });
    expect(ask(responder, 'many.example.com', 'A', { additionals: edns(512) })).toMatchObject({ flag_tc: true });
    expect(ask(responder, 'many.example.com', 'A', {}, 'tcp').answers).toHaveLength(60);
  });

  it('with a longer list than UDP carries without fragments is truncated, whatever its sender says', () => {
    const many = Array.from({ length: 200 }, (_, at) => a('many', `10.0.0.${at + 1}`));
    expect(ask(responderOf(zone(many)), 'many.example.com', 'A', { additionals: edns(65_000) })).toMatchObject({
      flag_tc: true,
    });
  });

  it('of a later EDNS is told the version that is spoken here (RFC 6891)', () => {
    const message = packets.encode({
      type: 'query',
      id: 7,
      questions: [{ name: 'example.com', type: 'A' }],
      additionals: edns(1_232),
    });
    // The version is the sixth octet from the end of an OPT without options.
    message[message.length - 5] = 1;
    const reply = packets.decode(bytesFor(responderOf(), message));
    expect(reply.additionals).toMatchObject([{ type: 'OPT', ednsVersion: 0, extendedRcode: 1 }]);
  });

  it.each([
    ['an answer', (query: Buffer) => void (query[2] = 0x80), 0],
    ['cut off within its header', null, 0],
    ['an update', (query: Buffer) => void (query[2] = 5 << 3), 4],
    ['two questions', (query: Buffer) => void (query[5] = 2), 1],
    ['no question', (query: Buffer) => void (query[5] = 0), 1],
    ['a name that points at itself', (query: Buffer) => void query.set([0xc0, 0x0c], 12), 1],
  ])('that is %s is not taken for a question', (_what, change, rcode) => {
    const query = packets.encode({ type: 'query', id: 7, questions: [{ name: 'example.com', type: 'A' }] });
    change?.(query);
    const reply = bytesFor(responderOf(), change ? query : query.subarray(0, 9));
    if (rcode === 0) expect(reply).toHaveLength(0);
    else expect(reply.readUInt8(3) & 0x0f).toBe(rcode);
  });

  it('of a stranger is answered so many times a second, then shortly or not at all', () => {
    const responder = responderOf(zone([a('www', '10.0.0.1')]));
    const query = packets.encode({ type: 'query', id: 7, questions: [{ name: 'www.example.com', type: 'A' }] });
    const replies = Array.from({ length: STRANGER_ANSWERS_PER_S_MAX + 100 }, () =>
      bytesFor(responder, query, STRANGER, 'udp', 1),
    );
    const whole = replies.filter((reply) => reply.length > 0 && (reply[2]! & 0x02) === 0);
    const short = replies.filter((reply) => reply.length > 0 && (reply[2]! & 0x02) !== 0);
    expect([whole.length, short.length]).toEqual([STRANGER_ANSWERS_PER_S_MAX, 50]);
    expect(short[0]!.length).toBeLessThanOrEqual(query.length);
    expect(bytesFor(responder, query, STRANGER, 'udp', 2).length, 'a second later').toBeGreaterThan(query.length);
    expect(
      Array.from({ length: 1_000 }, () => bytesFor(responder, query, OURS, 'udp', 1)).every(
        (reply) => reply.length > query.length,
      ),
    ).toBe(true);
  });

  it('that nobody here can answer is forwarded when it asks for that', () => {
    const responder = responderOf({
      kind: 'zone',
      id: 'r',
      body: { domain: '.', ttl: 60, records: [], forwarders: ['192.0.2.1'] },
    });
    const query = (flags: number) =>
      packets.encode({ type: 'query', id: 7, flags, questions: [{ name: 'example.org', type: 'A' }] });
    const asked = query(packets.RECURSION_DESIRED);
    expect(responder.respond(asked, 0, asked.length, OURS, out, 0, { transport: 'udp', second: 0 })).toMatchObject({
      forwarders: ['192.0.2.1'],
    });
    expect(packets.decode(bytesFor(responder, query(0)))).toMatchObject({ rcode: 'REFUSED', flag_ra: true });
    expect(packets.decode(bytesFor(responder, asked, STRANGER))).toMatchObject({ rcode: 'REFUSED', flag_ra: false });
  });

  it('about an alias that leads out is followed for whoever wants that, whoever asked before', () => {
    const out: ViewRecord = { name: 'out', type: 'CNAME', ttl: 60, value: 'www.example.org.' };
    const root: ViewChange = {
      kind: 'zone',
      id: 'r',
      body: { domain: '.', ttl: 60, records: [], forwarders: ['192.0.2.1'] },
    };
    const responder = responderOf(zone([out]), root);
    expect(ask(responder, 'out.example.com').answers).toHaveLength(1);
    expect(() => ask(responder, 'out.example.com', 'A', { flags: packets.RECURSION_DESIRED })).toThrow(
      'is to be forwarded',
    );
    expect(ask(responder, 'out.example.com').answers).toHaveLength(1);
  });
});

describe('50,000 messages that are nearly right', () => {
  it('are each answered so that it can be read, or not at all', () => {
    const { answered, silent, forwarded } = fuzzDns(50_000);
    expect(answered).toBeGreaterThan(20_000);
    expect(silent).toBeGreaterThan(1_000);
    expect(forwarded).toBeGreaterThan(1_000);
  });
});
