import type { IpFamily, NetworkId } from '../boot-view/document.js';
import type { NodeId } from '../base/ids.js';

/**
 * An address that was promised to somebody until a moment. A reservation is not a lease: it follows from the view and
 * holds without one; its lease only records that the machine took it.
 */
export interface Lease {
  readonly network: NetworkId;
  readonly family: IpFamily;
  /** Canonical text, without prefix length: unique among leases. */
  readonly address: string;
  /** Who holds it: `mac:52:54:00:…`, `client:<hex>`, `relay:<hex>` or, in DHCPv6, `duid:<hex>/<iaid>`. */
  readonly holder: string;
  readonly mac: string | null;
  readonly node: NodeId | null;
  readonly hostname: string | null;
  /** `declined`: somebody else uses it (RFC 2131 §4.3.3); nobody gets it until then. */
  readonly state: 'bound' | 'released' | 'declined';
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly until: number;
}
