import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LeaseBook, idOf, type NetworkId } from '#core';
import { LeaseJournal, openLeases } from '#netio';
import { succeeds } from '../../deploy/lab/command.js';
import { acksIn } from './dhcp4/capture.js';
import { perfdhcp } from './dhcp4/perfdhcp.js';
import { documents, labMachine, labNetwork, startServer } from './dhcp4/served.js';
import { Wires, type Running } from './dhcp4/wire.js';

const SERVER = '10.0.0.1';
const MAC = '52:54:00:d4:00:01';
const RESERVED = '10.0.7.7';
const FAR_POOL = { name: 'dhcp', first: '172.30.0.50', last: '172.30.0.60' };
const CLIENT_MS = 40_000;
const NETWORKD = '/lib/systemd/systemd-networkd';

const root = process.getuid?.() === 0 && (await succeeds('ip', ['netns', 'list']));
const has = async (program: string): Promise<boolean> => succeeds('sh', ['-c', `command -v ${program}`]);
const programs = ['dhclient', 'udhcpc', 'dhcpcd', 'dhcrelay', 'perfdhcp', 'dnsmasq', 'tcpdump', NETWORKD];
const [dhclient, udhcpc, dhcpcd, dhcrelay, perf, dnsmasq, tcpdump, networkd] = await Promise.all(programs.map(has));
if (!root) console.log('dhcp4: skipped. Making network namespaces needs root.');

const lab = labNetwork();
const far = labNetwork({
  id: idOf<NetworkId>('00000000-0000-0000-0000-000000000002'),
  name: 'far',
  link: 'far',
  subnets: [{ family: 4, cidr: '172.30.0.0/24', router: '172.30.0.1', pools: [FAR_POOL], routes: [] }],
});

/** Writes down what a client was told; the addresses are set by the test where it needs them. */
const SCRIPT = `#!/bin/sh
echo "\${reason:-$1} $(env | sort | tr '\\n' ' ')" >> "$ANNEAL_TOLD"
exit 0
`;

