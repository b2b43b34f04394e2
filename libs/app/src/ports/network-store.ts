import type {
  AddressChoice,
  AddressSpan,
  DeploymentId,
  IpFamily,
  JsonObject,
  NetworkId,
  NodeId,
  NodeRoleId,
  Refusal,
  RoleId,
} from '#core';
import type { AllocationId, NetworkRangeId, NetworkRouterId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

export type DhcpMode = 'serve' | 'proxy' | 'off';

/** A way out beside the router's, RFC 3442. */
export interface NetworkRoute {
  /** In CIDR. */
  readonly destination: string;
  readonly via: string;
}

/** How nodes are attached: what a range may say differently from its network. */
export interface Attachment {
  readonly conduit: string;
  readonly vlan: number;
  readonly useVlan: boolean;
  readonly useBridge: boolean;
  readonly useTeam: boolean;
  readonly teamMode: number;
}

export interface NetworkFields extends Attachment {
  readonly description: string;
  readonly order: number;
  readonly category: string;
  readonly group: string;
  /** Whether Anneal configures it on nodes and gives out addresses by itself. */
  readonly configure: boolean;
  /** The name of a routing table for policy routing. */
  readonly pbr: string | null;
  /** `fd12:3456:789a:1::/64` */
  readonly v6prefix: string | null;
  /** The subnet id of a prefix that Anneal made itself (RFC 4193). */
  readonly v6SubnetId: number | null;
  /** What the operator calls the broadcast domain; null: it follows from conduit and VLAN. */
  readonly ownLink: string | null;
  readonly mtu: number | null;
  readonly domain: string;
  readonly nameServers: readonly string[];
  readonly timeServers: readonly string[];
  readonly routes: readonly NetworkRoute[];
  readonly dhcp: DhcpMode;
  /** Whoever is on a port of the switch gets the address of that port, by what the relay says of it (option 82). */
  readonly byCircuit: boolean;
  /** Seconds. */
  readonly poolLeaseSeconds: number;
  readonly reservedLeaseSeconds: number;
}

export interface NewNetwork extends NetworkFields {
  readonly id: NetworkId;
  readonly name: string;
  readonly deploymentId: DeploymentId;
  readonly roleId: RoleId;
}

export interface NetworkView extends NewNetwork {
  readonly deployment: string;
  readonly role: string;
  /** Networks of one link share a broadcast domain. */
  readonly link: string;
  /** Addresses that nodes have of it. */
  readonly allocated: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface NewRange {
  readonly id: NetworkRangeId;
  readonly networkId: NetworkId;
  readonly name: string;
  /** Without prefix length, in canonical text. */
  readonly first: string;
  readonly last: string;
  readonly prefixLength: number;
  readonly overlap: boolean;
  /** Null: as the network says. */
  readonly attachment: { readonly [Key in keyof Attachment]: Attachment[Key] | null };
}

export interface RangeView extends NewRange {
  readonly network: string;
  readonly category: string;
  readonly group: string;
  readonly family: IpFamily;
  /** In CIDR. */
  readonly subnet: string;
  readonly allocated: number;
  readonly version: number;
}

export interface NewRouter {
  readonly id: NetworkRouterId;
  readonly networkId: NetworkId;
  /** With its prefix length. */
  readonly address: string;
  readonly pref: number;
}

export interface RouterView extends NewRouter {
  readonly network: string;
  readonly family: IpFamily;
  readonly subnet: string;
  readonly version: number;
}

export interface NewAllocation {
  readonly id: AllocationId;
  readonly networkId: NetworkId;
  readonly rangeId: NetworkRangeId;
  readonly nodeId: NodeId;
  /** Without prefix length, in canonical text. */
  readonly address: string;
  readonly overlap: boolean;
  readonly chosen: AddressChoice;
}

export interface AllocationView extends NewAllocation {
  readonly network: string;
  readonly category: string;
  readonly group: string;
  readonly range: string;
  readonly family: IpFamily;
  readonly prefixLength: number;
  readonly node: string;
  readonly createdAt: Date;
}

/** What choosing an address looks at, of one node. */
export interface AddressedNode {
  readonly id: NodeId;
  readonly name: string;
  readonly admin: boolean;
  readonly address: string | null;
  /** MD5 of the name, 32 hexadecimal digits. */
  readonly digest: string;
  readonly hints: JsonObject;
  /** Its addresses on networks of the category admin, by group, in the order in which they were given. */
  readonly adminAddresses: readonly {
    readonly group: string;
    readonly address: string;
    readonly prefixLength: number;
  }[];
}

/** A node that has or wants an address on a network, for what does not fit together there. */
export interface NetworkMember {
  readonly id: NodeId;
  readonly name: string;
  readonly address: string | null;
  readonly bound: boolean;
  readonly hints: JsonObject;
}

export interface NetworkStore {
  /** Whoever adds or changes networks, ranges and routers does it alone: what may not overlap is looked at by one. */
  lock(): Promise<void>;

  /** By id or by name. */
  find(key: string, options?: { readonly lock?: boolean }): Promise<NetworkView | null>;
  list(query: ListQuery): Promise<Page<NetworkView> | Refusal>;
  /** All of them, in their order. Dozens. */
  all(): Promise<NetworkView[]>;
  /** The networks of roles, by role. */
  ofRoles(roleIds: readonly RoleId[]): Promise<ReadonlyMap<RoleId, NetworkView>>;
  /** For each of these nodes one noderole of a network that Anneal configures, an active one where there is one. */
  stillOn(nodeIds: readonly NodeId[]): Promise<NodeRoleId[]>;
  insert(network: NewNetwork): Promise<void>;
  update(id: NetworkId, change: Partial<NetworkFields>): Promise<void>;
  /** Gives all networks of a deployment to another. */
  moveAll(from: DeploymentId, to: DeploymentId): Promise<void>;
  /** Deletes it with its ranges and routers; it has no allocations. */
  delete(id: NetworkId): Promise<void>;
  /** Ten hexadecimal digits, RFC 4193. */
  globalId(): Promise<string>;
  /** The next 16-bit subnet id, which nobody had before; null when all have been used. */
  nextSubnetId(): Promise<number | null>;

  /** By id, or as `network/range`. */
  findRange(key: string, options?: { readonly lock?: boolean }): Promise<RangeView | null>;
  /** The range that has an address, wherever addresses belong to one range only. */
  rangeAt(address: string): Promise<RangeView | null>;
  listRanges(query: ListQuery): Promise<Page<RangeView> | Refusal>;
  /** Of some networks, or of all, by network and address. */
  ranges(networkIds?: readonly NetworkId[]): Promise<RangeView[]>;
  /** Writes a range whose addresses are all free. */
  insertRange(range: NewRange): Promise<void>;
  /** Writes new bounds and whatever else changes; what is free is worked out again from the allocations. */
  updateRange(range: NewRange): Promise<void>;
  deleteRange(id: NetworkRangeId): Promise<void>;

  /** By id, or as `network` where it has one, or `network/address`. */
  findRouter(key: string, options?: { readonly lock?: boolean }): Promise<RouterView | null>;
  listRouters(query: ListQuery): Promise<Page<RouterView> | Refusal>;
  routers(networkIds?: readonly NetworkId[]): Promise<RouterView[]>;
  insertRouter(router: NewRouter): Promise<void>;
  updateRouter(id: NetworkRouterId, change: { readonly address?: string; readonly pref?: number }): Promise<void>;
  deleteRouter(id: NetworkRouterId): Promise<void>;

  /** By id or by address. */
  findAllocation(key: string): Promise<AllocationView | null>;
  listAllocations(query: ListQuery): Promise<Page<AllocationView> | Refusal>;
  allocationsOf(scope: {
    readonly nodeIds?: readonly NodeId[];
    readonly networkIds?: readonly NetworkId[];
  }): Promise<AllocationView[]>;
  /** The lowest and the highest address that is given out of a range. */
  extentOf(id: NetworkRangeId): Promise<{ readonly first: string; readonly last: string } | null>;

  /** Nodes as choosing an address sees them. */
  addressed(nodeIds: readonly NodeId[]): Promise<AddressedNode[]>;
  /** Nodes that are bound to a network, or that hint at an address on it. */
  members(network: NetworkView): Promise<NetworkMember[]>;
  /** All nodes that are reached at some address. */
  reached(): Promise<readonly { readonly node: string; readonly address: string }[]>;

  /** Locks ranges, in one order for everybody, until the transaction ends. */
  lockRanges(ids: readonly NetworkRangeId[]): Promise<void>;
  /**
   * The free spans of a range that contain one of these addresses or border on it, and the lowest `count`, in order of
   * address. The range is locked. A few looks into an index each, however much is taken.
   */
  freeSpans(
    id: NetworkRangeId,
    wanted: { readonly addresses: readonly string[]; readonly count: number },
  ): Promise<AddressSpan[]>;
  /** Replaces free spans by others, and writes and deletes allocations, in a few statements. */
  applyAllocations(change: {
    readonly made: readonly NewAllocation[];
    readonly released: readonly { readonly id: AllocationId; readonly rangeId: NetworkRangeId }[];
    readonly free: readonly {
      readonly rangeId: NetworkRangeId;
      readonly before: readonly AddressSpan[];
      readonly after: readonly AddressSpan[];
    }[];
  }): Promise<void>;
  /** Puts what was worked out for noderoles of networks where their runs read it. */
  putAddresses(documents: ReadonlyMap<NodeRoleId, JsonObject>): Promise<void>;
  /** Tells nodes that had no address how they are reached, and those that lost theirs that they are not. */
  putReached(nodes: readonly { readonly id: NodeId; readonly address: string | null }[]): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly networks: NetworkStore;
  }
}
