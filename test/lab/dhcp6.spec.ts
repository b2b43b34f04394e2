import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '#core';
import { machineOf6, networkOf6 } from '#testkit';
import { succeeds } from '../../deploy/lab/command.js';
import { Namespaces } from './dhcp6/namespaces.js';
import { Served } from './dhcp6/served.js';

const CLIENT_MAC = '52:54:00:77:00:01';
const FAR_MAC = '52:54:00:77:00:02';
const CLIENT_MS = 40_000;
const NETWORKD = '/lib/systemd/systemd-networkd';

const root = process.getuid?.() === 0 && (await succeeds('ip', ['netns', 'list']));
const has = async (program: string): Promise<boolean> => succeeds('sh', ['-c', `command -v ${program}`]);
const programs = ['dhclient', 'dhcpcd', 'dhcrelay', 'rdisc6', NETWORKD];
const [dhclient, dhcpcd, dhcrelay, rdisc6, networkd] = await Promise.all(programs.map(has));
if (!root) console.log('dhcp6: skipped. Making network namespaces needs root.');

const far = networkOf6({
  id: idOf('11111111-0000-4000-8000-000000000002'),
  name: 'far',
  link: 'far',
  subnets: [
    {
      family: 6,
      cidr: 'fd00:77:0:2::/64',
      pools: [{ name: 'dhcp', first: 'fd00:77:0:2::d000', last: 'fd00:77:0:2::d0ff' }],
      routes: [],
    },
  ],
});
const farMachine = machineOf6({
  node: idOf('22222222-0000-4000-8000-000000000002'),
  name: 'far.example.test',
  macs: [FAR_MAC],
  uuid: null,
  addresses: [{ network: 'far', range: 'host-v6', family: 6, address: 'fd00:77:0:2::a2' }],
});

/** Writes down what ISC's client was told, and sets the address; the host's resolver is left alone. */
const SCRIPT = `#!/bin/sh
echo "$reason $(env | grep -E '^new_' | sort | tr '\\n' ' ')" >> "$ANNEAL_TOLD"
case "$reason" in
  BOUND6|RENEW6|REBIND6) ip -6 address replace "$new_ip6_address/128" dev "$interface" ;;
  RELEASE6|EXPIRE6|STOP6) ip -6 address delete "$old_ip6_address/128" dev "$interface" ;;
esac
exit 0
`;

