/**
 * JSON Schemas and the values they judge. A schema is compiled when the barclamp is read, so that a mistake in it is the
 * author's problem and not that of the operator who sets the attribute a month later. Unknown keywords are refused: ajv
 * would skip a misspelt `requried`, and the author would believe it.
 */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import type { Json } from '#core';
import type { JsonSchema } from '../document.js';
import type { ProblemList } from '../problem.js';
import { nearest } from '../suggest.js';
import { locate, type Tree } from '../yaml/tree.js';

const ajv = new Ajv2020({
  allErrors: true,
  strictSchema: true,
  strictTypes: false,
  strictTuples: false,
  strictRequired: false,
  validateFormats: true,
  // Schemas of different barclamps may carry the same `$id`; none may refer to another's.
  addUsedSchema: false,
  logger: false,
});
formats.default(ajv);
// Says how the layers of an attribute come together; it judges no value.
ajv.addKeyword({ keyword: 'x-merge', metaSchema: { enum: ['append', 'replace'] } });

/** Barclamps repeat small schemas. Compiled ones by their text; emptied when full, since it only saves time. */
const compiled = new Map<string, ValidateFunction>();
const COMPILED_MAX = 500;

/** Compiles a schema; problems stand at the lines of `written`. Undefined when it is not a schema. */
export function compileSchema(
  schema: JsonSchema,
  written: Tree,
  what: string,
  problems: ProblemList,
): ValidateFunction | undefined {
  const text = JSON.stringify(schema);
  const known = compiled.get(text);
  if (known) return known;
  if (!ajv.validateSchema(schema)) {
    for (const fault of deepest(ajv.errors ?? [])) {
      const message = `the schema of ${what} is not JSON Schema: "${fault.instancePath || '/'}" ${fault.message}`;
      problems.error(locate(written, fault.instancePath).at, 'bad-schema', message, schemaAdvice(fault, written));
    }
    return undefined;
  }
  try {
    const validate = ajv.compile(schema);
    if (compiled.size >= COMPILED_MAX) compiled.clear();
    compiled.set(text, validate);
    return validate;
  } catch (error) {
    const reason = (error as Error).message.replace(/^strict mode: /, '');
    const { tree, advice } = blame(reason, written);
    problems.error(tree.at, 'bad-schema', `the schema of ${what} cannot be used: ${reason}`, advice);
    return undefined;
  } finally {
    // The compiled function is ours; without this every schema ever read would stay in ajv's table.
    if (typeof schema === 'object') ajv.removeSchema(schema);
  }
}

/** Checks one value; problems stand at the lines of `written`. */
export function checkValue(
  validate: ValidateFunction,
  value: Json,
  written: Tree,
  what: string,
  problems: ProblemList,
): boolean {
  if (validate(value)) return true;
  for (const fault of (validate.errors ?? []).slice(0, VALUE_FAULTS_MAX)) {
    const where = fault.instancePath === '' ? '' : ` at "${fault.instancePath}"`;
    const message = `${what} does not fit its own schema${where}: ${fault.message}${allowedIn(fault)}`;
    problems.error(locate(written, fault.instancePath).at, 'bad-default', message);
  }
  return false;
}

/** One value can break many rules at once; the first few say enough. */
const VALUE_FAULTS_MAX = 3;

const allowedIn = (fault: ErrorObject): string => {
  const allowed = (fault.params as { allowedValues?: unknown[] }).allowedValues;
  return allowed ? ` (${allowed.map((value) => JSON.stringify(value)).join(', ')})` : '';
};

/**
 * A wrong word deep inside makes every enclosing alternative fail as well. Only the faults that lie deepest, one a place,
 * are the author's; the rest are echoes.
 */
