import {
  isRefusal,
  isSealed,
  isUnset,
  parsePath,
  refuse,
  refuseDocument,
  valueAt,
  withValueAt,
  type JsonObject,
  type Refusal,
} from '#core';
import { HIDDEN } from './hide-secrets.js';
import type { DeclaredAttrib } from '../ports/attrib-store.js';
import type { SchemaValidator } from '../ports/schema-validator.js';

/**
 * Checks a whole document that a person wrote: its size, and the value of every attribute in it. What it holds beside
 * declared attributes is kept and read by nobody.
 */
export const checkDocument = (
  what: string,
  document: JsonObject,
  declared: readonly DeclaredAttrib[],
  schemas: SchemaValidator,
): Refusal | null => {
  const fault = refuseDocument(what, document);
  if (fault) return fault;
  for (const attrib of declared) {
    const path = parsePath(attrib.map);
    const value = isRefusal(path) ? undefined : valueAt(document, path);
    // A sealed one was checked when it was written.
    if (value === undefined || isUnset(value) || isSealed(value)) continue;
    if (!attrib.writable || attrib.schema === null)
      return refuse(
        'invalid',
        `${what} sets ${attrib.name}, which is written by Anneal or by jigs: leave "${attrib.map}" out.`,
        { attrib: attrib.name },
      );
    if (attrib.secret && value === HIDDEN)
      return refuse(
        'invalid',
        `${what} has "${HIDDEN}" for the secret ${attrib.name}, which is how it is shown: give the secret itself, or leave "${attrib.map}" out.`,
        { attrib: attrib.name },
      );
    const problems = schemas.problems(attrib.schema, value);
    if (problems.length > 0)
      return refuse('invalid', `the value for ${attrib.name} does not fit: ${problems.join('; ')}.`, {
        attrib: attrib.name,
        problems,
      });
  }
  return null;
};

/** Puts secrets that were read hidden back where they stood, so that a document can be read, edited and written as a whole. */
export const keepHidden = (document: JsonObject, stored: JsonObject, declared: readonly DeclaredAttrib[]): JsonObject =>
  declared
    .filter(({ secret }) => secret)
    .reduce((kept, { map }) => {
      const path = parsePath(map);
      if (isRefusal(path) || valueAt(kept, path) !== HIDDEN) return kept;
      const secret = valueAt(stored, path);
      return secret === undefined ? kept : withValueAt(kept, path, secret);
    }, document);
