import { addressValue, refuse, type Refusal } from '#core';

/** Longest TTL, in seconds: a week. Longer ones outlive machines. */
export const TTL_MAX = 604_800;
/** Entries of a list of networks, forwarders or addresses. */
const LIST_MAX = 64;

const NAME = /^[A-Za-z0-9][-_.A-Za-z0-9]{0,62}$/;

export const refuseRowName = (what: string, name: string): Refusal | null =>
  NAME.test(name)
    ? null
    : refuse(
        'invalid',
        `"${name}" is no name for a ${what}: use up to 63 letters, digits, - _ . and begin with a letter or digit.`,
        { field: 'name' },
      );

export const refuseTtl = (ttl: number | null): Refusal | null =>
  ttl === null || (Number.isInteger(ttl) && ttl >= 1 && ttl <= TTL_MAX)
    ? null
    : refuse('invalid', `a TTL of ${ttl} s is out of range: use 1 to ${TTL_MAX}.`, { field: 'ttl' });

export const refuseLength = (field: string, list: readonly string[]): Refusal | null =>
  list.length <= LIST_MAX && list.every((entry) => entry.length <= 255 && !entry.includes('\0'))
    ? null
    : refuse('too-large', `${field} holds at most ${LIST_MAX} entries of 255 characters.`, { field });

export const refuseAddress = (field: string, address: string): Refusal | null =>
  addressValue(address) === null
    ? refuse(
        'invalid',
        `"${address.slice(0, 60)}" is no address: give an IPv4 or IPv6 address without a prefix length.`,
        { field },
      )
    : null;

/** `address` or `address#port`. */
export const refuseForwarder = (text: string): Refusal | null => {
  const [address = '', port, more] = text.split('#');
  const wrongPort =
    more !== undefined ||
    (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535));
  if (wrongPort)
    return refuse('invalid', `"${text.slice(0, 80)}" is no forwarder: write address or address#port.`, {
      field: 'forwarders',
    });
  return refuseAddress('forwarders', address);
};

export const firstRefusal = (checks: readonly (Refusal | null)[]): Refusal | null =>
  checks.find((check) => check !== null) ?? null;
