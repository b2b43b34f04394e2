/**
 * Schemas of the original are fragments of Kwalify. Each is turned into the JSON Schema that accepts the same values.
 * Kwalify lets any value be null unless it is required, and lets no key into a map that the map does not list. What has
 * no counterpart is left out with a warning: a schema that accepts a little more is better than a barclamp kept out.
 */
import type { Json } from '#core';
import type { JsonSchema } from '../document.js';
import type { ProblemList } from '../problem.js';
import { nameOf } from '../yaml/map-reader.js';
import { toJson, type MapTree, type Tree } from '../yaml/tree.js';

type Keywords = Record<string, Json>;

const JSON_TYPES: Readonly<Record<string, Keywords>> = {
  str: { type: 'string' },
  symbol: { type: 'string' },
  text: { type: ['string', 'number'] },
  int: { type: 'integer' },
  float: { type: 'number' },
  number: { type: 'number' },
  bool: { type: 'boolean' },
  seq: { type: 'array' },
  map: { type: 'object' },
  scalar: { type: ['string', 'number', 'boolean'] },
  date: { type: 'string', format: 'date' },
  time: { type: 'string' },
  timestamp: { type: 'string' },
  any: {},
};

/** Words that only JSON Schema has: a few authors of the original wrote it already. */
const JSON_SCHEMA_TYPES = ['string', 'integer', 'boolean', 'array', 'object', 'null'];
const JSON_SCHEMA_KEYS = ['properties', 'items', 'anyOf', 'oneOf', 'allOf', '$ref'];

/** True when the fragment is JSON Schema already and is to be kept as it stands. */
export function isJsonSchema(tree: MapTree): boolean {
  const type = tree.entries.get('type')?.value;
  const named = type?.kind === 'scalar' && JSON_SCHEMA_TYPES.includes(String(type.value));
  return named || JSON_SCHEMA_KEYS.some((key) => tree.entries.has(key));
}

/** The JSON Schema of a Kwalify fragment. */
export function fromKwalify(tree: Tree, what: string, problems: ProblemList): JsonSchema {
  if (tree.kind !== 'map') {
    problems.warn(tree.at, 'not-carried-over', `the schema of ${what} is ${nameOf(tree)}; every value is accepted`);
    return true;
  }
  return orNull(withoutNull(tree, what, problems), isTrue(tree, 'required'));
}

