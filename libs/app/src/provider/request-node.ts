import { isRefusal, PROVIDER_STEPS, refuse, STEP_DEADLINES_MS, type ProviderWish, type Refusal } from '#core';
import { wholeName } from '../machine/new-machine.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import { nodeName } from '../node/name.js';
import type { NodeEntry, ProvidedNodeId, ProvidedNodeView, ProviderView } from '../ports/provider-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { providerNamed } from './named.js';

export interface RequestNodeInput extends NodeEntry {
  readonly provider: string;
  /** One is made of the provider's name when absent. */
  readonly name?: string;
  readonly wish?: ProviderWish;
}

/** Asks a provider for a node. The leader takes the steps; this writes down that it is wished for. */
export class RequestNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: RequestNodeInput): Promise<ProvidedNodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      // Locked, so that two who ask at once do not both take the last place.
      const provider = await providerNamed(tx, input.provider, { lock: true });
      if (isRefusal(provider)) return provider;
      const no = await refuseNow(tx, provider, input);
      if (no) return no;
      const id = this.parts.ids.next<ProvidedNodeId>();
      const name = nodeName(input.name ?? (await wholeName(tx, madeUp(provider.name, id), null)));
      if (isRefusal(name)) return name;
      if (await tx.nodes.find(name))
        return refuse('already-exists', `there is a node ${name} already: give this one another name.`, {
          field: 'name',
        });
      const { deployment, groups, description, commit, wish = {} } = input;
      const made = await tx.provided.insert({
        id,
        providerId: provider.id,
        name,
        wish,
        entry: {
          ...(deployment === undefined ? {} : { deployment }),
          ...(groups === undefined ? {} : { groups }),
          ...(description === undefined ? {} : { description }),
          ...(commit === undefined ? {} : { commit }),
        },
        askedBy: actor,
        step: PROVIDER_STEPS[0],
        withinMs: STEP_DEADLINES_MS[PROVIDER_STEPS[0]],
      });
      if (!made)
        return refuse(
          'already-exists',
          `a node ${name} was asked for already, and was not given back: give this one another name.`,
          { field: 'name' },
        );
      tx.tell({ kind: 'provider.node_requested', data: { name, provider: provider.name } });
      return (await tx.provided.find(provider.id, id)) as ProvidedNodeView;
    });
  }
}

const refuseNow = async (
  tx: Transaction,
  provider: ProviderView,
  { deployment }: RequestNodeInput,
): Promise<Refusal | null> => {
  if (!provider.active)
    return refuse(
      'wrong-state',
      `provider ${provider.name} is switched off: \`anneal providers update ${provider.name} active=true\`.`,
    );
  if ((await tx.provided.count(provider.id)) >= provider.nodesMax)
    return refuse(
      'too-large',
      `provider ${provider.name} holds ${provider.nodesMax} nodes, which is as many as it may: give some back, or raise nodes_max.`,
    );
  if (deployment === undefined) return null;
  const found = await deploymentNamed(tx, deployment);
  return isRefusal(found) ? found : null;
};

/** Digits of an id that a made-up name ends in: its last ones are chance. */
const ID_DIGITS = 6;

const madeUp = (provider: string, id: string): string =>
  `${
    provider
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'cloud'
  }-${id.slice(-ID_DIGITS)}`;
