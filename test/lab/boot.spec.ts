import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  idOf,
  type NetworkId,
  type NodeId,
  type ViewBootenv,
  type ViewDocument,
  type ViewMachine,
  type ViewNetwork,
} from '#core';
import { fuzzTftp, placeLoaders } from '#netio';
import { CHECKOUT } from '#runtime';
import { LabMachine, type Firmware } from './boot/machine.js';
import type { Asked, BootWish } from './boot/serve.js';
import { Namespaces } from './dhcp6/namespaces.js';
import { capturedPackets } from './fixtures/captured.js';

/** From power-on to a rendered script, under TCG on a machine that does other things too. */
const BOOT_MS = 160_000;
const READY_MS = 30_000;
const LOOK_MS = 200;

const wants: readonly (readonly [what: string, there: boolean])[] = [
  ['root', process.getuid?.() === 0],
  ['qemu-system-x86', existsSync('/usr/bin/qemu-system-x86_64')],
  ['ovmf', existsSync('/usr/share/OVMF/OVMF_CODE_4M.fd')],
  ['ipxe', existsSync('/usr/lib/ipxe/snponly.efi')],
  ['/dev/net/tun', existsSync('/dev/net/tun')],
];
const lacks = wants.filter(([, there]) => !there).map(([what]) => what);
if (lacks.length > 0) console.log(`lab: booting is skipped, it needs ${lacks.join(', ')}`);

describe('the fuzz of TFTP', () => {
  it('plays a million packets without a throw, in memory that stays', () => {
    fuzzTftp(50_000, 2);
    const before = process.memoryUsage().heapUsed;
    const { packets, blocksSent } = fuzzTftp(1_000_000, undefined, capturedPackets('tftp'));
    expect(packets).toBe(1_000_000);
    expect(blocksSent).toBeGreaterThan(100_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 2 ** 20);
  });
});

/** Of the packages shim-signed and grub-efi-amd64-signed. */
const SIGNED = ['/usr/lib/shim/shimx64.efi.signed', '/usr/lib/grub/x86_64-efi-signed/grubnetx64.efi.signed'];

const bootenv: ViewBootenv = {
  name: 'lab',
  kernel: null,
  initrds: [],
  params: [],
  // That the script ran is seen by what it fetches: the name of the file says for whom it was rendered.
  templates: [
    {
      path: 'boot.ipxe',
      source:
        '#!ipxe\necho rendered for {{ boot.mac }} on {{ boot.platform }}\nimgfetch {{ boot.url }}/files/reached-{{ boot.platform }}-{{ boot.mac | replace: ":", "" }} ||\nsleep 600\n',
    },
    {
      path: 'grub.cfg',
      source: 'echo rendered for {{ boot.mac }}\ncat /reached-grub-{{ boot.mac | replace: ":", "" }}\nsleep 600\n',
    },
  ],
  local: false,
  errors: [],
};

const network = (families: readonly (4 | 6)[]): ViewNetwork => ({
  id: idOf<NetworkId>('00000000-0000-7000-8000-000000000b01'),
  name: 'admin',
  category: 'admin',
  group: 'internal',
  link: 'lab',
  subnets: families.map((family) => ({
    family,
    cidr: family === 4 ? '10.77.9.0/24' : 'fd77:9::/64',
    pools: [
      family === 4
        ? { name: 'dhcp', first: '10.77.9.100', last: '10.77.9.199' }
        : { name: 'dhcp', first: 'fd77:9::100', last: 'fd77:9::1ff' },
    ],
    routes: [],
  })),
  domain: 'example.com',
  nameServers: [],
  timeServers: [],
  poolLeaseSeconds: 3_600,
  reservedLeaseSeconds: 86_400,
  dhcp: 'serve',
});

const CASES: readonly {
  readonly name: string;
  readonly says: string;
  readonly families: readonly (4 | 6)[];
  readonly firmware: Firmware;
  readonly first: string;
  /** Files of this host without which it is left out. */
  readonly needs?: readonly string[];
}[] = [
  { name: 'bios', says: 'a BIOS machine by PXE', families: [4], firmware: { kind: 'bios' }, first: '/boot.ipxe' },
  {
    name: 'uefi4',
    says: 'a UEFI machine by PXE',
    families: [4],
    firmware: { kind: 'uefi', without: ['IPv6'] },
    first: 'snponly.efi',
  },
  {
    name: 'http4',
    says: 'a UEFI machine by HTTP boot',
    families: [4],
    firmware: { kind: 'uefi', without: ['IPv4', 'IPv6'] },
    first: '/files/snponly.efi',
  },
  {
    name: 'uefi6',
    says: 'a UEFI machine where there is no IPv4',
    families: [6],
    firmware: { kind: 'uefi', without: ['IPv4'] },
    first: 'snponly.efi',
  },
  {
    name: 'http6',
    says: 'a UEFI machine by HTTP boot where there is no IPv4',
    families: [6],
    firmware: { kind: 'uefi', without: ['IPv4', 'IPv6'] },
    first: '/files/snponly.efi',
  },
  {
    name: 'secure4',
    says: 'a UEFI machine with secure boot on',
    families: [4],
    firmware: { kind: 'secure', without: ['IPv6'] },
    first: 'shimx64.efi',
    needs: SIGNED,
  },
];

const inPairs = <Each>(all: readonly Each[]): (readonly Each[])[] =>
  all.flatMap((each, at) => (at % 2 === 0 ? [all.slice(at, at + 2)] : []));

