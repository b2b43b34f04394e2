import type { NetworkPlan } from './plan.js';

/** What of a node's network is there now, as the node's kernel says. */
export interface PresentLink {
  readonly name: string;
  readonly kind: 'physical' | 'bond' | 'vlan' | 'bridge' | 'other';
  /** The bond or bridge that it belongs to. */
  readonly master: string | null;
  readonly vlan: { readonly id: number; readonly parent: string } | null;
  readonly addresses: readonly PresentAddress[];
}

export interface PresentAddress {
  /** With its prefix length. */
  readonly address: string;
  /** It has an end: DHCP or a router's advertisement gave it. */
  readonly dynamic: boolean;
}

/** A way in the main table that is not there by itself. */
export interface PresentRoute {
  /** `0.0.0.0/0` and `::/0` for the default. */
  readonly destination: string;
  readonly via: string;
  readonly device: string;
  readonly dynamic: boolean;
}

export interface PresentNetwork {
  readonly links: readonly PresentLink[];
  readonly routes: readonly PresentRoute[];
  /** What we had configured there before; null when nothing. */
  readonly before: NetworkPlan | null;
}
