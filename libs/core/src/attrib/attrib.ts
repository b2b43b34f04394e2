import { isRefusal, refuse, type Refusal } from '../base/refusal.js';
import type { Json, JsonObject } from '../base/json.js';
import type { Generate } from './generate.js';
import { isUnset, parsePath, refuseDocument, withValueAt, type JsonSchema } from './schema.js';

/** An attribute as it was declared, with its path read. Made once by `placeAttrib`, used for every run. */
export interface Attrib {
  readonly name: string;
  /** Where the value lives in documents. */
  readonly path: readonly string[];
  readonly schema: JsonSchema | null;
  /** Taken where no layer has a value. */
  readonly default?: Json;
  /** Never shown, logged or put in an event, and sealed wherever it is kept. */
  readonly secret: boolean;
  /** How a value is made where no layer has one; secret attributes only. */
  readonly generate?: Generate;
}

/** Reads the declaration of an attribute; refuses a path that is none. */
export const placeAttrib = (declared: {
  readonly name: string;
  /** `a/b/c` */
  readonly map: string;
  readonly schema: JsonSchema | null;
  readonly default?: Json;
  readonly secret?: boolean;
  readonly generate?: Generate;
}): Attrib | Refusal => {
  const name = parsePath(declared.name);
  const path = parsePath(declared.map);
  if (isRefusal(name)) return name;
  if (isRefusal(path)) return path;
  const { schema, secret = false } = declared;
  return {
    name: declared.name,
    path,
    schema,
    secret,
    ...(declared.default === undefined ? {} : { default: declared.default }),
    ...(declared.generate === undefined ? {} : { generate: declared.generate }),
  };
};

/** Sentences about what is wrong with a value; empty when it fits the schema. */
export type Validate = (schema: JsonSchema, value: Json) => readonly string[];

/**
 * The user document of a noderole, deployment role or node (its hints) with one attribute set. `UNSET` hides what lower
 * layers have and needs to fit no schema. Refuses an attribute nobody may set, a value that does not fit, and a document
 * that grows too large. `what` names the document in sentences.
 */
export const setAttrib = (
  document: JsonObject,
  attrib: Attrib & { readonly writable: boolean },
  value: Json,
  options: { readonly what: string; readonly validate: Validate },
): JsonObject | Refusal => {
  if (!attrib.writable || attrib.schema === null)
    return refuse('invalid', `${attrib.name} is written by Anneal or by jigs and cannot be set.`, {
      attrib: attrib.name,
    });
  const problems = isUnset(value) ? [] : options.validate(attrib.schema, value);
  if (problems.length > 0)
    return refuse('invalid', `the value for ${attrib.name} does not fit: ${problems.join('; ')}.`, {
      attrib: attrib.name,
      problems,
    });
  const changed = withValueAt(document, attrib.path, value);
  return refuseDocument(options.what, changed) ?? changed;
};

/** What a run wrote, by name of attribute, as the document of a wall. Outputs nobody declared are left out. */
export const wallOf = (outputs: readonly Attrib[], written: JsonObject): JsonObject =>
  outputs.reduce<JsonObject>((wall, attrib) => {
    const value = Object.hasOwn(written, attrib.name) ? written[attrib.name] : undefined;
    return value === undefined ? wall : withValueAt(wall, attrib.path, value);
  }, {});
