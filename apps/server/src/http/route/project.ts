import { z } from 'zod';
import { invariant } from '#core';

/**
 * Makes an answer out of what a use case returned: exactly the fields that the route's schema names, in snake_case, times
 * as RFC 3339. What the schema does not name does not leave the house, whatever a store may have loaded; that is why no
 * answer can hold a secret that nobody declared.
 */
export type Projection = (value: unknown, at: string) => unknown;

const compiled = new WeakMap<z.ZodType, Projection>();

/** The projection onto a schema. Throws when a field that the schema requires is missing: the program is wrong then. */
export const projectionOf = (schema: z.ZodType): Projection => {
  let projection = compiled.get(schema);
  if (!projection) {
    // Entered first, so that a schema may contain itself.
    compiled.set(schema, (value, at) => projection!(value, at));
    projection = compile(schema);
    compiled.set(schema, projection);
  }
  return projection;
};

const compile = (schema: z.ZodType): Projection => {
  if (schema instanceof z.ZodObject) return ofObject(schema);
  if (schema instanceof z.ZodArray) return ofArray(projectionOf(schema.element as z.ZodType));
  if (schema instanceof z.ZodNullable || schema instanceof z.ZodOptional) {
    const inner = projectionOf(schema.unwrap() as z.ZodType);
    return (value, at) => (value === null || value === undefined ? value : inner(value, at));
  }
  if (schema instanceof z.ZodRecord) return ofRecord(projectionOf(schema.valueType as z.ZodType));
  if (schema instanceof z.ZodNumber)
    return (value) => (typeof value === 'string' || typeof value === 'bigint' ? Number(value) : value);
  return (value) => (value instanceof Date ? value.toISOString() : value);
};

const ofObject = (schema: z.ZodObject): Projection => {
  const fields = Object.entries(schema.shape).map(([name, inner]) => ({
    name,
    camel: name.replace(/_([a-z0-9])/g, (_match, letter: string) => letter.toUpperCase()),
    optional: inner instanceof z.ZodOptional,
    nullable: inner instanceof z.ZodNullable,
    project: projectionOf(inner as z.ZodType),
  }));
  return (value, at) => {
    invariant(typeof value === 'object' && value !== null, `${at} should be an object and is ${String(value)}`);
    const source = value as Record<string, unknown>;
    const answer: Record<string, unknown> = {};
    for (const { name, camel, optional, nullable, project } of fields) {
      const found = source[name] !== undefined ? source[name] : source[camel];
      if (found !== undefined) answer[name] = project(found, `${at}.${name}`);
      else if (nullable && (name in source || camel in source)) answer[name] = null;
      else invariant(optional || schemaIsOpen(schema, name), `${at} lacks ${name}`);
    }
    return answer;
  };
};

/** `z.unknown()` may be undefined, which JSON cannot say: it is left out. */
const schemaIsOpen = (schema: z.ZodObject, name: string): boolean => schema.shape[name] instanceof z.ZodUnknown;

const ofArray =
  (item: Projection): Projection =>
  (value, at) => {
    invariant(Array.isArray(value), `${at} should be a list`);
    return value.map((each, index) => item(each, `${at}[${index}]`));
  };

const ofRecord =
  (inner: Projection): Projection =>
  (value, at) =>
    Object.fromEntries(
      Object.entries(value as Record<string, unknown>).map(([name, each]) => [name, inner(each, `${at}.${name}`)]),
    );
