import type { Install, InstallReporter } from '#core';
import type { OrderTokens } from '../ports/order-tokens.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { machineUuid } from './machine-facts.js';

/** What comes with every report: who it is, as far as it says, and what proves it. */
export interface ReportGiven {
  readonly install: string;
  /** As it was sent; empty where none was. */
  readonly token: string;
  /** Where it came from. */
  readonly address: string | null;
  readonly bootId?: string | null;
  /** SMBIOS UUID and hardware addresses, when the machine says them. */
  readonly uuid?: string | null | undefined;
  readonly macs?: readonly string[] | undefined;
}

/** Reads who reports, beside the install that it reports for. */
export const reporterOf = async (
  tx: Transaction,
  tokens: OrderTokens,
  install: Install,
  given: ReportGiven,
): Promise<InstallReporter> => ({
  tokenHash: tokens.hashOf(given.token),
  isTheMachine: await isTheMachine(tx, install, given),
  bootId: given.bootId ?? null,
});

/**
 * Whether what is said fits the machine that the order was for; null when nothing was said. A report from an address that
 * was given to another node is another machine's, whatever it says.
 */
const isTheMachine = async (tx: Transaction, install: Install, given: ReportGiven): Promise<boolean | null> => {
  const { uuid = null, macs = [], address } = given;
  if (address !== null) {
    const owner = await tx.networks.findAllocation(address);
    if (owner && owner.nodeId !== install.nodeId) return false;
  }
  if (uuid === null && macs.length === 0) return null;
  const node = await tx.nodes.find(install.nodeId);
  const known = machineUuid((await tx.nodes.documents(install.nodeId)).inventory);
  if (uuid !== null && known !== null && uuid.toLowerCase() !== known) return false;
  const mine = new Set(node?.macs.map((mac) => mac.toLowerCase()));
  return macs.length === 0 || mine.size === 0 || macs.some((mac) => mine.has(mac.toLowerCase()));
};