const POSSIBLE = CASES.filter(({ name, needs = [] }) => {
  const missing = needs.filter((file) => !existsSync(file));
  if (missing.length > 0) console.log(`lab: booting ${name} is left out, it needs ${missing.join(' and ')}`);
  return missing.length === 0;
});

describe.skipIf(lacks.length > 0)('firmware boots from the network', () => {
  const namespaces = new Namespaces(`anb-${process.pid}`);
  const asked = new Map<string, Asked[]>();
  const machines = new Map<string, LabMachine>();
  const troubles: string[] = [];
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'anneal-boot-lab-'));
    await placeLoaders(join(folder, 'boot'));
    for (const [index, { name, families, firmware }] of POSSIBLE.entries()) {
      const addresses = families.map((family) => (family === 4 ? '10.77.9.1' : 'fd77:9::1'));
      const mac = `52:54:00:77:09:0${index + 1}`;
      await namespaces.add(name);
      const run = (...args: string[]): Promise<string> => namespaces.run(name, 'ip', args);
      await run('link', 'add', 'br0', 'type', 'bridge', 'stp_state', '0', 'forward_delay', '0', 'mcast_snooping', '0');
      await run('link', 'set', 'br0', 'up');
      for (const address of addresses)
        await run('addr', 'add', `${address}/${address.includes(':') ? 64 : 24}`, 'dev', 'br0');
      // Where seeds for the fuzz come from (test/lab/fixtures/README.md).
      const captures = process.env['ANNEAL_LAB_CAPTURES'];
      if (captures)
        namespaces.start(
          name,
          'tcpdump',
          ['-Z', 'root', '-i', 'br0', '-U', '-w', join(captures, `${name}.pcap`), 'udp'],
          () => {},
        );
      const state = join(folder, name);
      await mkdir(state);
      const wish: BootWish = {
        interface: 'br0',
        link: 'lab',
        addresses,
        documents: documents(families, mac, firmware.kind === 'secure'),
        root: join(folder, 'boot'),
        state,
      };
      const seen: Asked[] = [];
      asked.set(name, seen);
      let ready = false;
      const child = namespaces.start(
        name,
        process.execPath,
        [join(CHECKOUT, 'dist/test/lab/boot/serve.js'), JSON.stringify(wish)],
        (line) => {
          if (line === 'ready') ready = true;
          else if (line.startsWith('{')) seen.push(JSON.parse(line) as Asked);
          else troubles.push(`${name}: ${line}`);
        },
      );
      await until(() => ready || child.exitCode !== null, READY_MS);
      expect(ready, troubles.join('\n')).toBe(true);
      const machine = new LabMachine(namespaces, name, 'br0', name, mac, folder);
      machines.set(name, machine);
    }
  }, 120_000);

  afterAll(async () => {
    for (const machine of machines.values()) await machine.stop();
    await namespaces.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  // Two at a time: there are two cores.
  describe.each(inPairs(POSSIBLE))('%#', (...pair) => {
    it.concurrent.each(pair)(
      'reaches its rendered script: $name',
      async ({ name, firmware, first }) => {
        const machine = machines.get(name) as LabMachine;
        const seen = asked.get(name) as Asked[];
        const began = performance.now();
        await machine.start(firmware);
        const mac = machine.mac.replaceAll(':', '');
        // GRUB under secure boot speaks TFTP only.
        const reached = {
          bios: `/files/reached-pcbios-${mac}`,
          uefi: `/files/reached-efi-${mac}`,
          secure: `/reached-grub-${mac}`,
        }[firmware.kind];
        await until(() => seen.some(({ path }) => path === reached), BOOT_MS);
        const story = [
          ...seen.map(({ by, path, outcome }) => `${by} ${path} ${outcome}`),
          ...troubles,
          machine.said().slice(-1_500),
        ].join('\n');
        expect(
          seen.map(({ path }) => path),
          story,
        ).toContain(reached);
        expect(
          seen.map(({ path }) => path),
          story,
        ).toContain(first);
        const script = firmware.kind === 'secure' ? `/grub/node-${machine.mac}.cfg` : '/boot.ipxe';
        expect(
          seen.map(({ path }) => path),
          story,
        ).toContain(script);
        console.log(
          `lab: ${name} reached its script ${((performance.now() - began) / 1_000).toFixed(0)} s after power-on`,
        );
        await machine.stop();
      },
      BOOT_MS + 20_000,
    );
  });
});

const documents = (families: readonly (4 | 6)[], mac: string, secureBoot: boolean): readonly ViewDocument[] => {
  const machine: ViewMachine = {
    node: idOf<NodeId>('00000000-0000-7000-8000-000000000b02'),
    name: 'lab.example.com',
    deployment: 'system',
    roles: [],
    macs: [mac],
    uuid: null,
    addresses: families.map((family) => ({
      network: 'admin',
      range: 'host',
      family,
      address: family === 4 ? '10.77.9.50' : 'fd77:9::50',
    })),
    bootenv: 'lab',
    secureBoot,
    params: {},
  };
  return [
    { kind: 'network', id: network(families).id, body: network(families) },
    { kind: 'machine', id: machine.node, body: machine },
    { kind: 'bootenv', id: 'lab', body: bootenv },
    { kind: 'services', id: 'services', body: { unknownBootenv: 'lab', httpPort: 7_780, apiUrl: '' } },
  ];
};

const until = async (holds: () => boolean, ms: number): Promise<void> => {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await pause(LOOK_MS);
};
