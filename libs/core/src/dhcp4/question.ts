import type { ViewMachine, ViewNetwork, ViewServices, ViewSubnet } from '../boot-view/document.js';
import type { BootDecision, BootFacts } from '../boot/decision.js';
import type { LeaseBook } from '../lease/book.js';
import type { Lease } from '../lease/lease.js';
import type { Dhcp4Packet } from './packet.js';
import type { SilenceReason } from './silence.js';

/** What of the boot view the engine looks at; `BootView` is one. */
export interface Dhcp4View {
  machineByMac(mac: string): ViewMachine | undefined;
  machineByAddress(address: string): ViewMachine | undefined;
  networksOfLink(link: string): readonly ViewNetwork[];
  networkHolding(address: string): { readonly network: ViewNetwork; readonly subnet: ViewSubnet } | undefined;
  readonly services: Pick<ViewServices, 'httpPort'>;
}

/** What the engine answers from. All of it may change between two packets. */
export interface Dhcp4Sources {
  readonly view: Dhcp4View;
  readonly book: LeaseBook;
  /** All IPv4 addresses of this server, on whatever interface: none of them is given out, each may be asked for. */
  readonly ours: ReadonlySet<string>;
  readonly decideBoot: (facts: BootFacts) => BootDecision;
  /**
   * Whether names are served on our addresses, on the port that resolvers ask: then a network that names no servers is told
   * ours. Absent: they are not.
   */
  readonly servesNames?: () => boolean;
}

/** How a packet came. */
export interface Dhcp4Arrival {
  /** Addresses of the interface it came in by; the first speaks where none lies in the client's subnet. */
  readonly local: readonly string[];
  readonly from: string;
  readonly fromPort: number;
  /** 67, or 4011 for boot servers and proxies. */
  readonly port: number;
  /** It was sent to one of our addresses, not to all. */
  readonly unicast: boolean;
}

/** Where a reply goes (RFC 2131 §4.1). */
export type Dhcp4Destination =
  | { readonly kind: 'relay' | 'unicast'; readonly address: string; readonly port: number }
  /** To the hardware address: the client has no address yet. Where that cannot be done, broadcast it. */
  | { readonly kind: 'link'; readonly address: string; readonly mac: string }
  | { readonly kind: 'broadcast' };

interface Dhcp4Outcome {
  /** The hardware address, and the machine that has it. */
  readonly mac: string | null;
  readonly machine: ViewMachine | null;
  /** What must be durable before the reply leaves; also set for what is not answered: released, declined. */
  readonly lease: Lease | null;
  /** One short sentence a step. */
  readonly why: readonly string[];
}

export type Dhcp4Answer =
  | (Dhcp4Outcome & {
      readonly kind: 'reply';
      readonly packet: Dhcp4Packet;
      readonly to: Dhcp4Destination;
      /** Bytes that the message may take, headers of IP and UDP not counted (option 57). */
      readonly bytesMax: number;
    })
  | (Dhcp4Outcome & {
      readonly kind: 'silence';
      readonly reason: SilenceReason;
      /** The server that the client chose instead of us: perhaps one that should not be there. */
      readonly otherServer: string | null;
    });
