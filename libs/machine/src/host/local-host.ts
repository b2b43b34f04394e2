import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, readFile, statfs } from 'node:fs/promises';
import { freemem, hostname, networkInterfaces, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { HostFacts, type DhcpProbe, type HostCheck, type HostInterface, type HostReport } from '#app';

/** The host this process runs on. Everything is read; nothing is tried out and nothing is changed. */

const run = promisify(execFile);
/** How long one program may take to answer, in milliseconds. */
const ANSWER_MS_MAX = 3_000;
const GIB = 2 ** 30;
/** What an installation with a few images takes. */
const DISK_BYTES_MIN = 10 * GIB;
const MEMORY_BYTES_MIN = 2 * GIB;
/** Ports that netboot serves on, by transport, with what they are for. */
const UDP_PORTS: readonly (readonly [port: number, what: string])[] = [
  [67, 'DHCP'],
  [547, 'DHCPv6'],
  [69, 'TFTP'],
  [53, 'DNS'],
];
/** Programs of the host that some part of the work needs. */
const PROGRAMS: readonly (readonly [program: string, what: string])[] = [
  ['mmdebstrap', 'images for machines cannot be built (Debian package mmdebstrap)'],
  ['ipmitool', 'machines with IPMI cannot be switched (Debian package ipmitool)'],
  ['nginx', 'images are sent several times slower (Debian package nginx-light)'],
];

export class LocalHost extends HostFacts {
  /** `home`: where Anneal keeps its data. Without a probe nobody is asked on the wire. */
  constructor(
    private readonly home: string,
    private readonly probe: DhcpProbe | null = null,
  ) {
    super();
  }

  override async look(): Promise<HostReport> {
    const fqdn = await fqdnOf();
    const interfaces = interfacesNow();
    const disk = await statfs(this.home);
    const diskFreeBytes = disk.bavail * disk.bsize;
    const memoryBytes = totalmem();
    const checks = [
      nameCheck(fqdn),
      interfaceCheck(interfaces),
      await portCheck(),
      await clockCheck(),
      sizeCheck('disk', diskFreeBytes, DISK_BYTES_MIN, 'free in the home of Anneal', 'images need room'),
      sizeCheck(
        'memory',
        memoryBytes,
        MEMORY_BYTES_MIN,
        `in all, ${gib(freemem())} free`,
        'database and queue need it',
      ),
      await programCheck(),
      privilegeCheck(),
      ...(this.probe ? [await dhcpCheck(this.probe)] : []),
    ];
    return { fqdn, hostname: hostname(), interfaces, memoryBytes, diskFreeBytes, checks };
  }
}

const fqdnOf = async (): Promise<string | null> => {
  const said = await run('hostname', ['--fqdn'], { timeout: ANSWER_MS_MAX }).catch(() => null);
  const name = said?.stdout.trim().toLowerCase() ?? hostname().toLowerCase();
  return name.includes('.') && !name.endsWith('.') && name !== 'localhost.localdomain' ? name : null;
};

const nameCheck = (fqdn: string | null): HostCheck =>
  fqdn
    ? { name: 'name', verdict: 'good', says: `This host is ${fqdn}.` }
    : {
        name: 'name',
        verdict: 'warning',
        says: 'This host has no name with a domain: give one below, or set it with `hostnamectl set-hostname`.',
      };

const interfacesNow = (): HostInterface[] =>
  Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) => {
    if (addresses.every(({ internal }) => internal)) return [];
    return [
      {
        name,
        mac: addresses[0]?.mac ?? null,
        up: true,
        addresses: addresses.flatMap(({ cidr }) => (cidr && !cidr.startsWith('fe80:') ? [cidr] : [])),
      },
    ];
  });

const interfaceCheck = (interfaces: readonly HostInterface[]): HostCheck =>
  interfaces.some(({ addresses }) => addresses.length > 0)
    ? {
        name: 'network',
        verdict: 'good',
        says: `Interfaces with an address: ${interfaces.map(({ name }) => name).join(', ')}.`,
      }
    : {
        name: 'network',
        verdict: 'bad',
        says: 'No interface has an address: give the one on the admin network an address of it first.',
      };

