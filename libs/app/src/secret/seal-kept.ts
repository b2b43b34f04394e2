import { isRefusal, sameJson, type JsonObject } from '#core';
import type { ModelParts } from '../model-parts.js';
import { ENGINE, type Transaction } from '../ports/unit-of-work.js';
import { openKey, sealKey, SEALED_MARK } from './kept-key.js';

/** Documents of one transaction: each holds the rows that it writes. */
const DOCUMENTS_PER_TURN = 500;

/**
 * Seals what is kept and is not sealed as it should be: secrets from before an attribute was declared one, and those sealed
 * with a key that has been replaced, so that the old key can be thrown away. Every start of a server calls it; one that
 * finds nothing has read a few indexes. It does not rewrite the past: a snapshot, and the input of a run that is over,
 * stay as they were written. Says how many places it wrote.
 */
export class SealKept {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'sealed' | 'secrets'>) {}

  async execute(): Promise<number> {
    const { unitOfWork, sealed, secrets } = this.parts;
    const renewed = new Map<string, string>();
    if (!sealed || !secrets) return 0;
    let count = await unitOfWork.write(ENGINE, async (tx) => (await sealKeys(tx, secrets)) + (await this.defaults(tx)));
    for (;;) {
      const turn = await unitOfWork.write(ENGINE, (tx) => this.documents(tx, renewed));
      count += turn.written;
      if (turn.written === 0 || turn.found < DOCUMENTS_PER_TURN) return count;
    }
  }

  private async defaults(tx: Transaction): Promise<number> {
    const { sealed, secrets } = this.parts;
    const found = await tx.keptSecrets.defaults(secrets?.mark() ?? null);
    let written = 0;
    for (const { id, attrib, value } of found) {
      const kept = sealed?.sealValue(attrib, sealed.renew(value)) ?? value;
      if (isRefusal(kept) || sameJson(kept, value)) continue;
      await tx.keptSecrets.putDefault(id, kept);
      written += 1;
    }
    return written;
  }

  private async documents(
    tx: Transaction,
    renewed: Map<string, string>,
  ): Promise<{ readonly found: number; readonly written: number }> {
    const { sealed, secrets } = this.parts;
    const found = await tx.keptSecrets.documents(secrets?.mark() ?? null, DOCUMENTS_PER_TURN);
    // Layers of one object lie side by side, and a value that stands in two of them has one token.
    const done = new Map<string, JsonObject[]>();
    let written = 0;
    for (const { place, id, document, attribs } of found) {
      const beside = done.get(id) ?? [];
      const kept = sealed?.seal(sealed.renew(document, renewed) as JsonObject, attribs, beside) ?? document;
      if (isRefusal(kept) || sameJson(kept, document)) continue;
      await tx.keptSecrets.putDocument({ place, id }, document, kept);
      done.set(id, [...beside, kept]);
      written += 1;
    }
    return { found: found.length, written };
  }
}

/** Keys of hooks and DNS servers. Importing a barclamp calls it too: the keys of its hooks are made by the database. */
export const sealKeys = async (tx: Transaction, box: NonNullable<ModelParts['secrets']>): Promise<number> => {
  const mark = box.mark();
  let written = 0;
  for (const { place, id, key } of await tx.keptSecrets.keys(mark === null ? null : `${SEALED_MARK}${mark}`)) {
    const plain = openKey(box, key, { place, id });
    const kept = plain === null ? null : sealKey(box, plain, { place, id });
    // Sealed by a key that nobody has any more: it stays as it is, and using it says what to do.
    if (kept === null || isRefusal(kept)) continue;
    await tx.keptSecrets.putKey({ place, id }, kept);
    written += 1;
  }
  return written;
};
