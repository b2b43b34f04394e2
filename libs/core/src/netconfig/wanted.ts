/**
 * What a node is to have: one attachment for each address that was given to it, with what the network and its range say of
 * the way it is reached. Nothing in here knows the node's cards.
 */
export interface WantedAttachment {
  readonly network: string;
  readonly category: string;
  readonly range: string;
  /** As the network or its range has it: `1g0,1g1`. */
  readonly conduit: string;
  /** VLAN tag, 1 to 4094; null: untagged. */
  readonly vlan: number | null;
  /** Mode of the bond, 0 to 6; null: none. */
  readonly bondMode: number | null;
  readonly bridge: boolean;
  readonly mtu: number | null;
  /** Name of the routing table for what comes from and goes to this address; null: the main table serves it. */
  readonly policyTable: string | null;
  /** With its prefix length. */
  readonly address: string;
  readonly router: WantedRouter | null;
  /** Further ways out of this network. */
  readonly routes: readonly { readonly destination: string; readonly via: string }[];
  readonly nameServers: readonly string[];
  /** Where names without a dot are looked for; empty: nowhere. */
  readonly domain: string;
}

export interface WantedRouter {
  /** Without prefix length. */
  readonly address: string;
  /** The lowest on a node is its default route. */
  readonly preference: number;
}

/** The modes of a bond by number, as the kernel names them. */
export const BOND_MODES = [
  'balance-rr',
  'active-backup',
  'balance-xor',
  'broadcast',
  '802.3ad',
  'balance-tlb',
  'balance-alb',
] as const;
export type BondModeName = (typeof BOND_MODES)[number];

/** The kernel's limit for names of interfaces (IFNAMSIZ less the closing zero). */
export const INTERFACE_NAME_MAX = 15;