function deepest(faults: readonly ErrorObject[]): ErrorObject[] {
  const byPath = new Map<string, ErrorObject>();
  for (const fault of faults) if (!byPath.has(fault.instancePath)) byPath.set(fault.instancePath, fault);
  const paths = [...byPath.keys()];
  return [...byPath.values()].filter(
    (fault) => !paths.some((path) => path !== fault.instancePath && path.startsWith(`${fault.instancePath}/`)),
  );
}

const TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object', 'null'];
/** The original's words for types, and other slips of the hand. */
const TYPE_SLIPS: Readonly<Record<string, string>> = {
  str: 'string',
  text: 'string',
  int: 'integer',
  bool: 'boolean',
  seq: 'array',
  list: 'array',
  map: 'object',
  float: 'number',
};

function schemaAdvice(fault: ErrorObject, written: Tree): string | undefined {
  if (!/\/type(\/\d+)?$/.test(fault.instancePath)) return undefined;
  const found = locate(written, fault.instancePath);
  const word = found.kind === 'scalar' ? String(found.value) : '';
  const meant = TYPE_SLIPS[word] ?? nearest(word, TYPES);
  return meant ? `did you mean "${meant}"?` : `use ${TYPES.join(', ')}`;
}

const KEYWORDS = [
  'type enum const title description default examples minimum maximum exclusiveMinimum exclusiveMaximum multipleOf',
  'minLength maxLength pattern format items prefixItems minItems maxItems uniqueItems contains properties required',
  'additionalProperties patternProperties propertyNames minProperties maxProperties dependentRequired allOf anyOf oneOf',
  'not if then else $ref $defs readOnly writeOnly deprecated x-merge',
]
  .join(' ')
  .split(' ');

/** Finds the line that a compile error speaks of: ajv names the word, not its place. */
function blame(reason: string, written: Tree): { tree: Tree; advice?: string } {
  const keyword = /^unknown keyword: "(.+)"/.exec(reason)?.[1];
  if (keyword) {
    const meant = nearest(keyword, KEYWORDS);
    const entry = findEntry(written, keyword);
    return { tree: entry ?? written, ...(meant ? { advice: `did you mean "${meant}"?` } : {}) };
  }
  const misused = /^keyword "(.+?)" value is invalid/.exec(reason)?.[1];
  if (misused) return { tree: findEntry(written, misused) ?? written };
  const format = /^unknown format "(.+?)"/.exec(reason)?.[1];
  if (format)
    return {
      tree: findText(written, 'format', format) ?? written,
      advice: 'use a format of the standard, or leave it out',
    };
  const reference = /reference (\S+) from/.exec(reason)?.[1];
  if (reference)
    return { tree: findText(written, '$ref', reference) ?? written, advice: 'refer to "#/$defs/…" in the same schema' };
  const pattern = /Invalid regular expression: \/(.+)\//s.exec(reason)?.[1];
  if (pattern) return { tree: findText(written, 'pattern', pattern) ?? written, advice: 'mend the regular expression' };
  return { tree: written };
}

/** The first map entry with this key, as a place to point at. */
function findEntry(tree: Tree, key: string): Tree | undefined {
  return find(tree, (map) => {
    const entry = map.entries.get(key);
    return entry ? { kind: 'scalar', value: key, source: key, at: entry.keyAt } : undefined;
  });
}

const findText = (tree: Tree, key: string, text: string): Tree | undefined =>
  find(tree, (map) => {
    const value = map.entries.get(key)?.value;
    return value?.kind === 'scalar' && value.value === text ? value : undefined;
  });

function find(tree: Tree, pick: (map: Extract<Tree, { kind: 'map' }>) => Tree | undefined): Tree | undefined {
  if (tree.kind === 'scalar') return undefined;
  const here = tree.kind === 'map' ? pick(tree) : undefined;
  if (here) return here;
  const inner = tree.kind === 'map' ? [...tree.entries.values()].map((entry) => entry.value) : tree.items;
  for (const one of inner) {
    const found = find(one, pick);
    if (found) return found;
  }
  return undefined;
}
