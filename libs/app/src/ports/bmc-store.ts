import type { NodeId } from '#core';
import type { BmcProtocol } from './bmc-book.js';

/** The BMC of a node as it may be shown: its password is not in here. */
export interface BmcView {
  readonly nodeId: NodeId;
  readonly address: string;
  readonly protocols: readonly BmcProtocol[];
  readonly redfishPort: number;
  readonly ipmiPort: number;
  readonly cipherSuite: number;
  readonly user: string;
  /** SHA-256 of its certificate, hex in lower case; null until the first contact pins it. */
  readonly certificate: string | null;
  readonly system: string | null;
  readonly origin: 'operator' | 'configured';
  readonly verifiedAt: Date | null;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface BmcRecord {
  readonly nodeId: NodeId;
  readonly address: string;
  readonly protocols: readonly BmcProtocol[];
  readonly redfishPort: number;
  readonly ipmiPort: number;
  readonly cipherSuite: number;
  readonly user: string;
  /** Sealed; null leaves the one that is there. */
  readonly password: string | null;
  readonly certificate: string | null;
  readonly system: string | null;
  readonly origin: 'operator' | 'configured';
  /** Whether a login succeeded with just this. */
  readonly verified: boolean;
}

export interface BmcStore {
  find(node: NodeId, options?: { readonly lock?: boolean }): Promise<BmcView | null>;
  /** The sealed password, for those who open it. */
  sealed(node: NodeId): Promise<string | null>;
  /** Makes or replaces it. */
  put(record: BmcRecord): Promise<void>;
  delete(node: NodeId): Promise<void>;
  /** Sets the certificate where there is none; false when there is another one. */
  pin(node: NodeId, certificate: string): Promise<boolean>;
  /** A login succeeded: writes down when, the first time. */
  noteLogin(node: NodeId): Promise<void>;
  /** Name of another node that has the BMC at this place. */
  sharedWith(record: BmcRecord): Promise<string | null>;
  /** All sealed passwords, locked, to seal them anew. */
  allSealed(): Promise<readonly { readonly nodeId: NodeId; readonly password: string }[]>;
  reseal(node: NodeId, password: string): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly bmcs: BmcStore;
  }
}
