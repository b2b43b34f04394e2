import type { NodeId, Refusal } from '#core';

/** What the BMC of a node is to be configured with. It holds a password in the clear: for one run, never stored or logged. */
export interface BmcPlan {
  /** IPv4; null leaves the address that the BMC has. */
  readonly address: string | null;
  readonly netmask: string | null;
  readonly router: string | null;
  /** Null: untagged. */
  readonly vlan: number | null;
  readonly user: string;
  readonly password: string;
  /** The BMC is written down with just this already, and a login has succeeded with it. */
  readonly isVerified: boolean;
}

/** Decides how a BMC is configured, and writes down how it is reached then. */
export abstract class BmcPlanner {
  /** An address of a network of the category `bmc`, where there is one, and a password: the one that is kept, else a new one. */
  abstract plan(
    node: NodeId,
    wish: { readonly user: string; readonly network: string | null },
  ): Promise<BmcPlan | Refusal>;
  /** Before the BMC is touched: how it will be reached, sealed, so that nothing that comes between loses the way in. */
  abstract keep(node: NodeId, plan: BmcPlan, address: string): Promise<Refusal | null>;
  /** A login over the network has succeeded. */
  abstract verified(node: NodeId): Promise<void>;
}