describe.skipIf(!root)('clients of IPv4', () => {
  const wires = new Wires();
  let server: Running;
  let script: string;

  // server s0 ── c0 client; server s1 ── r1 relay r0 ── f0 far.
  beforeAll(async () => {
    for (const host of ['server', 'client', 'relay', 'far']) await wires.host(host);
    await wires.wire(['server', 's0', `${SERVER}/8`], ['client', 'c0']);
    await wires.wire(['server', 's1', '172.29.0.1/24'], ['relay', 'r1', '172.29.0.2/24']);
    await wires.wire(['relay', 'r0', '172.30.0.1/24'], ['far', 'f0']);
    await wires.ip('server', 'route', 'add', '172.30.0.0/24', 'via', '172.29.0.2');
    await wires.ip('client', 'link', 'set', 'c0', 'address', MAC);
    script = join(wires.folder, 'script');
    writeFileSync(script, SCRIPT, { mode: 0o755 });
    server = await startServer(wires, 'server', ['s0', 's1'], documents([lab, far], [labMachine(MAC, RESERVED)]), {
      follow: true,
    });
  });

  afterAll(async () => {
    await server?.end();
    await wires.close();
  });

  /** Runs a client to its end and returns what its script was told. */
  const told = async (host: string, program: string, args: readonly string[]): Promise<string> => {
    const file = join(wires.folder, `told-${program}-${host}`);
    writeFileSync(file, '');
    const { output } = await wires.run(host, 'env', [`ANNEAL_TOLD=${file}`, program, ...args], CLIENT_MS);
    const said = readFileSync(file, 'utf8');
    if (!said) throw new Error(`${program} was told nothing: ${output}`);
    return said;
  };
  const dhclientArgs = (host: string, name: string, ...more: string[]) => [
    ...[
      '-4',
      '-1',
      '-v',
      '-sf',
      script,
      '-lf',
      join(wires.folder, `${host}.leases`),
      '-e',
      `ANNEAL_TOLD=${join(wires.folder, `told-dhclient-${host}`)}`,
    ],
    ...['-pf', join(wires.folder, `${host}.pid`), ...more, name],
  ];

  it.skipIf(!dhclient)(
    "gives ISC's client what is kept for it, and takes it back",
    { timeout: CLIENT_MS },
    async () => {
      const said = await told(
        'client',
        'dhclient',
        dhclientArgs('client', 'c0', '-d', '-n').filter((each) => each !== '-d' && each !== '-n'),
      );
      expect(said).toMatch(/BOUND .*new_ip_address=10\.0\.7\.7/);
      expect(said).toMatch(/new_domain_name=example\.com/);
      expect(said).toMatch(/new_domain_name_servers=10\.0\.0\.1/);
      expect(said).toMatch(/new_subnet_mask=255\.0\.0\.0/);
      await wires.ip('client', 'addr', 'add', `${RESERVED}/8`, 'dev', 'c0');
      await wires.run('client', 'dhclient', dhclientArgs('client', 'c0', '-r'), CLIENT_MS);
      await server.says(/"asked":"RELEASE 10\.0\.7\.7/);
      await wires.ip('client', 'addr', 'flush', 'dev', 'c0');
    },
  );

  it.skipIf(!udhcpc)('gives busybox its address, with routes', { timeout: CLIENT_MS }, async () => {
    const said = await told('client', 'udhcpc', [
      '-i',
      'c0',
      '-n',
      '-q',
      '-f',
      '-s',
      script,
      '-O',
      '121',
      '-x',
      'hostname:other',
    ]);
    expect(said).toMatch(/bound .*ip=10\.0\.7\.7/);
    expect(said).toMatch(/hostname=d52-54-00-d4-00-01/);
    expect(said).toMatch(/staticroutes=172\.31\.0\.0\/16 10\.0\.0\.9 0\.0\.0\.0\/0 10\.0\.0\.1/);
  });

  it.skipIf(!dhcpcd)(
    'gives dhcpcd the same address, whatever identifier it sends',
    { timeout: CLIENT_MS },
    async () => {
      const args = [
        '-4',
        '-B',
        '-1',
        '-t',
        '20',
        '-L',
        '--noarp',
        '-D',
        '--nohook',
        'resolv.conf',
        '--script',
        script,
        'c0',
      ];
      const { output } = await wires.run('client', 'dhcpcd', args, CLIENT_MS);
      expect(output).toMatch(/leased 10\.0\.7\.7 for 86400 seconds/);
      await wires.ip('client', 'addr', 'flush', 'dev', 'c0');
    },
  );

  it.skipIf(!networkd)('gives systemd-networkd the same address', { timeout: CLIENT_MS }, async () => {
    const unit = join(wires.folder, '10-c0.network');
    const wish = ['[Match]', 'Name=c0', '[Network]', 'DHCP=ipv4', 'LinkLocalAddressing=no', 'IPv6AcceptRA=no'];
    writeFileSync(unit, `${wish.join('\n')}\n`);
    const prepare = [
      'mount -t tmpfs none /run',
      'mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp',
      `cp ${unit} /run/systemd/network`,
      'chown -R systemd-network /run/systemd/netif',
      // Without udev, as in a container.
      'mount -o remount,bind,ro /sys',
      `exec ${NETWORKD}`,
    ].join(' && ');
    const client = wires.start('client', 'unshare', ['--mount', 'sh', '-c', prepare]);
    try {
      await expect
        .poll(() => wires.ip('client', '-4', '-o', 'addr', 'show', 'dev', 'c0'), {
          timeout: CLIENT_MS - 5_000,
          interval: 200,
        })
        .toMatch(/inet 10\.0\.7\.7\/8/);
    } finally {
      await client.end();
      await wires.ip('client', 'addr', 'flush', 'dev', 'c0');
    }
  });

  it.skipIf(!dhclient || !dhcrelay)(
    'gives a client behind a relay an address of its own link',
    { timeout: CLIENT_MS },
    async () => {
      const relay = wires.start('relay', 'dhcrelay', [
        '-4',
        '-d',
        '-a',
        '--no-pid',
        '-id',
        'r0',
        '-iu',
        'r1',
        '172.29.0.1',
      ]);
      try {
        await relay.says(/Sending on {3}Socket/);
        const said = await told('far', 'dhclient', dhclientArgs('far', 'f0'));
        expect(said).toMatch(/BOUND .*new_ip_address=172\.30\.0\.5\d/);
        await server.says(/by relay 172\.30\.0\.1","answered":"ACK 172\.30\.0\.5/);
        await wires.run('far', 'dhclient', dhclientArgs('far', 'f0', '-x'), CLIENT_MS);
      } finally {
        await relay.end();
      }
    },
  );

  it.skipIf(!udhcpc || !dnsmasq)(
    'notices another server that answers its clients',
    { timeout: CLIENT_MS },
    async () => {
      // The other server is on the client's own host: its answers to all are heard on the wire.
      await wires.ip('client', 'addr', 'add', '10.0.0.66/8', 'dev', 'c0');
      const other = wires.start('client', 'dnsmasq', [
        ...[
          '--no-daemon',
          '--conf-file=/dev/null',
          '--port=0',
          '--interface=c0',
          '--bind-interfaces',
          '--dhcp-broadcast',
          '--log-dhcp',
        ],
        ...[
          '--dhcp-range=10.200.0.10,10.200.0.20,1h',
          `--dhcp-leasefile=${join(wires.folder, 'other.leases')}`,
          '--dhcp-authoritative',
        ],
      ]);
      try {
        await other.says(/DHCP, IP range/);
        // A client across the wire is asked for: the server's own end, whose offers come from both.
        await wires.run(
          'server',
          'udhcpc',
          ['-i', 's0', '-n', '-q', '-f', '-B', '-s', '/bin/true', '-t', '3'],
          CLIENT_MS,
        );
        await server.says(/rogue \{"server":"10\.0\.0\.66"/);
      } finally {
        await other.end();
        await wires.ip('client', 'addr', 'flush', 'dev', 'c0');
      }
    },
  );
});

describe.skipIf(!root || !perf || !tcpdump)('a storm of clients', () => {
  const wires = new Wires();
  const view = documents([lab]);

  beforeAll(async () => {
    for (const host of ['server', 'client']) await wires.host(host);
    await wires.wire(['server', 's0', `${SERVER}/8`], ['client', 'c0', '10.0.0.2/8']);
  });
  afterAll(() => wires.close());

  /** What a server that starts on this folder knows. */
  const bookOf = async (folder: string): Promise<LeaseBook> => {
    const { book, journal } = await openLeases({ folder });
    await journal.close();
    return book;
  };

  it('of 2,000 within 10 s is served whole, nobody with the address of another', { timeout: 90_000 }, async () => {
    const folder = join(wires.folder, 'storm');
    const server = await startServer(wires, 'server', ['s0'], view, { folder });
    const seen = await perfdhcp(wires, 'client', { interface: 'c0', rate: 200, seconds: 10, clients: 2_000 });
    await server.end();
    expect(seen.sent[0]).toBeGreaterThan(1_900);
    expect(seen.dropped).toEqual([0, 0]);
    const leases = [...(await bookOf(folder)).leases()];
    expect(leases).toHaveLength(seen.received[1]);
    expect(new Set(leases.map(({ holder }) => holder)).size).toBe(leases.length);
  });

  it(
    'during which the server is killed and comes back promises nothing twice and forgets nothing',
    { timeout: 120_000 },
    async () => {
      const folder = join(wires.folder, 'killed');
      const capture = join(wires.folder, 'acks.pcap');
      const dump = wires.start('client', 'tcpdump', [
        '-i',
        'c0',
        '-U',
        '--immediate-mode',
        '-Z',
        'root',
        '-w',
        capture,
        '-s',
        '0',
        '-B',
        '16384',
        'udp and src port 67',
      ]);
      await dump.says(/listening on/);
      let server = await startServer(wires, 'server', ['s0'], view, { folder });
      const storm = perfdhcp(wires, 'client', { interface: 'c0', rate: 400, seconds: 14 });
      for (const pauseMs of [3_000, 4_000]) {
        await new Promise((resolve) => setTimeout(resolve, pauseMs));
        const killedAt = performance.now();
        await server.end('SIGKILL');
        server = await startServer(wires, 'server', ['s0'], view, { folder });
        expect(performance.now() - killedAt).toBeLessThan(10_000);
      }
      const seen = await storm;
      await server.end();
      const captured = () => acksIn(readFileSync(capture));
      await expect.poll(() => captured().length, { timeout: 10_000 }).toBeGreaterThanOrEqual(seen.received[1]);
      await dump.end('SIGINT');
      const acks = captured();
      expect(acks.length).toBeGreaterThan(1_500);
      const holders = new Map<string, Set<string>>();
      for (const { address, mac } of acks) holders.set(address, (holders.get(address) ?? new Set()).add(mac));
      expect([...holders.values()].filter((macs) => macs.size > 1)).toEqual([]);
      const book = await bookOf(folder);
      const forgotten = acks.filter(({ address, mac }) => book.leaseAt(address)?.mac !== mac);
      expect(forgotten).toEqual([]);
    },
  );

  it('finds a journal whose end was torn off readable up to there', async () => {
    const folder = join(wires.folder, 'killed');
    const { journal, recovered } = await LeaseJournal.open({ folder, leases: () => [] });
    await journal.close();
    expect(recovered.leases.length).toBeGreaterThan(1_500);
  });
});
