import { OPTION } from './option-table.js';
import { readAddress, readText, readUint16 } from './option-value.js';
import { NO_ADDRESS, messageType, type Dhcp4Packet } from './packet.js';
import type { Dhcp4Answer } from './question.js';
import { SILENCE_REASONS } from './silence.js';

/** What a packet says, for people: `DISCOVER, PXEClient, architecture 7`. */
export function askedOf(packet: Dhcp4Packet): string {
  const { options } = packet;
  let said: string = messageType(packet) ?? `type ${options[OPTION.messageType]?.[0] ?? '?'}`;
  const wished = readAddress(options[OPTION.requestedAddress]);
  if (wished !== null) said += ` ${wished}`;
  else if (packet.ciaddr !== NO_ADDRESS) said += ` ${packet.ciaddr}`;
  const vendorClass = options[OPTION.vendorClass];
  if (vendorClass) said += `, ${readText(vendorClass)?.split(':')[0]}`;
  const architecture = options[OPTION.clientArchitecture];
  if (architecture) said += `, architecture ${readUint16(architecture.slice(0, 2))}`;
  if (packet.giaddr !== NO_ADDRESS) said += `, by relay ${packet.giaddr}`;
  return said;
}

/** What it was answered with: `OFFER 10.0.0.5, ipxe.efi`; null for silence. */
export function answeredWith(answer: Dhcp4Answer): string | null {
  if (answer.kind === 'silence') return null;
  const { packet } = answer;
  let said: string = messageType(packet) ?? '?';
  if (packet.yiaddr !== NO_ADDRESS) said += ` ${packet.yiaddr}`;
  const file = packet.options[OPTION.bootFileName];
  return file ? `${said}, ${readText(file)}` : said;
}

/** Every step to the answer; the last says why there was none. */
export const reasonsOf = (answer: Dhcp4Answer): readonly string[] =>
  answer.kind === 'reply' ? answer.why : [...answer.why, SILENCE_REASONS[answer.reason]];
