import { withoutNull, type JsonSchema } from './json-schema';

/** What stands for a secret in whatever is shown or copied. */
export const SECRET = '…';

/** A value of a schema as it may be copied: secrets that were typed stand in none of it. */
export const withoutSecrets = (given: JsonSchema, value: unknown): unknown => {
  const { schema } = withoutNull(given);
  if ((given.writeOnly || schema.writeOnly) && value !== null) return SECRET;
  if (Array.isArray(value)) {
    const { items } = schema;
    return items ? value.map((each) => withoutSecrets(items, each)) : value;
  }
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [name, withoutSecrets(schema.properties?.[name] ?? {}, part)]),
  );
};
