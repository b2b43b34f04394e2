import type { JsonSchema } from '../forms/json-schema';
import { SchemaField } from '../forms/schema-form';

/** An object within a body. */
export type Part = Readonly<Record<string, unknown>>;

/** The object with one of its fields as it is now; what was emptied is not said. */
export const withPart = (before: Part, name: string, to: unknown): Part =>
  Object.fromEntries(
    Object.entries({ ...before, [name]: to }).filter(
      ([, value]) =>
        value !== undefined && value !== null && value !== '' && !(Array.isArray(value) && value.length === 0),
    ),
  );

/** The fields of an object within a body, each asked for with what the server says of it. */
export const PartFields = ({
  schema,
  names,
  value,
  onChange,
}: {
  readonly schema: JsonSchema;
  /** Which of them, in this order; all of them when absent, the required ones first. */
  readonly names?: readonly string[];
  readonly value: Part;
  readonly onChange: (name: string, to: unknown) => void;
}) => {
  const { properties = {}, required = [] } = schema;
  const all = Object.keys(properties).toSorted((a, b) => Number(required.includes(b)) - Number(required.includes(a)));
  return (names ?? all).map((name) => {
    const field = properties[name];
    if (!field) return null;
    return (
      <SchemaField
        key={name}
        name={name}
        schema={field}
        required={required.includes(name) && field.default === undefined}
        value={value[name] ?? field.default}
        onChange={(to) => onChange(name, to)}
        onBroken={() => undefined}
      />
    );
  });
};
