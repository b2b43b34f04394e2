import type { Refusal } from '#core';
import { lookUp } from '../named.js';
import type { AllocationView, NetworkView, RangeView, RouterView } from '../ports/network-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

type Locking = { readonly lock?: boolean };

export const networkNamed = (tx: Transaction, key: string, options?: Locking): Promise<NetworkView | Refusal> =>
  lookUp(key, (k) => tx.networks.find(k, options), 'network', 'use the name of one that `anneal networks list` shows');

export const rangeNamed = (tx: Transaction, key: string, options?: Locking): Promise<RangeView | Refusal> =>
  lookUp(key, (k) => tx.networks.findRange(k, options), 'network range', 'give its id, or network/range');

export const routerNamed = (tx: Transaction, key: string, options?: Locking): Promise<RouterView | Refusal> =>
  lookUp(key, (k) => tx.networks.findRouter(k, options), 'network router', 'give its id, or network/address');

export const allocationNamed = (tx: Transaction, key: string): Promise<AllocationView | Refusal> =>
  lookUp(key, (k) => tx.networks.findAllocation(k), 'network allocation', 'give its id, or the address');
