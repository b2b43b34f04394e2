import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import type { NotedBarclamp } from '../ports/barclamp-store.js';
import type { ShippedBarclamps } from '../ports/shipped-barclamps.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import type { BarclampDocument } from './document.js';
import { ImportBarclamp } from './import-barclamp.js';

export interface ShippedImported {
  /** New here, or of another version than before. */
  readonly imported: readonly string[];
  /** Not as they were imported from here: somebody has changed or deleted them, and they stay so. */
  readonly leftAlone: readonly string[];
  /** What could not be imported beside what is there; the next start tries again. */
  readonly refused: readonly { readonly name: string; readonly detail: string }[];
}

/**
 * Brings the barclamps that come with Anneal into the catalog, and up to the version that is running. Every start calls it:
 * one that finds nothing new reads no more than digests. Two at the same time do it once.
 */
export class ImportShipped {
  constructor(
    private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'jigs' | 'sealed' | 'secrets'>,
    private readonly shipped: ShippedBarclamps,
  ) {}

  async execute(actor: Actor): Promise<ShippedImported> {
    const noted = await this.parts.unitOfWork.read((tx) => tx.barclamps.shipped());
    const sources = await this.shipped.sources();
    const isNew = (name: string): boolean => noted.get(name)?.source !== sources.get(name);
    const result = {
      imported: [] as string[],
      leftAlone: [] as string[],
      refused: [] as { name: string; detail: string }[],
    };
    if (![...sources.keys()].some(isNew)) return result;
    for (const document of await this.shipped.load()) {
      const { name } = document;
      if (!isNew(name)) continue;
      const became = await this.parts.unitOfWork.write(actor, (tx) =>
        this.take(tx, actor, document, sources.get(name) as string),
      );
      if (isRefusal(became)) result.refused.push({ name, detail: became.detail });
      else if (became !== 'same') result[became].push(name);
    }
    return result;
  }

  private async take(
    tx: Transaction,
    actor: Actor,
    document: BarclampDocument,
    source: string,
  ): Promise<'imported' | 'leftAlone' | 'same' | Refusal> {
    await tx.catalog.lock();
    const { name, digest } = document;
    const before = (await tx.barclamps.shipped()).get(name);
    const known = await tx.barclamps.find(name);
    if (known?.digest !== digest && isSomebodyElses(known?.digest ?? null, before)) {
      await tx.barclamps.noteShipped(name, { source, imported: before?.imported ?? null });
      return 'leftAlone';
    }
    const imported = await new ImportBarclamp({ ...this.parts, unitOfWork: new WithinTransaction(tx) }).execute(
      actor,
      document,
    );
    if (isRefusal(imported)) return imported;
    await tx.barclamps.noteShipped(name, { source, imported: digest });
    return imported.changed ? 'imported' : 'same';
  }
}

/** What is there is not what was last imported from here: another document, or none where there was one. */
const isSomebodyElses = (digest: string | null, before: NotedBarclamp | undefined): boolean =>
  digest === null ? before !== undefined && before.imported !== null : digest !== before?.imported;
