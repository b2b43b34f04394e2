import { isRefusal, type Refusal } from '#core';
import { lookUp } from '../named.js';
import type { ProvidedNodeView, ProviderView } from '../ports/provider-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { PROVIDERS } from './providers.js';

type Locking = { readonly lock?: boolean };

export const providerNamed = (tx: Transaction, key: string, options?: Locking): Promise<ProviderView | Refusal> =>
  lookUp(key, (k) => tx.providers.find(k, options), PROVIDERS.what, PROVIDERS.advice);

/** A node that was asked of a provider; by its name the one that was not given back, else the last. */
export const providedNamed = async (
  tx: Transaction,
  { provider: key, node }: { readonly provider: string; readonly node: string },
  options?: Locking,
): Promise<ProvidedNodeView | Refusal> => {
  const provider = await providerNamed(tx, key);
  if (isRefusal(provider)) return provider;
  return lookUp(
    node,
    (k) => tx.provided.find(provider.id, k, options),
    `node of provider ${provider.name}`,
    `use the name or id of one that \`anneal providers nodes ${provider.name}\` shows`,
  );
};
