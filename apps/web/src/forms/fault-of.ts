import type { JsonSchema } from './json-schema';

/**
 * What is plainly wrong with a value, told at its field before it is sent. Only what forms know of a schema is looked at;
 * the server has the last word, so whatever is not understood here is let through.
 */

/** Nested deeper than this a value is left to the server. */
const DEPTH_MAX = 8;

/** The first fault as a sentence; null when none is seen. */
export const faultOf = (schema: JsonSchema, value: unknown): string | null => faultAt(schema, value, '', 0);

const faultAt = (schema: JsonSchema, value: unknown, at: string, depth: number): string | null => {
  if (depth > DEPTH_MAX || typeof schema !== 'object' || schema === null) return null;
  const says = (what: string): string => (at === '' ? `This ${what}.` : `${at.slice(1)} ${what}.`);
  if (schema.anyOf) {
    const faults = schema.anyOf.map((each) => faultAt(each, value, at, depth + 1));
    if (faults.includes(null)) return null;
    // One that stands beside null alone is what was meant.
    const meant = schema.anyOf.flatMap(({ type }, index) => (type === 'null' ? [] : [faults[index]]));
    return meant.length === 1 ? (meant[0] as string) : says('is none of what is taken here');
  }
  const types = schema.type === undefined ? [] : [schema.type].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value)))
    return says(`has to be ${types.map((type) => WORDS[type] ?? type).join(' or ')}`);
  if (schema.enum && !schema.enum.some((each) => isSame(each, value)))
    return says(`has to be one of ${schema.enum.map((each) => JSON.stringify(each)).join(', ')}`);
  if (schema.const !== undefined && !isSame(schema.const, value))
    return says(`has to be ${JSON.stringify(schema.const)}`);
  if (typeof value === 'number') return limitOf(schema, value, says);
  if (typeof value === 'string') return lengthOf(schema, value, says);
  if (Array.isArray(value)) {
    if (value.length < (schema.minItems ?? 0)) return says(`needs at least ${schema.minItems} entries`);
    if (value.length > (schema.maxItems ?? Infinity)) return says(`takes at most ${schema.maxItems} entries`);
    const { items } = schema;
    return items ? firstOf(value, (each, index) => faultAt(items, each, `${at}/${index}`, depth + 1)) : null;
  }
  if (typeof value === 'object' && value !== null) return partsOf(schema, value, at, depth, says);
  return null;
};

type Says = (what: string) => string;

const limitOf = ({ minimum, maximum }: JsonSchema, value: number, says: Says): string | null => {
  if (minimum !== undefined && value < minimum) return says(`has to be at least ${minimum}`);
  if (maximum !== undefined && value > maximum) return says(`may be at most ${maximum}`);
  return null;
};

const lengthOf = ({ minLength = 0, maxLength = Infinity, pattern }: JsonSchema, value: string, says: Says) => {
  // Counted as JSON Schema does: a character beyond the basic plane is one.
  const length = [...value].length;
  if (length < minLength) return says(`needs at least ${minLength} characters`);
  if (length > maxLength) return says(`takes at most ${maxLength} characters`);
  return pattern === undefined || isLike(pattern, value) ? null : says(`has to be like ${pattern}`);
};

const partsOf = (schema: JsonSchema, value: object, at: string, depth: number, says: Says): string | null => {
  const missing = schema.required?.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) return says(`needs "${missing}"`);
  const { properties = {}, additionalProperties } = schema;
  return firstOf(Object.entries(value), ([name, part]) => {
    const known = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (known) return faultAt(known, part, `${at}/${name}`, depth + 1);
    if (additionalProperties === false && schema.patternProperties === undefined)
      return says(`takes no "${name}": ${Object.keys(properties).join(', ')}`);
    return typeof additionalProperties === 'object' && schema.patternProperties === undefined
      ? faultAt(additionalProperties, part, `${at}/${name}`, depth + 1)
      : null;
  });
};

const firstOf = <Part>(parts: readonly Part[], fault: (part: Part, index: number) => string | null): string | null => {
  for (const [index, part] of parts.entries()) {
    const found = fault(part, index);
    if (found !== null) return found;
  }
  return null;
};

const WORDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
};

const isOf = (type: string, value: unknown): boolean => {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === type;
    default:
      return true;
  }
};

const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** A pattern that this browser cannot read is left to the server. */
const isLike = (pattern: string, value: string): boolean => {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
};
