import * as packets from 'dns-packet';
import { idOf, type ViewChange } from '#core';
import { TCP_BYTES_MAX } from './limits.js';
import { Responder } from './responder.js';

export interface FuzzResult {
  /** Messages that were answered, that got nothing, and that would have been forwarded. */
  readonly answered: number;
  readonly silent: number;
  readonly forwarded: number;
}

/** A network, a few machines, aliases, and a zone that forwards: something to be asked about on every path. */
const VIEW: readonly ViewChange[] = [
  {
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
      nameServers: ['10.0.0.1'],
      timeServers: [],
      poolLeaseSeconds: 60,
      reservedLeaseSeconds: 60,
      dhcp: 'serve',
    },
  },
  { kind: 'name-filter', id: 'f', body: { name: 'f', priority: 1, matcher: '', template: '{{node.name}}' } },
  ...Array.from({ length: 8 }, (_, at): ViewChange => ({
    kind: 'machine',
    id: `m${at}`,
    body: {
      node: idOf(`m${at}`),
      name: `m${at}.example.com`,
      deployment: '',
      roles: [],
      macs: [],
      uuid: null,
      addresses: [{ network: 'admin', range: 'host', family: 4, address: `10.0.1.${at}` }],
      bootenv: 'local',
      secureBoot: false,
      params: {},
    },
  })),
  {
    kind: 'zone',
    id: 'z',
    body: {
      domain: 'example.com',
      ttl: 60,
      forwarders: [],
      records: [
        { name: 'www', type: 'CNAME', ttl: 60, value: 'm1' },
        { name: 'out', type: 'CNAME', ttl: 60, value: 'www.example.org.' },
        { name: 'note', type: 'TXT', ttl: 60, value: `"${'x'.repeat(250)}" "${'y'.repeat(250)}" "${'z'.repeat(250)}"` },
      ],
    },
  },
  { kind: 'zone', id: 'root', body: { domain: '.', ttl: 60, records: [], forwarders: ['192.0.2.53'] } },
];

/** Questions as clients send them, from which the mutants are made. */
const seeds = (): Buffer[] => {
  const ask = (name: string, type: string, more: Partial<packets.Packet> = {}): Buffer =>
    packets.encode({
      type: 'query',
      id: 0x1234,
      flags: packets.RECURSION_DESIRED,
      questions: [{ name, type: type as packets.RecordType }],
      ...more,
    });
  const edns = {
    additionals: [
      {
        type: 'OPT',
        name: '.',
        udpPayloadSize: 4_096,
        flags: packets.DNSSEC_OK,
        options: [],
      } as unknown as packets.Answer,
    ],
  };
  return [
    ask('m1.example.com', 'A'),
    ask('M1.eXample.com', 'A', edns),
    ask('m2.example.com', 'AAAA', edns),
    ask('www.example.com', 'A', edns),
    ask('out.example.com', 'A'),
    ask('note.example.com', 'TXT'),
    ask('1.1.0.10.in-addr.arpa', 'PTR', edns),
    ask('example.com', 'SOA'),
    ask('example.com', 'ANY', edns),
    ask('elsewhere.org', 'A'),
    ask('example.com', 'AXFR'),
    ask('example.com', 'A', { answers: [{ type: 'A', name: 'example.com', data: '10.0.0.1' }] }),
  ];
};

/**
 * Gives a responder so many messages that are nearly right, the same ones for the same seed. Throws when one of them
 * makes it throw, or makes an answer that cannot be read, is too long, or answers another question.
 */
export const fuzzDns = (count: number, seed = 1035): FuzzResult => {
  const responder = new Responder();
  responder.apply(VIEW, 1);
  const chance = chanceOf(seed);
  const all = seeds();
  const out = Buffer.alloc(TCP_BYTES_MAX + 2_048);
  const result = { answered: 0, silent: 0, forwarded: 0 };
  for (let turn = 0; turn < count; turn += 1) {
    const message = mutate(all[chance(all.length)] as Buffer, all, chance);
    const transport = chance(4) === 0 ? 'tcp' : 'udp';
    const client = chance(8) === 0 ? 0xcb007109 : 0x0a000005;
    const response = responder.respond(message, 0, message.length, client, out, 0, { transport, second: turn });
    if (typeof response !== 'number') result.forwarded += 1;
    else if (response === 0) result.silent += 1;
    else {
      result.answered += 1;
      check(message, out.subarray(0, response), transport);
    }
  }
  return result;
};

const check = (message: Buffer, reply: Buffer, transport: 'udp' | 'tcp'): void => {
  const wrong = (says: string): never => {
    throw new Error(`${says}: ${message.toString('hex')} was answered with ${reply.toString('hex')}`);
  };
  if (reply.readUInt16BE(0) !== message.readUInt16BE(0)) wrong('another id');
  if ((reply.readUInt8(2) & 0x80) === 0) wrong('no answer');
  if (transport === 'udp' && reply.length > 1_232) wrong('too long');
  const decoded = packets.decode(reply);
  if ((decoded.questions ?? []).length > 1) wrong('more than one question');
};

/** Flips bits, cuts, doubles, and puts pieces of one message into another. */
const mutate = (seed: Buffer, all: readonly Buffer[], chance: (below: number) => number): Buffer => {
  let message = Buffer.from(seed);
  for (let times = chance(5); times > 0; times -= 1) {
    const at = chance(message.length || 1);
    switch (chance(7)) {
      case 0:
        if (message.length > 0) message[at] = (message[at] as number) ^ (1 << chance(8));
        break;
      case 1:
        if (message.length > 0) message[at] = [0, 1, 0x3f, 0x40, 0xc0, 0xff][chance(6)] as number;
        break;
      case 2:
        message = message.subarray(0, at);
        break;
      case 3:
        message = Buffer.concat([message.subarray(0, at), message.subarray(Math.max(0, at - chance(20)))]);
        break;
      case 4: {
        const other = all[chance(all.length)] as Buffer;
        message = Buffer.concat([message.subarray(0, at), other.subarray(chance(other.length))]);
        break;
      }
      case 5:
        if (message.length > 12) message[4 + chance(8)] = chance(4);
        break;
      default:
        message = Buffer.concat([message, Buffer.alloc(chance(64), chance(256))]);
    }
  }
  return message;
};

/** Mulberry32: small, fast, and the same everywhere. */
const chanceOf = (seed: number): ((below: number) => number) => {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
};
