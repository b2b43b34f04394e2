import { isRefusal, type JsonObject, type Refusal } from '#core';
import { checkDocument, keepHidden } from '../attrib/check-document.js';
import { mergePatch, patchedDocument } from '../merge-patch.js';
import type { ModelParts } from '../model-parts.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * The hints of a node after a merge patch. What the patch writes must fit the attributes of nodes; what was there before is
 * not judged again, since others write there as well.
 */
export const patchedHints = async (
  tx: Transaction,
  { schemas, sealed }: Pick<ModelParts, 'schemas' | 'sealed'>,
  node: { readonly name: string; readonly before: JsonObject },
  patch: JsonObject,
): Promise<JsonObject | Refusal> => {
  const what = `the hints of ${node.name}`;
  const patched = patchedDocument(what, node.before, patch);
  if (isRefusal(patched)) return patched;
  const declared = await tx.attribs.declared(null);
  const written = keepHidden(mergePatch({}, patch), node.before, declared);
  const wrong = checkDocument(what, written, declared, schemas);
  if (wrong) return wrong;
  const whole = keepHidden(patched, node.before, declared);
  return sealed?.seal(whole, declared, [node.before]) ?? whole;
};
