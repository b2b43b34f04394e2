import type { Json, JsonObject } from '../base/json.js';
import type { Attrib } from './attrib.js';
import { HIGHEST_FIRST, type AttribSources, type Layer } from './layers.js';
import { isMap, isUnset, valueAt, type JsonSchema } from './schema.js';
import { isSealed } from './sealed.js';

/**
 * Works out the value of an attribute from its layers. Maps are merged key by key; a list or a single value replaces what
 * is below it, and so do null and false. Two words in a schema change that: `x-merge: append` puts the lists of lower
 * layers in front of a list, `x-merge: replace` takes a map as it is. `UNSET` hides what is below and leaves nothing. A
 * sealed value is taken whole: nobody can look into it, so nothing is merged with it.
 */

export interface Provenance {
  readonly layer: Layer;
  /** Whose layer: `deployment role dns-server in rack-3`. */
  readonly object: string;
  readonly version?: number;
  readonly by?: string;
}

export interface ResolvedAttrib {
  /** Undefined when no layer has a value, or one hides it. */
  readonly value: Json | undefined;
  /** The layers that something of the value comes from, the highest first; for a hidden value the layer that hides it. */
  readonly provenance: readonly Provenance[];
}

interface Entry {
  readonly layer: Layer;
  readonly value: Json;
}

export const resolveAttrib = (sources: AttribSources, attrib: Attrib): ResolvedAttrib => {
  const used = new Set<Layer>();
  const value = merge(entriesOf(sources, attrib), attrib.schema, used);
  const provenance = HIGHEST_FIRST.filter((layer) => used.has(layer)).map((layer) =>
    provenanceOf(sources, attrib, layer),
  );
  return { value, provenance };
};

/** What the layers have for an attribute, highest first, as far down as any of it can matter. */
const entriesOf = (sources: AttribSources, attrib: Attrib): Entry[] => {
  const entries: Entry[] = [];
  for (const layer of HIGHEST_FIRST) {
    const value = layer === 'attrib.default' ? attrib.default : documentValue(sources, layer, attrib);
    if (value === undefined) continue;
    entries.push({ layer, value });
    if (!takesMore(value, attrib.schema)) break;
  }
  return entries;
};

const documentValue = (sources: AttribSources, layer: Layer, attrib: Attrib): Json | undefined => {
  const document = sources[layer];
  return document ? valueAt(document.data, attrib.path) : undefined;
};

/** One value out of several, of which the first is the highest. Undefined when it is hidden. */
const merge = (entries: readonly Entry[], schema: JsonSchema | null, used: Set<Layer>): Json | undefined => {
  const [highest] = entries;
  if (!highest) return undefined;
  used.add(highest.layer);
  if (isUnset(highest.value)) return undefined;
  const whole = !takesMore(highest.value, schema);
  if (isMap(highest.value) && !isSealed(highest.value)) {
    const maps = whole ? [highest] : run(entries, (value) => isMap(value) && !isUnset(value) && !isSealed(value));
    return mergeMaps(maps, schema, used);
  }
  if (whole) return highest.value;
  const lists = run(entries, Array.isArray).filter(({ value }) => (value as readonly Json[]).length > 0);
  for (const { layer } of lists) used.add(layer);
  return lists.reverse().flatMap(({ value }) => value as readonly Json[]);
};

const mergeMaps = (entries: readonly Entry[], schema: JsonSchema | null, used: Set<Layer>): JsonObject => {
  const keys = new Set(entries.flatMap(({ value }) => Object.keys(value as JsonObject)));
  const merged: Record<string, Json> = {};
  for (const key of keys) {
    if (key === '__proto__') continue;
    const below = entries.flatMap(({ layer, value }): Entry[] =>
      Object.hasOwn(value as JsonObject, key) ? [{ layer, value: (value as JsonObject)[key] as Json }] : [],
    );
    const value = merge(below, schemaBelow(schema, key), used);
    if (value !== undefined) merged[key] = value;
  }
  return merged;
};

/** The entries up to the first one that is of another kind: that one replaced whatever is below it. */
const run = (entries: readonly Entry[], alike: (value: Json) => boolean): Entry[] => {
  const end = entries.findIndex(({ value }) => !alike(value));
  return entries.slice(0, end === -1 ? entries.length : end);
};

/** Whether lower layers can add to a value. */
const takesMore = (value: Json, schema: JsonSchema | null): boolean => {
  const policy = isMap(schema ?? undefined) ? (schema as JsonObject)['x-merge'] : undefined;
  if (isSealed(value)) return false;
  return isMap(value) ? !isUnset(value) && policy !== 'replace' : Array.isArray(value) && policy === 'append';
};

/** The schema of one key of a map, as far as its properties say. */
const schemaBelow = (schema: JsonSchema | null, key: string): JsonSchema | null => {
  if (!isMap(schema ?? undefined)) return null;
  const properties = (schema as JsonObject)['properties'];
  const below =
    isMap(properties) && Object.hasOwn(properties, key)
      ? properties[key]
      : (schema as JsonObject)['additionalProperties'];
  return isMap(below) ? below : null;
};

const provenanceOf = (sources: AttribSources, attrib: Attrib, layer: Layer): Provenance => {
  const document = sources[layer];
  if (!document) return { layer, object: `attribute ${attrib.name}` };
  const { object, version, by } = document;
  return { layer, object, ...(version === undefined ? {} : { version }), ...(by === undefined ? {} : { by }) };
};
