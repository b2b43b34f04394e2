import { addressOctets, hexOf, readText, readUint16, textOctets } from './option-value.js';
import type { BootDecision, BootFacts } from '../boot/decision.js';
import { macOf } from './client.js';
import { OPTION } from './option-table.js';
import type { Dhcp4Packet, Octets, Options4 } from './packet.js';

/** What goes into a reply so that the machine boots. */
export interface BootFields {
  readonly siaddr: string;
  readonly file: string;
  readonly options: Options4;
}

/** Bytes of the field `file`, its closing zero not counted (RFC 2131 §2). */
const FILE_BYTES_MAX = 127;
/** `iPXE`, as iPXE sends it: RFC 3004 would put a length before it, which others do. */
const IPXE: Octets = textOctets('iPXE');

/** Whether there is anything in the packet that a decision about booting could follow from. */
export const asksToBoot = ({ options }: Dhcp4Packet): boolean =>
  options[OPTION.vendorClass] !== undefined ||
  options[OPTION.clientArchitecture] !== undefined ||
  options[OPTION.userClass] !== undefined ||
  options[OPTION.etherboot] !== undefined;

export function bootFacts(
  packet: Dhcp4Packet,
  via: 'dhcp4' | 'proxy-dhcp4',
  server: string,
  httpPort: number,
): BootFacts {
  const { options } = packet;
  const architecture = options[OPTION.clientArchitecture];
  return {
    via,
    family: 4,
    // A client may name several; the first is the one it runs (RFC 4578 §2.1).
    architecture: architecture && architecture.length >= 2 ? readUint16(architecture.slice(0, 2)) : null,
    vendorClass: readText(options[OPTION.vendorClass]),
    ipxe: isIpxe(options[OPTION.userClass]) || options[OPTION.etherboot] !== undefined,
    mac: macOf(packet),
    uuid: readUuid(options[OPTION.clientUuid]),
    server,
    httpPort,
  };
}

function isIpxe(userClass: Octets | undefined): boolean {
  if (userClass === undefined) return false;
  const at = userClass.length === IPXE.length + 1 && userClass[0] === IPXE.length ? 1 : 0;
  return userClass.length === IPXE.length + at && IPXE.every((octet, index) => userClass[index + at] === octet);
}

/**
 * RFC 4578 §2.3: type 0 and 16 bytes. Firmware sends the first three fields with their low byte first (SMBIOS 2.6
 * §7.2.1); the canonical text has the high byte first.
 */
export function readUuid(octets: Octets | undefined): string | null {
  if (octets === undefined || octets.length !== 17 || octets[0] !== 0) return null;
  const part = (from: number, to: number) => hexOf(octets.slice(from, to));
  const turned = (from: number, to: number) => hexOf(octets.slice(from, to).reverse());
  return `${turned(1, 5)}-${turned(5, 7)}-${turned(7, 9)}-${part(9, 11)}-${part(11, 17)}`;
}

/**
 * A file name goes into `file` as well as into option 67, since firmware of old reads only the one and firmware of today
 * may read only the other. Option 60 is sent to UEFI HTTP clients alone, which refuse an answer without it (UEFI 2.10
 * §24.7.3.1); to a PXE client it would promise a boot server that has to be asked again (PXE 2.1 §2.2.3). Option 43 is
 * not needed as long as 60 is not sent.
 */
export function bootFields(decision: BootDecision, server: string, packet: Dhcp4Packet): BootFields | null {
  if (decision.boot === 'nothing') return null;
  const name = decision.boot === 'file' ? decision.file : decision.url;
  const options: Options4 = { [OPTION.bootFileName]: textOctets(name) };
  if (isHttpClient(packet)) options[OPTION.vendorClass] = textOctets('HTTPClient');
  else if (decision.boot === 'file' && packet.options[OPTION.parameterList]?.includes(OPTION.tftpServerName))
    options[OPTION.tftpServerName] = textOctets(server);
  return { siaddr: server, file: name.length <= FILE_BYTES_MAX ? name : '', options };
}

export const isHttpClient = ({ options }: Dhcp4Packet): boolean =>
  readText(options[OPTION.vendorClass])?.startsWith('HTTPClient') ?? false;

/**
 * What a PXE client needs of a proxy beside the file (PXE 2.1 §2.1, tag 43): sub-option 6 with bit 3, "the file is in
 * this answer, do not look for boot servers"; and that the answer says it comes from one that knows PXE.
 */
export function proxyFields(packet: Dhcp4Packet, server: string): Options4 {
  if (isHttpClient(packet)) return {};
  return {
    [OPTION.vendorClass]: textOctets('PXEClient'),
    [OPTION.vendorSpecific]: [6, 1, 8, 255],
    [OPTION.serverIdentifier]: addressOctets(server),
  };
}
