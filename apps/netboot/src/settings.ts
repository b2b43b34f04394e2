import { hostname } from 'node:os';

/**
 * What the environment says to a netboot process, read once and checked: a setting that cannot be meant is told at the
 * start, not when a machine boots.
 */

/** A port; or null, where the service is switched off. */
export type PortSetting = number | null;

export interface NetbootSettings {
  readonly databaseUrl: string;
  readonly host: string;
  /** Where machines reach the API; empty: at the address of this host on their own network, `apiPort`. */
  readonly apiUrl: string;
  readonly apiPort: number;
  readonly ports: {
    readonly dhcp4: PortSetting;
    readonly proxyDhcp: PortSetting;
    readonly dhcp6: PortSetting;
    readonly dns: PortSetting;
    readonly tftp: PortSetting;
    readonly http: PortSetting;
  };
  /** Router advertisements have no port. */
  readonly advertises: boolean;
  /** Interfaces that are served although no network names them, or null: as the networks say. */
  readonly interfaces: readonly string[] | null;
  readonly control: { readonly address: string; readonly port: number };
}

const PORT_MAX = 65_535;

export class SettingFault extends Error {
  override readonly name = 'SettingFault';
}

type Environment = Readonly<Record<string, string | undefined>>;

export function readSettings(environment: Environment): NetbootSettings {
  const databaseUrl = environment['DATABASE_URL'];
  if (!databaseUrl)
    throw new SettingFault(
      'DATABASE_URL is not set: give the address of the database, or start everything with `anneal up`. netboot starts while the database is away, but has to know where it is',
    );
  const port = (name: string, usual: number): PortSetting => portOf(environment, name, usual);
  const httpPort = portOf(environment, 'ANNEAL_BOOT_PORT', 7_780);
  return {
    databaseUrl,
    host: environment['ANNEAL_NETBOOT_HOST'] ?? hostname(),
    apiUrl: (environment['ANNEAL_SERVER_URL'] ?? '').replace(/\/+$/, ''),
    apiPort: portOf(environment, 'ANNEAL_PORT', 7_700) ?? 7_700,
    ports: {
      dhcp4: port('ANNEAL_DHCP4', 67),
      proxyDhcp: port('ANNEAL_PROXY_DHCP', 4_011),
      dhcp6: port('ANNEAL_DHCP6', 547),
      dns: port('ANNEAL_DNS', 53),
      tftp: port('ANNEAL_TFTP', 69),
      http: httpPort,
    },
    advertises: environment['ANNEAL_RA'] !== 'off',
    interfaces: listOf(environment['ANNEAL_NETBOOT_INTERFACES']),
    control: controlOf(environment['ANNEAL_NETBOOT_CONTROL'] ?? '127.0.0.1:0'),
  };
}

function portOf(environment: Environment, name: string, usual: number): PortSetting {
  const said = environment[name]?.trim();
  if (said === undefined || said === '' || said === 'on') return usual;
  if (said === 'off') return null;
  const port = Number(said);
  if (Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return port;
  throw new SettingFault(`${name} is "${said}": give a port from 0 to ${PORT_MAX}, "on" for ${usual}, or "off"`);
}

const listOf = (said: string | undefined): readonly string[] | null =>
  said === undefined || said.trim() === '' ? null : said.split(/[\s,]+/).filter((name) => name !== '');

function controlOf(said: string): { address: string; port: number } {
  const at = said.lastIndexOf(':');
  const port = Number(said.slice(at + 1));
  const address = said.slice(0, at).replace(/^\[|\]$/g, '');
  if (at > 0 && Number.isInteger(port) && port >= 0 && port <= PORT_MAX) return { address, port };
  throw new SettingFault(`ANNEAL_NETBOOT_CONTROL is "${said}": give ADDRESS:PORT, for example 127.0.0.1:0`);
}