/** Who holds a port already is not asked: netboot itself may. That somebody does is worth knowing before the first start. */
const portCheck = async (): Promise<HostCheck> => {
  const taken = new Set<number>();
  for (const file of ['/proc/net/udp', '/proc/net/udp6']) {
    const text = await readFile(file, 'utf8').catch(() => '');
    for (const [, hex] of text.matchAll(/^\s*\d+: [0-9A-F]+:([0-9A-F]{4}) /gm))
      taken.add(Number.parseInt(hex as string, 16));
  }
  const held = UDP_PORTS.filter(([port]) => taken.has(port));
  return held.length === 0
    ? { name: 'ports', verdict: 'good', says: 'The ports of DHCP, TFTP and DNS are free.' }
    : {
        name: 'ports',
        verdict: 'warning',
        says: `Somebody listens on ${held.map(([port, what]) => `${port} (${what})`).join(', ')}: fine if it is Anneal or on another interface; stop it otherwise.`,
      };
};

const clockCheck = async (): Promise<HostCheck> => {
  const said = await run('timedatectl', ['show', '-p', 'NTPSynchronized', '--value'], { timeout: ANSWER_MS_MAX }).catch(
    () => null,
  );
  switch (said?.stdout.trim()) {
    case 'yes':
      return { name: 'clock', verdict: 'good', says: 'The clock is synchronised.' };
    case 'no':
      return {
        name: 'clock',
        verdict: 'warning',
        says: 'The clock is not synchronised: machines take their time from here.',
      };
    default:
      return { name: 'clock', verdict: 'unknown', says: 'Nothing here tells whether the clock is synchronised.' };
  }
};

const gib = (bytes: number): string => `${(bytes / GIB).toFixed(1)} GiB`;

const sizeCheck = (name: string, found: number, least: number, where: string, why: string): HostCheck => ({
  name,
  verdict: found >= least ? 'good' : 'warning',
  says: `${gib(found)} ${where}${found >= least ? '.' : `, less than ${gib(least)}: ${why}.`}`,
});

const programCheck = async (): Promise<HostCheck> => {
  const missing: string[] = [];
  for (const [program, without] of PROGRAMS)
    if (!(await isThere(program))) missing.push(`without ${program} ${without}`);
  return missing.length === 0
    ? { name: 'programs', verdict: 'good', says: 'Everything that is used of the host is there.' }
    : { name: 'programs', verdict: 'warning', says: `${missing.join('; ')}.` };
};

const isThere = async (program: string): Promise<boolean> => {
  for (const folder of [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/sbin'])
    if (
      await access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true;
  return false;
};

const privilegeCheck = (): HostCheck =>
  process.getuid?.() === 0
    ? { name: 'privileges', verdict: 'good', says: 'Anneal may open the ports of DHCP, TFTP and DNS.' }
    : {
        name: 'privileges',
        verdict: 'warning',
        says: 'Anneal does not run as root: netboot needs CAP_NET_BIND_SERVICE, CAP_NET_RAW and CAP_NET_ADMIN (deploy/systemd has units that give them).',
      };

/** Whether somebody gives out addresses on a wire of this host already. */
const dhcpCheck = async (probe: DhcpProbe): Promise<HostCheck> => {
  const { found, asked, unasked } = await probe.ask();
  const notAsked = unasked.map(({ interface: name, why }) => `${name} was not asked (${why})`);
  if (found.length > 0)
    return {
      name: 'other DHCP',
      verdict: 'warning',
      says:
        [
          ...found.map(
            ({ server, interface: name, offered }) => `${server} gives out addresses on ${name}: it offered ${offered}`,
          ),
          'switch it off there, or choose below that it stays and Anneal adds what to boot',
          ...notAsked,
        ].join('; ') + '.',
    };
  return asked.length === 0
    ? {
        name: 'other DHCP',
        verdict: 'unknown',
        says: `Nobody was asked whether there is another DHCP server${notAsked.length > 0 ? `: ${notAsked.join('; ')}` : ''}.`,
      }
    : {
        name: 'other DHCP',
        verdict: notAsked.length > 0 ? 'unknown' : 'good',
        says: `${['No other DHCP server answers on ' + asked.join(', '), ...notAsked].join('; ')}.`,
      };
};
