import type { Json, JsonSchema } from '#core';

/** Says whether values fit JSON Schemas (draft 2020-12). */
export abstract class SchemaValidator {
  /** Sentences about what is wrong; empty when the value fits. A schema that is none fits nothing. */
  abstract problems(schema: JsonSchema, value: Json): readonly string[];
}
