import { isRefusal, type JsonObject, type Refusal } from '#core';
import { checkDocument, keepHidden } from '../attrib/check-document.js';
import { mergePatch, patchedDocument } from '../merge-patch.js';
import type { SchemaValidator } from '../ports/schema-validator.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * The hints of a node after a merge patch. What the patch writes must fit the attributes of nodes; what was there before is
 * not judged again, since others write there as well.
 */
export const patchedHints = async (
  tx: Transaction,
  schemas: SchemaValidator,
  node: { readonly name: string; readonly before: JsonObject },
  patch: JsonObject,
): Promise<JsonObject | Refusal> => {
  const what = `the hints of ${node.name}`;
  const patched = patchedDocument(what, node.before, patch);
  if (isRefusal(patched)) return patched;
  const declared = await tx.attribs.declared(null);
  const written = keepHidden(mergePatch({}, patch), node.before, declared);
  return checkDocument(what, written, declared, schemas) ?? keepHidden(patched, node.before, declared);
};
