/** Reads one attribute of Anneal's form: an input that an operator may set, or an output that a run writes. */
import { GENERATE_ALPHABETS, GENERATE_LENGTH_MAX, GENERATE_LENGTH_MIN } from '#core';
import type { JsonSchema } from './document.js';
import type { AttribDraft, GenerateDraft, Written } from './draft.js';
import { nameOf, type MapReader } from './yaml/map-reader.js';
import { toJson } from './yaml/tree.js';

/** Orders of forms are small numbers; the limit only keeps them integers. */
const ORDER_MAX = 1_000_000;

export function readAttrib(map: MapReader, kind: 'input' | 'output'): AttribDraft {
  const draft: AttribDraft = {
    at: map.at,
    name: map.requiredWord('name', 'add "name: …"'),
    description: map.text('description') ?? '',
    map: map.word('map'),
    schema: readSchema(map),
    default: kind === 'input' ? readDefault(map) : undefined,
    writable: kind === 'input' ? map.boolean('writable') : false,
    secret: map.boolean('secret') ?? false,
    generate: kind === 'input' ? readGenerate(map) : undefined,
    order: map.integer('order', -ORDER_MAX, ORDER_MAX) ?? 0,
    uiRenderer: map.text('ui_renderer'),
    kind,
  };
  map.finish();
  return draft;
}

function readSchema(map: MapReader): Written<JsonSchema> | undefined {
  const tree = map.tree('schema');
  if (!tree) return undefined;
  if (tree.kind === 'map' || (tree.kind === 'scalar' && typeof tree.value === 'boolean')) {
    return { value: toJson(tree) as JsonSchema, tree };
  }
  const advice = tree.kind === 'scalar' ? `write "schema: { type: ${tree.source} }"` : 'write its keywords as a map';
  map.problems.error(tree.at, 'wrong-type', `"schema" of ${map.what} must be a map, found ${nameOf(tree)}`, advice);
  return undefined;
}

/** How a value is made where nobody gives one. */
function readGenerate(map: MapReader): GenerateDraft | undefined {
  const generate = map.mapUnder('generate', `"generate" of ${map.what}`);
  if (!generate) return undefined;
  generate.require('length', 'add "length: 32"');
  generate.require('alphabet', `add "alphabet: ${GENERATE_ALPHABETS[0]}"`);
  const length = generate.integer('length', GENERATE_LENGTH_MIN, GENERATE_LENGTH_MAX);
  const alphabet = generate.oneOf('alphabet', GENERATE_ALPHABETS);
  generate.finish();
  return length === undefined || alphabet === undefined
    ? undefined
    : { at: map.placeOf('generate'), value: { length, alphabet } };
}

function readDefault(map: MapReader): Written | undefined {
  const tree = map.treeOrNull('default');
  return tree && { value: toJson(tree), tree };
}
