import type { NodeId, WantedAttachment } from '#core';
import type { NetworkTarget } from './node-networks.js';

/** The rows of networks as one node sees them. */
export interface NodeNetworkRecords {
  /** Of networks that Anneal configures and whose noderole on the node is committed, one for each of its addresses. */
  attachments(nodeId: NodeId): Promise<WantedAttachment[]>;
  /** Networks whose noderole on the node is ACTIVE. */
  active(nodeId: NodeId): Promise<string[]>;
  targets(network: string, except: NodeId, limit: number): Promise<NetworkTarget[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly nodeNetworks: NodeNetworkRecords;
  }
}
