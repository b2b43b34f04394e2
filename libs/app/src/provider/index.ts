import { editRows } from '../dns/edit-rows.js';
import { isRefusal, refuse } from '#core';
import type { ModelParts } from '../model-parts.js';
import { PROVIDERS } from './providers.js';
import { ListProvided, ReportProvider, ShowOffer, ShowProvided } from './read-provided.js';
import { RequestNode } from './request-node.js';
import { ReturnNode } from './return-node.js';

/** What may be done about sites from which machines are got. The steps themselves are the leader's (`AdvanceProvided`). */
export const providerUseCases = (parts: ModelParts) => {
  const plain = editRows(parts, PROVIDERS);
  return {
    providers: {
      ...plain,
      remove: {
        execute: async (actor: string, input: { readonly key: string; readonly version?: number }) => {
          const provider = await plain.show.execute(input);
          if (isRefusal(provider)) return provider;
          if (provider.nodes > 0)
            return refuse(
              'still-bound',
              `provider ${provider.name} holds ${provider.nodes} nodes: give them back first (\`anneal providers nodes ${provider.name}\`).`,
            );
          return plain.remove.execute(actor, input);
        },
      },
    },
    requestNode: new RequestNode(parts),
    returnNode: new ReturnNode(parts),
    listProvided: new ListProvided(parts),
    showProvided: new ShowProvided(parts),
    showOffer: new ShowOffer(parts),
    reportProvider: new ReportProvider(parts),
  };
};
