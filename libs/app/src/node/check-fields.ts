import { refuse, refuseDocument, type JsonObject, type Refusal } from '#core';

/** What an operator may write of a node, as it was given. */
export interface NodeFields {
  readonly description?: string;
  readonly bootenv?: string;
  readonly address?: string | null;
  readonly sshPort?: number;
  readonly hostKey?: string | null;
  readonly macs?: readonly string[];
  readonly quirks?: readonly string[];
  readonly hints?: JsonObject;
  readonly notes?: JsonObject;
}

export const DESCRIPTION_LENGTH_MAX = 2_000;
/** Hardware addresses of one machine: a server with two cards of four ports and its BMC has nine. */
const MACS_MAX = 64;
const QUIRKS_MAX = 64;
const NAME = /^[A-Za-z][-_A-Za-z0-9]{0,62}$/;
/** IPv4 or IPv6 without a prefix length; whether it is one the machine will find out, so this only keeps rubbish out. */
const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:.]*:[0-9a-f:.]*(%[A-Za-z0-9._-]{1,15})?)$/i;
const HOST_KEY = /^(ssh|ecdsa|sk)-[-a-z0-9@.]+ [A-Za-z0-9+/]{16,}={0,2}$/;

/** The fields as they are kept: hardware addresses in lower case with colons; or what is wrong with them. */
export const checkNodeFields = <Fields extends NodeFields>(fields: Fields): Fields | Refusal => {
  const { description, bootenv, address, sshPort, hostKey, macs, quirks, hints, notes } = fields;
  const no = (field: string, detail: string): Refusal => refuse('invalid', detail, { field });
  if (description !== undefined && description.length > DESCRIPTION_LENGTH_MAX)
    return no(
      'description',
      `the description has ${description.length} characters: use at most ${DESCRIPTION_LENGTH_MAX}.`,
    );
  if (bootenv !== undefined && !NAME.test(bootenv))
    return no('bootenv', `"${bootenv.slice(0, 80)}" cannot be the name of a boot environment.`);
  if (typeof address === 'string' && !ADDRESS.test(address))
    return no('address', `"${address.slice(0, 80)}" is no IPv4 or IPv6 address: leave the prefix length out.`);
  if (sshPort !== undefined && !(Number.isInteger(sshPort) && sshPort >= 1 && sshPort <= 65_535))
    return no('ssh_port', `${sshPort} is no port: use a whole number from 1 to 65535.`);
  if (typeof hostKey === 'string' && !HOST_KEY.test(hostKey))
    return no(
      'host_key',
      'the host key must look like in known_hosts: "ssh-ed25519 AAAA…", without the host. Null forgets the pinned one.',
    );
  if (quirks !== undefined && (quirks.length > QUIRKS_MAX || quirks.some((quirk) => !NAME.test(quirk))))
    return no('quirks', `quirks are at most ${QUIRKS_MAX} names of letters, digits, hyphens and underscores.`);
  const documents =
    (hints && refuseDocument('the hints', hints)) ?? (notes && refuseDocument('the notes', notes)) ?? null;
  if (documents) return documents;
  if (macs === undefined) return fields;
  const kept = macs.map(plainMac);
  const wrong = macs.find((_, index) => kept[index] === null);
  if (wrong !== undefined || macs.length > MACS_MAX)
    return no(
      'macs',
      wrong === undefined
        ? `a node has at most ${MACS_MAX} hardware addresses.`
        : `"${wrong.slice(0, 80)}" is no hardware address: write it like 52:54:00:12:34:56.`,
    );
  return { ...fields, macs: [...new Set(kept as string[])] };
};

const plainMac = (text: string): string | null => {
  const digits = text.toLowerCase().replaceAll(/[:.-]/g, '');
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) as string[]).join(':') : null;
};
