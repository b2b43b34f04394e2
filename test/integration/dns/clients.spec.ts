import { createSocket, type Socket } from 'node:dgram';
import { connect } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as packets from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SilentLog } from '#app';
import { idOf, type ViewChange } from '#core';
import { DnsServer } from '#netio';
import { CHECKOUT } from '#runtime';
import { answersOf, dig, missingPrograms, printed } from './dig.js';

/** Clients that others wrote, against our server on the loopback: in this process, and on threads of its own. */
const missing = missingPrograms(['dig', 'host', 'delv']);
if (missing.length > 0) console.log(`skipped, ${missing.join(' and ')} missing: install bind9-dnsutils and bind9-host`);

const machine = (name: string, v4: string, v6: string): ViewChange => ({
  kind: 'machine',
  id: name,
  body: {
    node: idOf(name),
    name: `${name}.example.com`,
    deployment: 'site',
    roles: [],
    macs: [],
    uuid: null,
    addresses: [
      { network: 'admin', range: 'host', family: 4, address: v4 },
      { network: 'admin', range: 'host-v6', family: 6, address: v6 },
    ],
    bootenv: 'local',
    secureBoot: false,
    params: {},
  },
});

const view = (forwarder: string): ViewChange[] => [
  {
    kind: 'network',
    id: 'admin',
    body: {
      id: idOf('admin'),
      name: 'admin',
      category: 'admin',
      group: '',
      link: 'admin',
      subnets: [
        { family: 4, cidr: '10.0.0.0/24', pools: [], routes: [] },
        { family: 6, cidr: 'fd00:0:0:1::/64', pools: [], routes: [] },
      ],
      domain: 'example.com',
      nameServers: ['10.0.0.1'],
      timeServers: [],
      poolLeaseSeconds: 60,
      reservedLeaseSeconds: 60,
      dhcp: 'serve',
    },
  },
  { kind: 'name-filter', id: 'f', body: { name: 'f', priority: 1, matcher: '', template: '{{node.name}}' } },
  machine('d1', '10.0.0.11', 'fd00:0:0:1::11'),
  {
    kind: 'zone',
    id: 'z',
    body: {
      domain: 'example.com',
      ttl: 60,
      forwarders: [],
      records: [
        { name: 'www', type: 'CNAME', ttl: 60, value: 'd1' },
        { name: 'out', type: 'CNAME', ttl: 60, value: 'far.example.org.' },
        ...Array.from({ length: 300 }, (_, at) => ({
          name: 'many',
          type: 'A' as const,
          ttl: 60,
          value: `10.1.${at >> 8}.${at & 255}`,
        })),
      ],
    },
  },
  { kind: 'zone', id: 'root', body: { domain: '.', ttl: 60, records: [], forwarders: [forwarder] } },
];

