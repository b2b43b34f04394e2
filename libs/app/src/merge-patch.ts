import { holdsSealed, isSealed, refuse, refuseDocument, type Json, type JsonObject, type Refusal } from '#core';

/** Applies a JSON merge patch (RFC 7396): keys that are null go away, maps are merged, everything else is replaced. */
export const mergePatch = (target: JsonObject, patch: JsonObject): JsonObject => {
  const merged: Record<string, Json> = { ...target };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else if (!isMap(value)) merged[key] = value;
    else {
      const inner = Object.hasOwn(merged, key) ? (merged[key] as Json) : {};
      // What is sealed is one value: a patch takes its place, for nobody can see what it would be merged with.
      merged[key] = mergePatch(isMap(inner) && !isSealed(inner) ? inner : {}, value);
    }
  }
  return merged;
};

/** A patched document that may be stored, or why not. `what` names it in the sentence. */
export const patchedDocument = (what: string, target: JsonObject, patch: JsonObject): JsonObject | Refusal => {
  const fault = refuseDocument(what, patch) ?? refuseSealed(what, patch);
  if (fault) return fault;
  const merged = mergePatch(target, patch);
  return refuseDocument(what, merged) ?? merged;
};

/** Sealed values are ours to write: one that somebody sends was taken from where it belongs. */
export const refuseSealed = (what: string, written: Json): Refusal | null =>
  holdsSealed(written)
    ? refuse('invalid', `${what} has a value with the key "$sealed", which only Anneal writes: give the value itself.`)
    : null;

const isMap = (value: Json): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
