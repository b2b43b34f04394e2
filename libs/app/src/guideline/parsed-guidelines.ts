import { invariant, parseGuideline, type Guideline } from '#core';
import type { GuidelineId, GuidelineView } from '../ports/guideline-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/** Published guidelines are some twenty in all; a parsed one takes about a megabyte. */
const KEPT_MAX = 40;

/** Parsed guidelines by id: nothing of one ever changes, so that what was read once counts for good. */
const kept = new Map<GuidelineId, Guideline>();

/** A stored guideline as the rules read it. */
export const parsed = async (
  tx: Transaction,
  { id, kind, name }: Pick<GuidelineView, 'id' | 'kind' | 'name'>,
): Promise<Guideline> => {
  const known = kept.get(id);
  if (known) return known;
  const reading = parseGuideline(await tx.guidelines.raw(id), { kind });
  invariant(reading.kind === 'read', `guideline ${name} was read when it was imported, and cannot be read now`);
  if (kept.size >= KEPT_MAX) kept.clear();
  kept.set(id, reading.guideline);
  return reading.guideline;
};
