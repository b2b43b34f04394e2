import { isRefusal, reportOf, type CloudOffer, type Refusal, type ReportedStep } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { ProvidedNodeView } from '../ports/provider-store.js';
import { ANSWERS_MAX } from './limits.js';
import { providedNamed, providerNamed } from './named.js';

type Parts = Pick<ModelParts, 'unitOfWork'>;

export class ListProvided {
  constructor(private readonly parts: Parts) {}

  execute(provider: string, query: ListQuery): Promise<Page<ProvidedNodeView> | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await providerNamed(tx, provider);
      return isRefusal(found) ? found : await tx.provided.list(found.id, query);
    });
  }
}

export class ShowProvided {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly provider: string; readonly node: string }): Promise<ProvidedNodeView | Refusal> {
    return this.parts.unitOfWork.read((tx) => providedNamed(tx, input));
  }
}

export interface ShownOffer extends CloudOffer {
  /** Null: nobody has read it yet. */
  readonly readAt: Date | null;
}

/** What a provider offered when it was last read, which is done for every node that is asked of it. */
export class ShowOffer {
  constructor(private readonly parts: Parts) {}

  execute({ key }: { readonly key: string }): Promise<ShownOffer | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const provider = await providerNamed(tx, key);
      if (isRefusal(provider)) return provider;
      const offer = await tx.providers.offer(provider.id);
      const nothing: CloudOffer = { networks: [], flavors: [], images: [], notes: ['it was not read yet'] };
      return { ...(offer ?? nothing), readAt: provider.offerReadAt };
    });
  }
}

export interface ProviderReport {
  readonly provider: string;
  readonly kind: string;
  readonly nodes: number;
  readonly steps: readonly (Omit<ReportedStep, 'at'> & { readonly at: Date | null })[];
}

/** What a provider answered to the eight steps, over all nodes that were asked of it and are remembered. */
export class ReportProvider {
  constructor(private readonly parts: Parts) {}

  execute({ key }: { readonly key: string }): Promise<ProviderReport | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const provider = await providerNamed(tx, key);
      if (isRefusal(provider)) return provider;
      const answers = await tx.provided.answers(provider.id, ANSWERS_MAX);
      const steps = reportOf(answers.map((answer) => ({ ...answer, at: answer.at.getTime() })));
      return {
        provider: provider.name,
        kind: provider.kind,
        nodes: new Set(answers.map(({ node }) => node)).size,
        steps: steps.map((step) => ({ ...step, at: step.at === null ? null : new Date(step.at) })),
      };
    });
  }
}
