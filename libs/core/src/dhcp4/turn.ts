import type { Lease } from '../lease/lease.js';
import type { Dhcp4Client } from './client.js';
import type { ClientLink } from './link.js';
import type { Dhcp4Packet, MessageType } from './packet.js';
import type { Dhcp4Answer, Dhcp4Arrival, Dhcp4Sources } from './question.js';
import type { SilenceReason } from './silence.js';

/** One packet while it is being answered. */
export interface Turn {
  readonly packet: Dhcp4Packet;
  readonly type: MessageType;
  readonly arrival: Dhcp4Arrival;
  readonly sources: Dhcp4Sources;
  readonly now: number;
  readonly link: ClientLink;
  readonly client: Dhcp4Client;
  readonly why: string[];
}

/** The packet gets no answer, for this reason. */
export const silence = (
  { client, why }: Turn,
  reason: SilenceReason,
  more: { readonly otherServer?: string | null; readonly lease?: Lease | null } = {},
): Dhcp4Answer => ({
  kind: 'silence',
  reason,
  otherServer: more.otherServer ?? null,
  mac: client.mac,
  machine: client.machine,
  lease: more.lease ?? null,
  why,
});
