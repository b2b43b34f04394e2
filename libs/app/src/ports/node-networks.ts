import type { JsonObject, NodeId, WantedAttachment } from '#core';

/** What a node is to have of networks, at one instant. */
export interface NodeNetworkWish {
  /** Of every network that Anneal configures and that the node is bound to, an attachment for each of its addresses. */
  readonly attachments: readonly WantedAttachment[];
  /** Networks whose noderole is ACTIVE on the node: it has been configured for them. */
  readonly active: readonly string[];
  /** The node's inventory, in which discovery has written what cards there are. */
  readonly inventory: JsonObject;
}

/** Another node of a network, to see whether it can be reached. */
export interface NetworkTarget {
  readonly node: string;
  /** Without prefix length; IPv6 first. */
  readonly addresses: readonly string[];
}

/** Where the network jig learns what to configure. */
export abstract class NodeNetworks {
  abstract wishOf(nodeId: NodeId): Promise<NodeNetworkWish>;
  /** A few other nodes whose noderole of this network is ACTIVE, at most `limit`. */
  abstract targets(network: string, except: NodeId, limit: number): Promise<readonly NetworkTarget[]>;
  /** Writes down that the node is reached at another address now: its configuration has moved it there. */
  abstract moved(nodeId: NodeId, address: string): Promise<void>;
}
