import fc from 'fast-check';

/**
 * Values that fit a JSON Schema, and values that nearly do. Knows the part of JSON Schema that our own document uses; an
 * unknown keyword only makes the values wider.
 */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly maxItems?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Text that has caused trouble somewhere: quotes, statements, markup, other scripts, and what PostgreSQL cannot keep. */
export const awkwardText = fc.constantFrom(
  "O'Brien",
  '"; DROP TABLE nodes; --',
  "'; DELETE FROM users WHERE '1'='1",
  '../../etc/passwd',
  '%2e%2e%2f',
  '<script>alert(1)</script>',
  '$(reboot)',
  '`id`',
  '日本語.example.com',
  'a\u0000b',
  '\ud800',
  'null',
  '-1',
  '{{7*7}}',
  ' ',
  'a'.repeat(300),
  'A',
  '*',
);

export const anyText = fc.oneof(
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  awkwardText,
);

export const anyJson: fc.Arbitrary<unknown> = fc.oneof(fc.jsonValue({ maxDepth: 3 }), awkwardText);

/** What a value may be where its field has a name that says more than its schema: keys of what there is. */
export type ByName = (name: string) => fc.Arbitrary<unknown> | null;
const unnamed: ByName = () => null;

export const fitting = (
  schema: Schema,
  root: Record<string, Schema>,
  byName: ByName = unnamed,
  depth = 0,
): fc.Arbitrary<unknown> => {
  if (schema.$ref) return fitting(root[schema.$ref.split('/').at(-1)!]!, root, byName, depth);
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return fc.oneof(...choices.map((choice) => fitting(choice, root, byName, depth)));
  const types = Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string | undefined];
  return fc.oneof(...types.map((type) => ofType(type, schema, root, byName, depth)));
};

const ofType = (
  type: string | undefined,
  schema: Schema,
  root: Record<string, Schema>,
  byName: ByName,
  depth: number,
): fc.Arbitrary<unknown> => {
  switch (type) {
    case 'null':
      return fc.constant(null);
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({
        min: Math.max(schema.minimum ?? -1_000, -2_147_483_648),
        max: Math.min(schema.maximum ?? 1_000, 2_147_483_647),
      });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'string':
      return text(schema);
    case 'array':
      return fc.array(schema.items ? fitting(schema.items, root, byName, depth + 1) : anyJson, {
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return object(schema, root, byName, depth);
    default:
      return anyJson;
  }
};

const text = ({ pattern, format, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> => {
  if (format === 'uuid') return fc.uuid();
  if (format === 'date-time')
    return fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }).map((date) => date.toISOString());
  const plain = fc.string({ minLength, maxLength: Math.min(maxLength, Math.max(minLength, 60)) });
  if (pattern === undefined) return fc.oneof({ weight: 3, arbitrary: plain }, { weight: 1, arbitrary: awkwardText });
  try {
    return fc.stringMatching(new RegExp(pattern));
  } catch {
    return plain;
  }
};

/** Whether the schema leaves it to the name to say what the value is. */
const isText = (schema: Schema): boolean =>
  (schema.type === 'string' || schema.type === undefined) && !schema.enum && !schema.$ref && !schema.anyOf;

const object = (schema: Schema, root: Record<string, Schema>, byName: ByName, depth: number): fc.Arbitrary<unknown> => {
  if (!schema.properties)
    return depth > 3
      ? fc.constant({})
      : fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  const fields = Object.fromEntries(
    Object.entries(schema.properties).map(([name, field]) => [
      name,
      byName(name) && isText(field)
        ? fc.oneof(
            { weight: 5, arbitrary: byName(name)! },
            { weight: 1, arbitrary: fitting(field, root, byName, depth + 1) },
          )
        : fitting(field, root, byName, depth + 1),
    ]),
  );
  const required = schema.required ?? [];
  const optional = Object.keys(fields).filter((name) => !required.includes(name));
  // A few of the others at a time: with all of them, one of them would always be wrong.
  return fc
    .tuple(fc.record(fields), fc.subarray(optional, { maxLength: Math.min(2, optional.length) }))
    .map(([value, chosen]) =>
      Object.fromEntries(Object.entries(value).filter(([name]) => required.includes(name) || chosen.includes(name))),
    );
};

/** A fitting value with one thing wrong: a field too many, too few, or of another kind; or something else altogether. */
export const nearly = (schema: Schema, root: Record<string, Schema>, byName: ByName = unnamed): fc.Arbitrary<unknown> =>
  fc.oneof(
    anyJson,
    fc
      .tuple(fitting(schema, root, byName), fc.nat(), anyJson, fc.constantFrom('drop', 'replace', 'add'))
      .map(([value, index, other, how]) => {
        if (typeof value !== 'object' || value === null || Array.isArray(value)) return other;
        const names = Object.keys(value);
        const name = names[index % Math.max(1, names.length)] ?? 'x';
        if (how === 'drop') return Object.fromEntries(Object.entries(value).filter(([each]) => each !== name));
        return { ...value, [how === 'add' ? 'no_such_field' : name]: other };
      }),
  );
