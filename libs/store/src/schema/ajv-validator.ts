import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { SchemaValidator } from '#app';
import type { Json, JsonSchema } from '#core';

/** Compiled schemas that are kept; an installation has a few hundred attributes. */
const SCHEMAS_MAX = 1_000;

/** Faults that are told of one value; the first few say enough. */
const FAULTS_MAX = 5;

/**
 * Checks values with ajv. Schemas were checked when they were imported, where unknown words are refused; here they are
 * compiled leniently, so that a value is judged by what its schema does say.
 */
export class AjvValidator extends SchemaValidator {
  private readonly ajv = new Ajv2020({
    allErrors: true,
    strict: false,
    validateFormats: true,
    addUsedSchema: false,
    logger: false,
  });
  private readonly compiled = new Map<string, ValidateFunction | null>();

  constructor() {
    super();
    formats.default(this.ajv);
  }

  override problems(schema: JsonSchema, value: Json): readonly string[] {
    const validate = this.compile(schema);
    if (!validate) return ['its schema cannot be read: import the barclamp again'];
    return validate(value) ? [] : (validate.errors ?? []).slice(0, FAULTS_MAX).map(sentence);
  }

  private compile(schema: JsonSchema): ValidateFunction | null {
    const key = JSON.stringify(schema);
    const known = this.compiled.get(key);
    if (known !== undefined) return known;
    if (this.compiled.size >= SCHEMAS_MAX) this.compiled.clear();
    const validate = this.tryCompile(schema);
    this.compiled.set(key, validate);
    return validate;
  }

  private tryCompile(schema: JsonSchema): ValidateFunction | null {
    try {
      return this.ajv.compile(schema);
    } catch {
      return null;
    } finally {
      // The compiled function is ours; ajv would keep every schema it ever saw.
      if (typeof schema === 'object') this.ajv.removeSchema(schema);
    }
  }
}

const sentence = (fault: ErrorObject): string => {
  const where = fault.instancePath === '' ? 'it' : `"${fault.instancePath}"`;
  const allowed = (fault.params as { allowedValues?: readonly Json[] }).allowedValues;
  return `${where} ${fault.message ?? 'is wrong'}${allowed ? ` (${allowed.map((one) => JSON.stringify(one)).join(', ')})` : ''}`;
};