function withoutNull(tree: MapTree, what: string, problems: ProblemList): Keywords {
  const schema: Keywords = {};
  const type = word(tree, 'type') ?? impliedType(tree);
  const known = JSON_TYPES[type];
  if (known) Object.assign(schema, known);
  else warn(tree, 'type', `the type "${type}" is unknown; every value is accepted`);

  for (const [key, { value }] of tree.entries) {
    switch (key) {
      case 'type':
      case 'required':
        break;
      case 'name':
        schema['title'] = text(value);
        break;
      case 'desc':
        schema['description'] = text(value);
        break;
      case 'default':
        schema['default'] = toJson(value);
        break;
      case 'enum':
        schema['enum'] = toJson(value);
        break;
      case 'pattern':
        Object.assign(schema, pattern(value));
        break;
      case 'range':
        Object.assign(schema, range(tree, value));
        break;
      case 'length':
        Object.assign(schema, length(value));
        break;
      case 'sequence':
        Object.assign(schema, sequence(value));
        break;
      case 'mapping':
        Object.assign(schema, mapping(value));
        break;
      default:
        warn(tree, key, `"${key}" has no counterpart in JSON Schema and is left out`);
    }
  }
  return schema;

  function warn(map: MapTree, key: string, message: string): void {
    problems.warn(map.entries.get(key)?.keyAt ?? map.at, 'not-carried-over', `in the schema of ${what}: ${message}`);
  }

  function pattern(value: Tree): Keywords {
    const source = text(value)
      .replace(/^\/(.*)\/$/s, '$1')
      .replaceAll('\\A', '^')
      .replace(/\\[zZ]/g, '$');
    if (isPattern(source)) return { pattern: source };
    warn(tree, 'pattern', `the pattern ${text(value)} is not one that JavaScript reads, and is left out`);
    return {};
  }

  function range(map: MapTree, value: Tree): Keywords {
    const numeric = ['int', 'float', 'number'].includes(type);
    if (numeric)
      return limits(value, {
        min: 'minimum',
        max: 'maximum',
        'min-ex': 'exclusiveMinimum',
        'max-ex': 'exclusiveMaximum',
      });
    warn(map, 'range', `a range of "${type}" has no counterpart in JSON Schema and is left out`);
    return {};
  }

  function length(value: Tree): Keywords {
    const open = limits(value, { 'min-ex': 'min', 'max-ex': 'max' });
    const above: Keywords = typeof open['min'] === 'number' ? { minLength: open['min'] + 1 } : {};
    const below: Keywords = typeof open['max'] === 'number' ? { maxLength: open['max'] - 1 } : {};
    return { ...above, ...below, ...limits(value, { min: 'minLength', max: 'maxLength' }) };
  }

  function sequence(value: Tree): Keywords {
    const first = value.kind === 'list' ? value.items[0] : undefined;
    if (first?.kind !== 'map') return {};
    const unique = isTrue(first, 'unique');
    const entries = new Map([...first.entries].filter(([key]) => key !== 'unique'));
    return { items: fromKwalify({ ...first, entries }, what, problems), ...(unique ? { uniqueItems: true } : {}) };
  }

  function mapping(value: Tree): Keywords {
    if (value.kind !== 'map') return {};
    const properties: [string, Json][] = [];
    const required: string[] = [];
    let rest: JsonSchema = false;
    for (const [key, entry] of value.entries) {
      const schema = fromKwalify(entry.value, what, problems);
      if (key === '=') rest = schema;
      else properties.push([key, schema]);
      if (key !== '=' && entry.value.kind === 'map' && isTrue(entry.value, 'required')) required.push(key);
    }
    return {
      properties: Object.fromEntries(properties),
      ...(required.length > 0 ? { required } : {}),
      additionalProperties: rest,
    };
  }
}

/** Adds null to what a schema accepts, as Kwalify does for whatever is not required. */
function orNull(schema: Keywords, required: boolean): JsonSchema {
  if (required) return schema;
  const type = schema['type'];
  if (type === undefined && schema['enum'] === undefined) return schema;
  return {
    ...schema,
    ...(type === undefined ? {} : { type: [...(Array.isArray(type) ? type : [type]), 'null'] }),
    ...(Array.isArray(schema['enum']) ? { enum: [...schema['enum'], null] } : {}),
  };
}

function limits(tree: Tree, names: Readonly<Record<string, string>>): Keywords {
  const found: Keywords = {};
  if (tree.kind !== 'map') return found;
  for (const [key, { value }] of tree.entries) {
    const name = names[key];
    if (name && value.kind === 'scalar' && typeof value.value === 'number') found[name] = value.value;
  }
  return found;
}

/** Kwalify takes a fragment without a type as text, unless it holds a list or a map. */
const impliedType = (tree: MapTree): string =>
  tree.entries.has('sequence') ? 'seq' : tree.entries.has('mapping') ? 'map' : 'str';

const word = (tree: MapTree, key: string): string | undefined => {
  const value = tree.entries.get(key)?.value;
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : undefined;
};

/** The original was read as YAML 1.1, in which `yes` is true. */
const isTrue = (tree: MapTree, key: string): boolean => {
  const value = tree.entries.get(key)?.value;
  return value?.kind === 'scalar' && (value.value === true || /^(yes|on|true)$/i.test(String(value.value)));
};

const text = (tree: Tree): string => (tree.kind === 'scalar' ? tree.source : JSON.stringify(toJson(tree)));

function isPattern(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}
