import { refuse, type Refusal } from '../base/refusal.js';
import { isMap, type Json, type JsonObject } from '../base/json.js';
import { isSealed } from './sealed.js';

export { isMap };

/**
 * Documents that hold attributes, and paths into them. A path is written `a/b/c`; each part is a key of a map (a list is
 * a value like any other and has no parts). Documents are never changed in place. Whether a value fits its JSON Schema is
 * asked of whoever brings a validator: this library has none.
 */

/** A JSON Schema, draft 2020-12. `true` accepts every value, `false` none. */
export type JsonSchema = JsonObject | boolean;

/** The most that one document (of one layer of one object) may take up as JSON in UTF-8: it is copied into the input of runs. */
export const ATTRIB_DOCUMENT_BYTES_MAX = 256 * 1024;

/** How deep a document may be nested. Deeper is a mistake or an attack; whatever reads documents calls itself once a level. */
export const ATTRIB_DEPTH_MAX = 64;

/** Keys that JavaScript treats as more than data. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** What a person puts where a value of a lower layer shall be hidden and nothing take its place. */
export const UNSET: JsonObject = { $unset: true };

export const isUnset = (value: Json | undefined): boolean =>
  isMap(value) && value['$unset'] === true && Object.keys(value).length === 1;

/** The parts of a path. Refuses an empty part and a part that is no name for data. */
export const parsePath = (text: string): readonly string[] | Refusal => {
  const parts = text.split('/');
  if (parts.includes(''))
    return refuse(
      'invalid',
      `"${text}" is no path: write names with single slashes between them, like network/dns/servers.`,
    );
  const forbidden = parts.find((part) => FORBIDDEN_KEYS.has(part));
  if (forbidden !== undefined)
    return refuse(
      'invalid',
      `the path "${text}" goes through ${forbidden}, which cannot be the name of a value. Choose another name.`,
    );
  if (parts.length > ATTRIB_DEPTH_MAX)
    return refuse('too-large', `the path "${text.slice(0, 80)}…" has more than ${ATTRIB_DEPTH_MAX} parts.`);
  return parts;
};

/**
 * What stands at a path: a value, undefined when nothing does, or `UNSET` when something on the way hides whatever lower
 * layers have there (a value that is no map, a sealed one, or `UNSET` itself).
 */
export const valueAt = (document: JsonObject, path: readonly string[]): Json | undefined => {
  let at: Json = document;
  for (const part of path) {
    if (!isMap(at) || isUnset(at) || isSealed(at)) return UNSET;
    if (!Object.hasOwn(at, part)) return undefined;
    at = at[part] as Json;
  }
  return at;
};

/** The document with `value` at a path; maps are made on the way, and take the place of whatever is no map. */
export const withValueAt = (document: JsonObject, path: readonly string[], value: Json): JsonObject => {
  const [part, ...rest] = path;
  if (part === undefined) return isMap(value) ? value : document;
  const inner = Object.hasOwn(document, part) ? document[part] : undefined;
  const below = isMap(inner) && !isUnset(inner) && !isSealed(inner) ? inner : {};
  return { ...document, [part]: rest.length > 0 ? withValueAt(below, rest, value) : value };
};

/** The document without what stands at a path; maps that become empty go too. */
export const withoutValueAt = (document: JsonObject, path: readonly string[]): JsonObject => {
  const [part, ...rest] = path;
  if (part === undefined || !Object.hasOwn(document, part)) return document;
  const { [part]: inner, ...others } = document;
  if (rest.length === 0) return others;
  if (!isMap(inner) || isSealed(inner)) return document;
  const left = withoutValueAt(inner, rest);
  return Object.keys(left).length > 0 ? { ...document, [part]: left } : others;
};

/** How many bytes a value takes up as JSON in UTF-8. */
export const jsonBytes = (value: Json): number => {
  const text = JSON.stringify(value);
  let bytes = text.length;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    // A pair of surrogates is four bytes, two for each of its halves.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
};

/** Refuses a document that is too large, too deep, or has keys that are not data. `what` names it in the sentence. */
export const refuseDocument = (what: string, document: JsonObject): Refusal | null => {
  const fault = faultIn(document, 0);
  if (fault === 'depth')
    return refuse('too-large', `${what} is nested more than ${ATTRIB_DEPTH_MAX} levels deep: flatten it.`);
  if (fault)
    return refuse('invalid', `${what} has a key ${fault}, which cannot be the name of a value. Choose another name.`);
  const bytes = jsonBytes(document);
  if (bytes <= ATTRIB_DOCUMENT_BYTES_MAX) return null;
  return refuse(
    'too-large',
    `${what} takes ${bytes} bytes, more than ${ATTRIB_DOCUMENT_BYTES_MAX}: put large content in a file of the role and only its name here.`,
    {
      bytes,
      limit: ATTRIB_DOCUMENT_BYTES_MAX,
    },
  );
};

const faultIn = (value: Json, depth: number): string | null => {
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= ATTRIB_DEPTH_MAX) return 'depth';
  if (Array.isArray(value)) return firstFault(value, depth);
  return Object.keys(value).find((key) => FORBIDDEN_KEYS.has(key)) ?? firstFault(Object.values(value), depth);
};

const firstFault = (values: readonly Json[], depth: number): string | null => {
  for (const value of values) {
    const fault = faultIn(value, depth + 1);
    if (fault) return fault;
  }
  return null;
};

/** Whether two values are the same, whatever the order of keys. */
export const sameJson = (a: Json | undefined, b: Json | undefined): boolean => {
  if (a === b) return true;
  if (Array.isArray(a) || Array.isArray(b))
    return (
      Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, at) => sameJson(item, b[at]))
    );
  if (!isMap(a) || !isMap(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && sameJson(a[key], b[key]))
  );
};
