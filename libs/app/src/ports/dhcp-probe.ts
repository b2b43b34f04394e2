/** A DHCP server that answered on a link of this host. */
export interface AnsweringDhcpServer {
  readonly server: string;
  readonly interface: string;
  /** The address that it offered. */
  readonly offered: string;
}

export interface DhcpProbed {
  readonly found: readonly AnsweringDhcpServer[];
  /** Interfaces that could not be asked on, each with the reason. */
  readonly unasked: readonly { readonly interface: string; readonly why: string }[];
  /** Interfaces on which it was asked. */
  readonly asked: readonly string[];
}

/**
 * Asks on the links of this host whether somebody gives out addresses there. Nothing is taken: an offer that is not
 * accepted lapses by itself (RFC 2131 §3.1).
 */
export abstract class DhcpProbe {
  abstract ask(): Promise<DhcpProbed>;
}
