/**
 * What a node's network is to look like, link by link, from the bottom up. It is written to the node as the record of what
 * is ours there, so it is plain JSON, and two plans that mean the same are written the same.
 */
export interface NetworkPlan {
  /** Of this shape; a record of another is of another version of Anneal. */
  readonly format: 1;
  readonly links: readonly PlannedLink[];
  /** Numbers of the routing tables that networks named. */
  readonly tables: Readonly<Record<string, number>>;
}

export type PlannedLinkKind = 'physical' | 'bond' | 'vlan' | 'bridge';

export interface PlannedLink {
  readonly name: string;
  readonly kind: PlannedLinkKind;
  /** The networks that use it. */
  readonly networks: readonly string[];
  /** The bond or bridge that it belongs to. */
  readonly master: string | null;
  /** Members of a bond, or the port of a bridge. */
  readonly members: readonly string[];
  readonly bondMode: number | null;
  readonly vlan: { readonly id: number; readonly parent: string } | null;
  readonly mtu: number | null;
  readonly addresses: readonly PlannedAddress[];
  readonly routes: readonly PlannedRoute[];
  readonly rules: readonly PlannedRule[];
  readonly nameServers: readonly string[];
  readonly searchDomains: readonly string[];
}

export interface PlannedAddress {
  /** With its prefix length. */
  readonly address: string;
  /** The network it was given by. Null: it was on the card before us, and stays with whatever took the card's place. */
  readonly network: string | null;
  readonly range: string | null;
  /** The card that an address without a network was found on. */
  readonly keptFrom: string | null;
}

export interface PlannedRoute {
  readonly family: 4 | 6;
  /** `0.0.0.0/0` and `::/0` for the default. */
  readonly destination: string;
  /** Null: directly on the link. */
  readonly via: string | null;
  /** Null: the main table. */
  readonly table: number | null;
  /** As with addresses. */
  readonly keptFrom: string | null;
}

export interface PlannedRule {
  readonly family: 4 | 6;
  readonly from: string | null;
  readonly to: string | null;
  readonly table: number;
  /** Lower ones are asked first. */
  readonly priority: number;
}

export const EMPTY_PLAN: NetworkPlan = { format: 1, links: [], tables: {} };

/** Reads the record from a node. Null when it is none of ours, or of a version that we do not know. */
export function readNetworkPlan(text: string): NetworkPlan | null {
  try {
    const value = JSON.parse(text) as Partial<NetworkPlan> | null;
    if (value?.format !== 1 || !Array.isArray(value.links) || typeof value.tables !== 'object') return null;
    return value as NetworkPlan;
  } catch {
    return null;
  }
}

/** A family's default destination. */
export const defaultDestination = (family: 4 | 6): string => (family === 4 ? '0.0.0.0/0' : '::/0');

export const isDefaultRoute = (route: { readonly destination: string }): boolean =>
  route.destination === '0.0.0.0/0' || route.destination === '::/0';

/** 4 or 6, of an address with or without prefix length. */
export const familyOf = (address: string): 4 | 6 => (address.includes(':') ? 6 : 4);
