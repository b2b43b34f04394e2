import type { DeclaredOutput } from '#app';
import type { Json, JsonObject } from '#core';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** Outputs that passed, and a sentence for each that did not. The sentences never hold a value: it may be a secret. */
export interface CheckedOutputs {
  readonly outputs: JsonObject;
  readonly problems: readonly string[];
}

/**
 * Checks what a role handed back against what it declares. An output that was not declared, or whose value does not fit
 * its schema, is a fault of the role: it is named, and left out. Of several values for one name the last one counts.
 */
export function checkOutputs(written: readonly WrittenOutput[], declared: readonly DeclaredOutput[]): CheckedOutputs {
  const outputs: Record<string, Json> = {};
  const problems: string[] = [];
  for (const { name, value } of written) {
    const declaration = declared.find((output) => output.name === name);
    const problem = declaration ? problemOf(declaration, value) : undeclared(name, declared);
    if (problem) problems.push(problem);
    else outputs[name] = value;
  }
  return { outputs, problems };
}

export interface WrittenOutput {
  readonly name: string;
  readonly value: Json;
}

/** Reads lines of `{"name": …, "value": …}`, as scripts write them on descriptor 3. */
export function readOutputLines(lines: readonly string[]): {
  readonly written: WrittenOutput[];
  readonly problems: string[];
} {
  const written: WrittenOutput[] = [];
  const problems: string[] = [];
  lines.forEach((line, position) => {
    if (line.trim() === '') return;
    const output = parsed(line);
    if (output) written.push(output);
    else
      problems.push(
        `output line ${position + 1} is not a JSON object with "name" and "value"; write it with write_attribute`,
      );
  });
  return { written, problems };
}

function parsed(line: string): WrittenOutput | null {
  try {
    const value = JSON.parse(line) as { name?: unknown; value?: Json } | null;
    if (typeof value !== 'object' || value === null || typeof value.name !== 'string' || value.value === undefined)
      return null;
    return { name: value.name, value: value.value };
  } catch {
    return null;
  }
}

function undeclared(name: string, declared: readonly DeclaredOutput[]): string {
  const known =
    declared.length > 0 ? `it declares ${declared.map((output) => output.name).join(', ')}` : 'it declares none';
  return `output ${name} is not declared by the role (${known}); add it to the role's outputs or stop writing it`;
}

function problemOf(declaration: DeclaredOutput, value: Json): string | null {
  if (declaration.schema === null || declaration.schema === true) return null;
  const validate = validatorOf(declaration.schema);
  if (typeof validate === 'string')
    return `the declared schema of output ${declaration.name} is not a valid JSON Schema: ${validate}`;
  if (validate(value)) return null;
  const error = validate.errors?.[0];
  const where = error?.instancePath ? ` at ${error.instancePath}` : '';
  return `output ${declaration.name} does not fit its schema${where}: ${error?.message ?? 'it is not allowed'}`;
}

/** Compiled schemas by their text: a role's schema is the same in every run, and compiling costs a millisecond. */
const validators = new Map<string, ValidateFunction | string>();
const VALIDATORS_MAX = 1_000;

function validatorOf(schema: JsonObject | boolean): ValidateFunction | string {
  const text = JSON.stringify(schema);
  const known = validators.get(text);
  if (known !== undefined) return known;
  if (validators.size >= VALIDATORS_MAX) validators.clear();
  const validate = compile(schema);
  validators.set(text, validate);
  return validate;
}

function compile(schema: JsonObject | boolean): ValidateFunction | string {
  // An instance of its own for each schema: two roles may use the same $id for different schemas.
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  addFormats.default(ajv);
  try {
    return ajv.compile(schema);
  } catch (error) {
    return (error as Error).message;
  }
}
