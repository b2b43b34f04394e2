/** Why a packet is not answered. Each is told in the packet record, so that nobody has to guess. */
export const SILENCE_REASONS = {
  malformed: 'it is no sound DHCP message',
  'not-a-request': 'it comes from a server, not from a client',
  bootp: 'it is plain BOOTP, which has no leases',
  'unknown-type': 'its message type means nothing to a server',
  'too-many-hops': 'it went through more relays than RFC 1542 §4.1.1 allows',
  'no-identity': 'it names neither a hardware address nor a client identifier',
  'unknown-link': 'no network of Anneal is on the link it came from',
  'served-by-nobody': 'DHCP is off for the networks of this link',
  'not-booting': 'another server gives out addresses here, and it did not ask to boot',
  'nothing-to-boot': 'another server gives out addresses here, and there is nothing to boot for it',
  'another-server': 'it chose another server',
  'no-free-address': 'no address is free for it: widen the range named dhcp, or reserve an address for the machine',
  'only-known-machines': 'the networks of this link serve known machines only, and it is not one with an address here',
  'unknown-client': 'it wants to keep an address of which nothing is known here (RFC 2131 §4.3.2)',
  'no-address': 'it names no address',
  'took-note': 'a message of this type is not answered',
  overload: 'there was too much to do; the client asks again',
  'not-durable': 'its lease could not be written down, so it was not promised',
} as const;

export type SilenceReason = keyof typeof SILENCE_REASONS;
