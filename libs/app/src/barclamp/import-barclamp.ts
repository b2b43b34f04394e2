import { GraphDraft, isRefusal, recountFreezes, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { BarclampView } from '../ports/barclamp-store.js';
import type { ImportPlan } from '../ports/catalog-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { sealKeys } from '../secret/seal-kept.js';
import type { BarclampDocument } from './document.js';
import { planImport, type ImportOutline } from './plan-import.js';
import { sealDocument } from './seal-document.js';

export interface ImportResult {
  readonly barclamp: BarclampView;
  /** False when the same content had been imported before: nothing was written. */
  readonly changed: boolean;
  readonly outline: ImportOutline;
}

/** Imports a barclamp whole or not at all; one that is known is updated. */
export class ImportBarclamp {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'jigs' | 'sealed' | 'secrets'>) {}

  execute(actor: Actor, document: BarclampDocument): Promise<ImportResult | Refusal> {
    return this.parts.unitOfWork.write(actor, (tx) => this.within(tx, document));
  }

  private async within(tx: Transaction, given: BarclampDocument): Promise<ImportResult | Refusal> {
    await tx.catalog.lock();
    const catalog = await tx.catalog.facts();
    const known = catalog.barclamps.find(({ name }) => name.toLowerCase() === given.name.toLowerCase());
    const mine = known ? catalog.roles.filter(({ barclampId }) => barclampId === known.id).map(({ id }) => id) : [];
    const used = await tx.catalog.usedRoles(mine);
    const sealed = sealDocument(this.parts.sealed, given, known ? await tx.catalog.templates(known.id) : new Map());
    if (isRefusal(sealed)) return sealed;
    const { document, templates } = sealed;

    const knownJigs = new Set(this.parts.jigs.map(({ name }) => name));
    const planned = planImport({ catalog, knownJigs, used, templates }, document, this.parts.ids);
    if (isRefusal(planned)) return planned;
    const { plan, outline } = planned;
    const changed = known?.digest !== document.digest;

    if (changed) {
      await tx.catalog.apply(plan);
      await recount(tx, plan);
      if (this.parts.secrets && plan.hooks.length > 0) await sealKeys(tx, this.parts.secrets);
      const { created, updated, deleted, retired } = outline;
      tx.tell({
        kind: 'barclamp.imported',
        data: { name: document.name, release: document.version, created, updated, deleted, retired },
      });
    }
    const barclamp = (await tx.barclamps.find(plan.barclamp.id)) as BarclampView;
    return { barclamp, changed, outline: changed ? outline : { ...outline, updated: [] } };
  }
}

/** What is in error goes by what its role says now: a role that freezes its node no longer lets it go, and the reverse. */
const recount = async (tx: Transaction, { changedRoles }: ImportPlan): Promise<void> => {
  const nodeIds = await tx.catalog.miscounted(changedRoles.map(({ id }) => id));
  if (nodeIds.length === 0) return;
  const graph = await tx.graph.slice({ nodeIds });
  const draft = new GraphDraft(graph);
  for (const id of nodeIds) recountFreezes(draft, id);
  await tx.graph.save(graph, draft.decision());
};
