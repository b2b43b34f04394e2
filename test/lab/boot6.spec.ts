import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { succeeds } from '../../deploy/lab/command.js';
import { LabInstallation } from './boot/installation.js';
import { Wires } from './dhcp4/wire.js';

const CLIENT_MAC = '52:54:00:78:00:01';
const SERVER = 'fd00:78:0:1::1';
const SETUP_MS = 120_000;
const CLIENT_MS = 60_000;

const root = process.getuid?.() === 0 && (await succeeds('ip', ['netns', 'list']));
const programs = await Promise.all(
  ['dhclient', 'curl'].map((program) => succeeds('sh', ['-c', `command -v ${program}`])),
);
const isPossible = root && programs.every(Boolean);
if (!isPossible) console.log('boot6: skipped. It takes root, dhclient (Debian package isc-dhcp-client) and curl.');

/** Writes down what ISC's client was told, and sets the address. */
const SCRIPT = `#!/bin/sh
echo "$reason $(env | grep -E '^new_' | sort | tr '\\n' ' ')" >> "$ANNEAL_TOLD"
case "$reason" in BOUND6) ip -6 address replace "$new_ip6_address/128" dev "$interface" ;; esac
exit 0
`;

/** As OVMF asks when it boots over HTTP: RFC 5970 options 59 and 61, and a vendor class of Intel's enterprise number. */
const CONFIG = `option dhcp6.arch code 61 = unsigned integer 16;
option dhcp6.boot code 59 = text;
option dhcp6.class code 16 = string;
send dhcp6.arch 16;
send dhcp6.class 00:00:01:57:00:21:${Buffer.from('HTTPClient:Arch:00016:UNDI:003000')
  .toString('hex')
  .replace(/(..)(?=.)/g, '$1:')};
also request dhcp6.boot;
`;

/** The netboot process as it is installed, with its database, on a wire that has no IPv4 at all. */
describe.skipIf(!isPossible)('netboot where there is no IPv4', () => {
  const wires = new Wires();
  let lab: LabInstallation;
  let address: string;

  beforeAll(async () => {
    for (const host of ['server', 'client']) await wires.host(host);
    await wires.wire(['server', 's0'], ['client', 'c0']);
    await wires.ip('server', 'address', 'add', `${SERVER}/64`, 'dev', 's0', 'nodad');
    await wires.ip('client', 'link', 'set', 'c0', 'address', CLIENT_MAC);
    lab = await LabInstallation.open('boot6', wires, 'server');
    const { site } = lab;
    await site.ask('POST', 'networks', {
      name: 'six',
      conduit: '10g0',
      category: 'admin',
      dhcp: 'serve',
      domain: 'six.example.com',
      name_servers: [SERVER],
      v6prefix: 'fd00:78:0:1::/64',
    });
    await site.ask('POST', 'nodes', {
      name: 'd1.six.example.com',
      macs: [CLIENT_MAC],
      bootenv: 'discovery',
      probed: false,
    });
    const { items } = await site.ask('POST', 'networks/six/allocate', { node: 'd1.six.example.com' });
    address = String(items[0].address).split('/')[0] as string;
    await lab.startNetboot({ ANNEAL_DNS: 'on' });
    await lab.followed();
  }, SETUP_MS);
  afterAll(async () => {
    await lab?.close();
    await wires.close();
  }, SETUP_MS);

  it(
    'advertises, gives the machine its address and the URL of its loader, and serves that',
    async () => {
      // Whoever comes up asks for an advertisement.
      await wires.ip('client', 'link', 'set', 'c0', 'down');
      await wires.ip('client', 'link', 'set', 'c0', 'up');
      await expect
        .poll(() => wires.ip('client', '-6', 'route', 'show', 'dev', 'c0'), { timeout: CLIENT_MS, interval: 200 })
        .toMatch(/fd00:78:0:1::\/64 proto kernel/);
      await expect
        .poll(() => wires.ip('client', '-6', '-o', 'address', 'show', 'dev', 'c0', 'scope', 'link', '-tentative'), {
          timeout: CLIENT_MS,
          interval: 200,
        })
        .toMatch(/fe80:/);

      const file = (name: string) => join(wires.folder, name);
      writeFileSync(file('script'), SCRIPT, { mode: 0o755 });
      writeFileSync(file('dhclient.conf'), CONFIG);
      const leases = ['-lf', file('leases'), '-pf', file('pid'), '-cf', file('dhclient.conf')];
      const { output } = await wires.run(
        'client',
        'dhclient',
        ['-6', '-1', '-v', '-D', 'LL', '-sf', file('script'), '-e', `ANNEAL_TOLD=${file('told')}`, ...leases, 'c0'],
        CLIENT_MS,
      );
      const told = readFileSync(file('told'), 'utf8');
      expect(told, `${output}\n${lab.netboot.output.slice(-2_000)}`).toMatch(/^BOUND6 /m);
      expect(told).toContain(`new_ip6_address=${address} `);
      expect(told).toContain(`new_dhcp6_name_servers=${SERVER} `);
      const url = /new_dhcp6_boot=(\S+)/.exec(told)?.[1];
      expect(url, told).toBe(`http://[${SERVER}]:7780/files/snponly.efi`);

      const head = await wires.run('client', 'curl', ['-g', '-s', '-I', '--max-time', '10', url as string]);
      expect(head.output).toMatch(/^HTTP\/1\.1 200/);
      expect(head.output).toMatch(/^content-length: \d{5,}/im);
      const script = await wires.run('client', 'curl', [
        ...['-g', '-s', '--max-time', '10'],
        `http://[${SERVER}]:7780/boot.ipxe?mac=${CLIENT_MAC}&platform=efi&buildarch=x86_64`,
      ]);
      expect(script.output).toContain('#!ipxe');
      const name = await wires.run('client', 'curl', [
        ...['-g', '-s', '--max-time', '10', '-o', file('loader'), `tftp://[${SERVER}]/snponly.efi`],
      ]);
      expect(name.code, name.output).toBe(0);

      // Copies of leases follow within a second.
      await expect
        .poll(async () => JSON.stringify(await lab.site.ask('GET', 'dhcp/leases')), { timeout: 10_000 })
        .toContain(`"${address}"`);
    },
    CLIENT_MS + 30_000,
  );
});
