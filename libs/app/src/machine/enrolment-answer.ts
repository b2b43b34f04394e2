import type { NodeId } from '#core';
import type { BootSessionId } from '../ports/model-ids.js';
import type { AllocationView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** What a machine is told when it has enrolled: who it is, how it is reached, and who may log in. */
export interface Enrolled {
  readonly node: { readonly id: NodeId; readonly name: string };
  /** Speaks for this node in this boot, and for nothing else. */
  readonly token: string;
  readonly bootSession: BootSessionId;
  readonly authorizedKeys: readonly string[];
  /** With their prefix lengths; empty: it keeps the address that it has. */
  readonly addresses: readonly string[];
  readonly router: string | null;
  readonly hostname: string;
  readonly domain: string;
  readonly nameServers: readonly string[];
  readonly timeServers: readonly string[];
}

/** Where a node is reached: its addresses on networks of the category admin, those of the first of them. */
export const adminAddresses = async (tx: Transaction, nodeId: NodeId): Promise<readonly AllocationView[]> => {
  const all = (await tx.networks.allocationsOf({ nodeIds: [nodeId] })).filter(({ category }) => category === 'admin');
  return all.filter(({ networkId }) => networkId === all[0]?.networkId).sort((a, b) => a.family - b.family);
};

export const enrolmentAnswer = async (
  tx: Transaction,
  node: { readonly id: NodeId; readonly name: string },
  secret: { readonly token: string; readonly bootSession: BootSessionId },
): Promise<Enrolled> => {
  const allocations = await adminAddresses(tx, node.id);
  const networkId = allocations[0]?.networkId;
  const network = networkId === undefined ? null : await tx.networks.find(networkId);
  const routers = networkId === undefined ? [] : await tx.networks.routers([networkId]);
  const [short = node.name, ...domain] = node.name.split('.');
  const [router] = [...routers].sort((a, b) => a.family - b.family || a.pref - b.pref);
  return {
    node: { id: node.id, name: node.name },
    token: secret.token,
    bootSession: secret.bootSession,
    authorizedKeys: await tx.machines.workerKeys(),
    addresses: allocations.map(({ address, prefixLength }) => `${address}/${prefixLength}`),
    router: router?.address.split('/')[0] ?? null,
    hostname: short,
    domain: domain.join('.'),
    nameServers: network?.nameServers ?? [],
    timeServers: network?.timeServers ?? [],
  };
};
