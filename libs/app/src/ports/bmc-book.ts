import type { NodeId, PowerWays } from '#core';
import type { Reach } from './jig.js';

export type BmcProtocol = 'redfish' | 'ipmi';

/** How a BMC is logged in to. It holds a password in the clear: made for one call, never stored, logged or sent on. */
export interface BmcLogin {
  readonly protocols: readonly BmcProtocol[];
  /** IPv4 or IPv6 address. */
  readonly address: string;
  readonly redfishPort: number;
  readonly ipmiPort: number;
  readonly user: string;
  readonly password: string;
  /** SHA-256 of its certificate, hex in lower case; null until the first contact pins it. */
  readonly certificate: string | null;
  /** Path of its ComputerSystem, for a service that has several. */
  readonly system: string | null;
  /** IPMI cipher suite; 3 is what every BMC of version 2.0 has, 17 what newer ones prefer. */
  readonly cipherSuite: number;
}

/** All that is written down about reaching a node's power. */
export interface PowerFacts {
  readonly name: string;
  readonly ways: PowerWays;
  readonly bmc: BmcLogin | null;
  /** Why there is a BMC on record that cannot be used, such as a password that the key does not open. */
  readonly unusable: string | null;
  readonly reach: Reach;
  /** From the inventory: how the next boot has to be asked for. */
  readonly firmware: 'bios' | 'uefi' | null;
  /** SMBIOS UUID, to find the machine among several of one service. */
  readonly uuid: string | null;
}

/** Where BMCs and their logins are written down. */
export abstract class BmcBook {
  /** Null when there is no such node. */
  abstract factsOf(node: NodeId): Promise<PowerFacts | null>;
  /** Pins the certificate seen at the first contact; false when another one has been pinned meanwhile. */
  abstract pin(node: NodeId, certificate: string): Promise<boolean>;
}