/** Somebody else's resolver: it answers every question about an address, but not the first time. */
const startElsewhere = async (): Promise<{ socket: Socket; asked: string[] }> => {
  const socket = createSocket('udp4');
  const asked: string[] = [];
  socket.on('message', (message, { port, address }) => {
    const { id, questions = [] } = packets.decode(message);
    const { name } = questions[0]!;
    asked.push(name);
    if (name === 'lazy.example.org' && asked.filter((each) => each === name).length === 1) return;
    const answers = [{ type: 'A' as const, name, ttl: 5, data: '203.0.113.5' }];
    socket.send(packets.encode({ type: 'response', id: id ?? 0, questions, answers }), port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { socket, asked };
};

describe.skipIf(missing.length > 0).each([
  ['in the process that called', 0],
  ['on two threads', 2],
])('a DNS server %s', (_where, threads) => {
  let server: DnsServer;
  let elsewhere: Awaited<ReturnType<typeof startElsewhere>>;

  beforeAll(async () => {
    elsewhere = await startElsewhere();
    server = await DnsServer.start({
      addresses: ['127.0.0.1', '::1'],
      port: 0,
      threads,
      log: new SilentLog(),
      threadEntry: pathToFileURL(join(CHECKOUT, 'dist/libs/netio/src/dns/thread.js')),
    });
    await server.apply(view(`127.0.0.1#${elsewhere.socket.address().port}`), 42);
  });
  afterAll(async () => {
    await server?.stop();
    elsewhere?.socket.close();
  });

  it('is understood by dig, over UDP and TCP, IPv4 and IPv6', async () => {
    const { port } = server;
    expect(await answersOf(port, ['d1.example.com', 'A'])).toEqual([
      'd1.example.com. 300 A 10.0.0.11'.replace('300', '60'),
    ]);
    expect(await answersOf(port, ['d1.example.com', 'AAAA', '+tcp'])).toEqual([
      'd1.example.com. 60 AAAA fd00:0:0:1::11',
    ]);
    expect(await answersOf(port, ['-x', '10.0.0.11'])).toEqual(['11.0.0.10.in-addr.arpa. 300 PTR d1.example.com.']);
    expect(await dig(port, ['+short', '-x', 'fd00:0:0:1::11'], '::1')).toBe('d1.example.com.\n');
    expect(await dig(port, ['+short', 'www.example.com'], '::1')).toBe('d1.example.com.\n10.0.0.11\n');
    const nothing = await dig(port, ['nobody.example.com']);
    expect(nothing).toMatch(
      /status: NXDOMAIN[^]*flags: qr aa rd ra;[^]*SOA\s+ns\.example\.com\. hostmaster\.example\.com\. 42 /,
    );
  });

  it('is understood by host and delv', async () => {
    const { port } = server;
    expect(await printed('host', ['-p', String(port), 'www.example.com', '127.0.0.1'])).toContain(
      'd1.example.com has IPv6 address fd00:0:0:1::11',
    );
    expect(await printed('host', ['-p', String(port), '10.0.0.11', '127.0.0.1'])).toContain(
      'domain name pointer d1.example.com.',
    );
    const delv = await printed('delv', ['@127.0.0.1', '-p', String(port), '-i', 'd1.example.com', 'A']);
    expect(delv).toMatch(/d1\.example\.com\.\s+\d+\s+IN\s+A\s+10\.0\.0\.11/);
  });

  it('gives a list that is too long for UDP over TCP, as dig asks for it by itself', async () => {
    expect(await answersOf(server.port, ['many.example.com'])).toHaveLength(300);
    expect(await dig(server.port, ['many.example.com', '+ignore'])).toMatch(/flags: qr aa tc rd/);
  });

  it('forwards what it does not hold, asks again when nobody answers, and follows an alias out', async () => {
    const { port } = server;
    expect(await dig(port, ['+short', 'far.example.org'])).toBe('203.0.113.5\n');
    expect(await dig(port, ['+short', '+tcp', 'far.example.org'])).toBe('203.0.113.5\n');
    expect(await dig(port, ['+short', '+tries=1', '+time=4', 'lazy.example.org'])).toBe('203.0.113.5\n');
    expect(elsewhere.asked.filter((name) => name === 'lazy.example.org').length).toBeGreaterThan(1);
    expect(await dig(port, ['+short', 'out.example.com'])).toBe('far.example.org.\n203.0.113.5\n');
    expect(await dig(port, ['+norecurse', 'far.example.org'])).toContain('status: REFUSED');
  });

  it('answers a change as soon as it has been taken in, on every thread', async () => {
    await server.apply([machine('d1', '10.0.0.12', 'fd00:0:0:1::12')], 43);
    // Each question comes from another port, so all threads are asked.
    const seen = await Promise.all(Array.from({ length: 12 }, () => dig(server.port, ['+short', 'd1.example.com'])));
    expect(new Set(seen)).toEqual(new Set(['10.0.0.12\n']));
    await server.apply([{ kind: 'machine', id: 'd2', body: null }, machine('d2', '10.0.0.13', 'fd00:0:0:1::13')], 44);
    expect(await dig(server.port, ['+short', 'd2.example.com'])).toBe('10.0.0.13\n');
  });

  it('answers several questions on one connection, and lets one go that sends nonsense', async () => {
    const socket = connect(server.port, '127.0.0.1');
    const names = ['d1.example.com', 'far.example.org', 'www.example.com'];
    socket.write(
      Buffer.concat(
        names.map((name, id) =>
          packets.streamEncode({
            type: 'query',
            id,
            flags: packets.RECURSION_DESIRED,
            questions: [{ name, type: 'A' }],
          }),
        ),
      ),
    );
    const seen = new Map<number, number>();
    let held = Buffer.alloc(0);
    for await (const piece of socket) {
      held = Buffer.concat([held, piece as Buffer]);
      while (held.length >= 2 && held.length >= 2 + held.readUInt16BE(0)) {
        const reply = packets.decode(held.subarray(2, 2 + held.readUInt16BE(0)));
        held = held.subarray(2 + held.readUInt16BE(0));
        seen.set(reply.id!, reply.answers!.length);
      }
      if (seen.size === names.length) socket.write(Buffer.from([0xff, 0xff, 1, 2, 3]));
    }
    expect(Object.fromEntries(seen)).toEqual({ 0: 1, 1: 1, 2: 2 });
  });

  it('counts what it was asked', async () => {
    const { questions, ready, forwarded } = await server.counts();
    expect(questions).toBeGreaterThan(20);
    expect(ready).toBeGreaterThan(0);
    expect(forwarded).toBeGreaterThan(2);
  });
});

describe('a DNS server that cannot listen', () => {
  it.each([0, 1])('says so, with %i threads', async (threads) => {
    const taken = createSocket('udp4').bind(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address();
    const options = {
      addresses: ['127.0.0.1'],
      port,
      threads,
      log: new SilentLog(),
      threadEntry: pathToFileURL(join(CHECKOUT, 'dist/libs/netio/src/dns/thread.js')),
    };
    await expect(DnsServer.start(options)).rejects.toThrow(`listen for DNS on 127.0.0.1 port ${port}`);
    taken.close();
  });
});
