/** The part of JSON Schema that forms are made from: what the API says of its bodies, and roles of their attributes. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | JsonSchema;
  readonly patternProperties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly anyOf?: readonly JsonSchema[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly writeOnly?: boolean;
}

/** How a value is asked for. Whatever is not one of these is asked for as JSON. */
export type Field =
  | { readonly kind: 'text'; readonly secret: boolean; readonly long: boolean }
  | { readonly kind: 'number'; readonly integer: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly of: readonly string[] }
  | { readonly kind: 'texts' }
  | { readonly kind: 'json' };

/** A text that may be longer than this is asked for in an area. */
const LINE_LENGTH_MAX = 1_000;

/** The schema without `null` as one of its types; whether it may be null is said beside. */
export const withoutNull = (schema: JsonSchema): { readonly schema: JsonSchema; readonly nullable: boolean } => {
  if (schema.anyOf) {
    const rest = schema.anyOf.filter(({ type }) => type !== 'null');
    const [only] = rest;
    if (rest.length === 1 && only)
      return {
        schema: { ...only, description: schema.description ?? only.description },
        nullable: rest.length < schema.anyOf.length,
      };
  }
  if (Array.isArray(schema.type)) {
    const rest = (schema.type as readonly string[]).filter((type) => type !== 'null');
    if (rest.length === 1) return { schema: { ...schema, type: rest[0] }, nullable: rest.length < schema.type.length };
  }
  return { schema, nullable: false };
};

/** Which field a schema is asked for with. */
export const fieldOf = (given: JsonSchema): Field => {
  const { schema } = withoutNull(given);
  if (schema.enum?.every((each) => typeof each === 'string')) return { kind: 'choice', of: schema.enum as string[] };
  switch (schema.type) {
    case 'string':
      return { kind: 'text', secret: schema.writeOnly === true, long: (schema.maxLength ?? 0) > LINE_LENGTH_MAX };
    case 'number':
    case 'integer':
      return {
        kind: 'number',
        integer: schema.type === 'integer',
        ...(schema.minimum === undefined ? {} : { min: schema.minimum }),
        ...(schema.maximum === undefined ? {} : { max: schema.maximum }),
      };
    case 'boolean':
      return { kind: 'switch' };
    case 'array':
      return schema.items && fieldOf(schema.items).kind === 'text' ? { kind: 'texts' } : { kind: 'json' };
    default:
      return { kind: 'json' };
  }
};

/** Follows references into the document that a schema stands in. */
export const resolved = (schema: JsonSchema, document: unknown): JsonSchema => {
  let at = schema;
  for (let steps = 0; at.$ref && steps < 10; steps += 1) at = pointed(document, at.$ref) as JsonSchema;
  if (!at.properties && !at.items && !at.anyOf) return at;
  return {
    ...at,
    ...(at.properties
      ? {
          properties: Object.fromEntries(
            Object.entries(at.properties).map(([name, property]) => [name, shallow(property, document)]),
          ),
        }
      : {}),
  };
};

/** One level: what is below an object is asked for as JSON, so it need not be followed. */
const shallow = (schema: JsonSchema, document: unknown): JsonSchema => {
  let at = schema;
  for (let steps = 0; at.$ref && steps < 10; steps += 1) at = pointed(document, at.$ref) as JsonSchema;
  return at === schema ? at : { ...at, description: schema.description ?? at.description };
};

const pointed = (document: unknown, ref: string): unknown =>
  ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], document);
