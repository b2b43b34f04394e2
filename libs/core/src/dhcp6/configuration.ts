import { tftpUrl } from '../boot/boot-url.js';
import type { BootDecision, BootFacts } from '../boot/decision.js';
import type { ViewNetwork } from '../boot-view/document.js';
import { nameServersOn } from './name-servers.js';
import { parseAddress6, samePrefix6 } from './address.js';
import type { Client6 } from './client.js';
import { encodeName } from './domain-name.js';
import type { World6 } from './exchange.js';
import { optionOf, type ClientMessage6, type Option6 } from './message.js';
import { OPTION6 } from './numbers.js';
import type { Place6 } from './place.js';

/**
 * What a client is told beside addresses: where names and time are served, and what it boots. Options are sent to those who
 * ask for them (RFC 8415 §18.3.9); a boot file also to those who say what architecture they are.
 */

/** RFC 4704 §4.1: the server updates the records (S), against the client's wish (O), or does not (N). */
const SERVER_UPDATES = 0x01;
const OVERRIDDEN = 0x02;
const NO_UPDATE = 0x04;

export interface Configuration6 {
  readonly options: readonly Option6[];
  readonly boot: BootDecision | null;
}

export const configurationFor = (
  world: World6,
  place: Place6,
  client: Client6,
  message: ClientMessage6,
  network: ViewNetwork,
): Configuration6 => {
  const { options: asked } = message;
  const codes = optionOf(asked, 'option-request')?.codes ?? [];
  const options: Option6[] = [];
  for (const code of codes) {
    const option = configured(network, code, world);
    if (option) options.push(option);
  }
  const name = codes.includes(OPTION6.clientName) ? nameFor(client, message) : null;
  if (name) options.push(name);
  const facts = bootFacts(world, place, client, asked, codes);
  if (!facts) return { options, boot: null };
  const boot = world.decideBoot(facts);
  options.push(...bootOptions(boot, facts, asked));
  return { options, boot };
};

const configured = (network: ViewNetwork, code: number, world: World6): Option6 | null => {
  switch (code) {
    case OPTION6.nameServers:
      return withAddresses('name-servers', nameServersOn(network, world.servesNames?.() ? world.addresses : []));
    case OPTION6.ntpServers:
      return withAddresses('ntp-servers', network.timeServers);
    case OPTION6.sntpServers:
      return withAddresses('sntp-servers', network.timeServers);
    case OPTION6.domainSearch:
      return network.domain !== '' && encodeName(network.domain)
        ? { is: 'domain-search', names: [network.domain] }
        : null;
    default:
      return null;
  }
};

/** Servers may be told in either family; those of IPv4 cannot be told here. */
const withAddresses = (
  is: 'name-servers' | 'ntp-servers' | 'sntp-servers',
  servers: readonly string[],
): Option6 | null => {
  const addresses = servers.filter((address) => address.includes(':') && parseAddress6(address));
  return addresses.length === 0 ? null : { is, addresses };
};

/** Names follow from nodes, so the server speaks for a machine that it knows, and for nobody else. */
const nameFor = (client: Client6, { options }: ClientMessage6): Option6 | null => {
  const said = optionOf(options, 'client-name');
  if (!said) return null;
  if (!client.machine || !encodeName(client.machine.name)) return { ...said, flags: NO_UPDATE };
  const flags = said.flags & SERVER_UPDATES ? SERVER_UPDATES : SERVER_UPDATES | OVERRIDDEN;
  return { is: 'client-name', flags, name: client.machine.name, whole: true };
};

const IPXE = 'iPXE';

const bootFacts = (
  world: World6,
  place: Place6,
  client: Client6,
  options: readonly Option6[],
  codes: readonly number[],
): BootFacts | null => {
  const architecture = optionOf(options, 'architecture')?.codes[0] ?? null;
  if (architecture === null && !codes.includes(OPTION6.bootFileUrl)) return null;
  const server = serverFor(world, place);
  if (server === null) return null;
  return {
    via: 'dhcp6',
    family: 6,
    architecture,
    vendorClass: textOf(optionOf(options, 'vendor-class')?.classes[0]),
    ipxe: optionOf(options, 'user-class')?.classes.some((each) => textOf(each) === IPXE) ?? false,
    mac: client.mac,
    uuid: client.uuid,
    server,
    httpPort: world.view.services.httpPort,
  };
};

/** Our address on the client's own link, or else any that can be routed to; null when there is none. */
const serverFor = ({ addresses }: World6, { served }: Place6): string | null => {
  for (const address of addresses) {
    const bytes = parseAddress6(address);
    if (bytes && served.some(({ prefix }) => samePrefix6(prefix.base, bytes, prefix.length))) return address;
  }
  return addresses[0] ?? null;
};

const bootOptions = (boot: BootDecision, facts: BootFacts, asked: readonly Option6[]): Option6[] => {
  if (boot.boot === 'nothing') return [];
  const url = boot.boot === 'url' ? boot.url : tftpUrl(facts.server, boot.file);
  const options: Option6[] = [{ is: 'boot-file-url', url }];
  // UEFI 2.10 §24.7.3.1: a firmware that boots over HTTP takes a URL only from a server that names the class in turn.
  if (facts.vendorClass?.startsWith('HTTPClient')) {
    const enterprise = optionOf(asked, 'vendor-class')?.enterprise ?? 0;
    options.push({ is: 'vendor-class', enterprise, classes: [HTTP_CLIENT] });
  }
  return options;
};

const HTTP_CLIENT = Uint8Array.from('HTTPClient', (letter) => letter.charCodeAt(0));

const textOf = (bytes: Uint8Array | undefined): string | null =>
  bytes ? String.fromCharCode(...bytes.subarray(0, 255)) : null;