describe.skipIf(!root)('clients of IPv6', () => {
  const net = new Namespaces();
  const folder = mkdtempSync(join(tmpdir(), 'anneal-dhcp6-clients-'));
  let served: Served;

  // server s0 ── c0 client; server s1 ── r1 relay r0 ── f0 far.
  beforeAll(async () => {
    for (const name of ['server', 'client', 'relay', 'far']) await net.add(name);
    await net.wire('server/s0', 'client/c0', ['52:54:00:77:00:f0', CLIENT_MAC]);
    await net.wire('server/s1', 'relay/r1', ['52:54:00:77:00:f1', '52:54:00:77:00:f2']);
    await net.wire('relay/r0', 'far/f0', ['52:54:00:77:00:f3', FAR_MAC]);
    const address = (name: string, text: string, wire: string) =>
      net.run(name, 'ip', ['-6', 'address', 'add', text, 'dev', wire, 'nodad']);
    await address('server', 'fd00:77:0:1::1/64', 's0');
    await address('server', 'fd00:77:0:9::1/64', 's1');
    await address('relay', 'fd00:77:0:9::2/64', 'r1');
    await address('relay', 'fd00:77:0:2::1/64', 'r0');
    await net.run('relay', 'sysctl', ['-q', '-w', 'net.ipv6.conf.all.forwarding=1']);
    await net.run('server', 'ip', ['-6', 'route', 'add', 'fd00:77:0:2::/64', 'via', 'fd00:77:0:9::2']);
    writeFileSync(join(folder, 'script'), SCRIPT, { mode: 0o755 });
    served = new Served(net, 'server', {
      interfaces: [
        { name: 's0', link: 'admin' },
        { name: 's1', link: null },
      ],
      networks: [networkOf6({ mtu: 1_400 }), far],
      machines: [machineOf6(), farMachine],
      advertise: true,
      notes: true,
    });
    await served.start();
  }, CLIENT_MS);

  afterAll(async () => {
    await served?.stop();
    await net.close();
    served?.removeFolder();
    rmSync(folder, { recursive: true, force: true });
  }, CLIENT_MS);

  afterEach(async () => {
    served.notes.length = 0;
    for (const [name, wire] of [
      ['client', 'c0'],
      ['far', 'f0'],
    ] as const)
      await net.run(name, 'ip', ['-6', 'address', 'flush', 'dev', wire, 'scope', 'global']);
  });

  const addresses = (name: string, wire: string) =>
    net.run(name, 'ip', ['-6', '-o', 'address', 'show', 'dev', wire, 'scope', 'global']);

  it('the kernel takes the prefix and the MTU of an advertisement, no way out, and makes itself no address', async () => {
    await net.run('client', 'ip', ['link', 'set', 'c0', 'down']);
    await net.run('client', 'ip', ['link', 'set', 'c0', 'up']);
    await served.note(({ service, answered }) => service === 'ra' && answered !== null);
    await expect
      .poll(() => net.run('client', 'ip', ['-6', 'route', 'show', 'dev', 'c0']), { timeout: 5_000 })
      .toMatch(/fd00:77:0:1::\/64 proto kernel/);
    expect(await net.run('client', 'ip', ['-6', 'route', 'show'])).not.toMatch(/default/);
    expect(await addresses('client', 'c0')).toBe('');
    expect((await net.run('client', 'sysctl', ['-n', 'net.ipv6.conf.c0.mtu'])).trim()).toBe('1400');
  });

  it.skipIf(!rdisc6)('rdisc6 reads what was advertised', async () => {
    const read = await net.run('client', 'rdisc6', ['-1', '-r', '3', 'c0']);
    expect(read).toMatch(/Stateful address conf\.\s*:\s*Yes/);
    expect(read).toMatch(/Stateful other conf\.\s*:\s*Yes/);
    expect(read).toMatch(/Router lifetime\s*:\s*0 /);
    expect(read).toMatch(/Prefix\s*:\s*fd00:77:0:1::\/64/);
    expect(read).toMatch(/Autonomous address conf\.:\s*No/);
    expect(read).toMatch(/Recursive DNS server\s*:\s*fd00:77:0:1::1/);
    expect(read).toMatch(/DNS search list\s*:\s*example\.test/);
  });

  const isc = (name: string, wire: string, told: string, ...more: string[]) =>
    net.run(
      name,
      'env',
      [
        'dhclient',
        '-6',
        '-1',
        '-v',
        '-sf',
        join(folder, 'script'),
        '-e',
        `ANNEAL_TOLD=${told}`,
        '-lf',
        join(folder, `${name}.leases`),
        '-pf',
        join(folder, `${name}.pid`),
        '-cf',
        '/dev/null',
        ...more,
        wire,
      ],
      CLIENT_MS,
    );

  it.skipIf(!dhclient)('ISC dhclient gets what was allocated to the machine, and gives it back', async () => {
    const told = join(folder, 'told');
    await isc('client', 'c0', told, '-D', 'LL');
    expect(await addresses('client', 'c0')).toMatch(/fd00:77:0:1::a1\/128/);
    const said = readFileSync(told, 'utf8');
    expect(said).toMatch(/BOUND6 .*new_dhcp6_name_servers=fd00:77:0:1::1 /);
    expect(said).toMatch(/new_dhcp6_domain_search=example\.test\.? /);
    await served.note(({ asked, answered }) => asked.startsWith('REQUEST') && answered === 'REPLY fd00:77:0:1::a1');
    await isc('client', 'c0', told, '-r');
    await served.note(({ asked }) => asked.startsWith('RELEASE'));
    expect(await addresses('client', 'c0')).toBe('');
  });

  it.skipIf(!dhcpcd)('dhcpcd gets what was allocated to the machine', async () => {
    const config = join(folder, 'dhcpcd.conf');
    const lines = ['nodev', 'ipv6only', 'ipv6rs', 'ia_na', 'duid ll', 'slaac hwaddr', 'script /bin/true'];
    writeFileSync(config, `${lines.join('\n')}\n`);
    // Its own files are kept out of the host's.
    const keep =
      'mkdir -p /var/lib/dhcpcd && mount -t tmpfs none /var/lib/dhcpcd && mount -t tmpfs none /run && exec "$@"';
    const line = ['dhcpcd', '--debug', '--nobackground', '--oneshot', '--waitip', '6', '-f', config, 'c0'];
    await net.run('client', 'unshare', ['--mount', 'sh', '-c', keep, 'sh', ...line], CLIENT_MS);
    await served.note(({ asked, answered }) => asked.startsWith('REQUEST') && answered === 'REPLY fd00:77:0:1::a1');
    expect(await addresses('client', 'c0')).toMatch(/fd00:77:0:1::a1\/128/);
  });

  it.skipIf(!networkd)('systemd-networkd gets it in two messages, led by the advertisement', async () => {
    const wish = [
      '[Match]',
      'Name=c0',
      '[Network]',
      'DHCP=ipv6',
      'IPv6AcceptRA=yes',
      '[DHCPv6]',
      'DUIDType=link-layer',
    ];
    writeFileSync(join(folder, '10-c0.network'), `${wish.join('\n')}\n`);
    const prepare = [
      'mount -t tmpfs none /run',
      'mkdir -p /run/systemd/network /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp',
      `cp ${join(folder, '10-c0.network')} /run/systemd/network`,
      'chown -R systemd-network /run/systemd/netif',
      // Without udev, as in a container.
      'mount -o remount,bind,ro /sys',
      `exec ${NETWORKD}`,
    ].join(' && ');
    const child = net.start('client', 'unshare', ['--mount', 'sh', '-c', prepare], () => undefined);
    await served.note(({ asked, answered }) => asked.startsWith('SOLICIT') && answered === 'REPLY fd00:77:0:1::a1');
    await expect.poll(() => addresses('client', 'c0'), { timeout: 5_000 }).toMatch(/fd00:77:0:1::a1\/128/);
    await net.end(child);
  });

  it.skipIf(!dhclient || !dhcrelay)('a client behind a relay gets an address of its own link', async () => {
    net.start('relay', 'dhcrelay', ['-6', '-d', '-I', '-l', 'r0', '-u', 'fd00:77:0:9::1%r1'], () => undefined);
    await isc('far', 'f0', join(folder, 'told-far'), '-D', 'LL');
    expect(await addresses('far', 'f0')).toMatch(/fd00:77:0:2::a2\/128/);
    const note = await served.note(({ answered }) => answered === 'REPLY fd00:77:0:2::a2');
    expect(note.asked).toMatch(/through 1 relay/);
    expect(note.on).toBe('s1');
  });

  it.skipIf(!dhclient)('a lease is known again after the server was killed', async () => {
    const told = join(folder, 'told-again');
    const asStranger = async (): Promise<string | undefined> => {
      rmSync(join(folder, 'client.leases'), { force: true });
      await net.run('client', 'ip', ['-6', 'address', 'flush', 'dev', 'c0', 'scope', 'global']);
      await isc('client', 'c0', told, '-D', 'LL');
      const given = /fd00:77:0:1::d[0-9a-f]{3}/.exec(await addresses('client', 'c0'))?.[0];
      await isc('client', 'c0', told, '-x');
      return given;
    };
    // A machine that nobody knows, down to its link-local address: what it gets comes from the pool.
    for (const step of ['down', 'address 02:00:00:00:00:99', 'up'])
      await net.run('client', 'ip', ['link', 'set', 'c0', ...step.split(' ')]);
    const before = await asStranger();
    expect(before).toBeDefined();
    if (served.pid) process.kill(served.pid, 'SIGKILL');
    await served.stop();
    await served.start();
    expect(await asStranger()).toBe(before);
  });
});
