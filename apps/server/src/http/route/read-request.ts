import type { Fault, Route } from '#api-types';
import { refuse, type Refusal } from '#core';
import { ANY_VERSION } from './given.js';

/**
 * Checks a request against its route before any controller sees it. All faults are reported together, each with a pointer
 * to where it is. Beyond the route's schemas it refuses what PostgreSQL cannot store: NUL, lone surrogates, and documents
 * nested so deep that a parser would give up.
 */

/** Deepest nesting of a JSON document that is accepted. Ours have four or five levels. */
export const DEPTH_MAX = 64;
/** Faults reported at the most; the rest shows when these are mended. */
export const FAULTS_MAX = 50;

export interface RawParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export interface ReadParts {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
}

export const readRequest = (route: Route, raw: RawParts): ReadParts | Refusal => {
  const faults: Fault[] = [];
  const params = part(route.params, raw.params, 'path', faults);
  const query = part(route.query, raw.query, 'query', faults);
  const body = readBody(route, raw.body, faults);
  if (faults.length === 0) return { params, query, body };
  const [first] = faults;
  const where = first!.at === '' ? `the ${first!.in}` : `${first!.in} ${first!.at}`;
  return refuse(
    'invalid',
    `${where}: ${first!.says}${faults.length > 1 ? `, and ${faults.length - 1} more; see fields` : ''}.`,
    {
      errors: faults.slice(0, FAULTS_MAX),
    },
  );
};

const readBody = (route: Route, body: unknown, faults: Fault[]): unknown => {
  // An empty document says as much as none: clients that always send one need not know which routes read it.
  if (!route.body)
    return isEmpty(body) ? undefined : void faults.push({ in: 'body', at: '', says: 'nothing is expected here' });
  if (route.accepts && Buffer.isBuffer(body)) return body;
  if (body === undefined || body === null) {
    if (!route.bodyOptional) faults.push({ in: 'body', at: '', says: 'a JSON document is expected here' });
    return route.bodyOptional ? part(route.body, {}, 'body', faults) : undefined;
  }
  return part(route.body, body, 'body', faults);
};

const isEmpty = (body: unknown): boolean =>
  body === undefined ||
  body === null ||
  (typeof body === 'object' && !Buffer.isBuffer(body) && Object.keys(body).length === 0);

const part = (schema: Route['body'], value: unknown, where: Fault['in'], faults: Fault[]): unknown => {
  const unstorable = findUnstorable(value);
  if (unstorable) return void faults.push({ in: where, ...unstorable });
  if (!schema) return value;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) faults.push({ in: where, at: pointer(issue.path), says: issue.message });
  return undefined;
};

/** RFC 6901. */
const pointer = (path: readonly PropertyKey[]): string =>
  path.map((step) => `/${String(step).replace(/~/g, '~0').replace(/\//g, '~1')}`).join('');

const findUnstorable = (root: unknown): { at: string; says: string } | null => {
  const open: { value: unknown; path: readonly string[] }[] = [{ value: root, path: [] }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { value, path } = next;
    if (typeof value === 'string' && !isStorable(value))
      return { at: pointer(path), says: 'characters that are not Unicode text (NUL, half of a surrogate pair)' };
    if (typeof value !== 'object' || value === null || Buffer.isBuffer(value)) continue;
    if (path.length >= DEPTH_MAX) return { at: '', says: `nested deeper than ${DEPTH_MAX} levels` };
    for (const [name, inner] of Object.entries(value)) {
      if (name === '__proto__' || !isStorable(name))
        return { at: pointer(path), says: `the name ${JSON.stringify(name)} is not accepted` };
      open.push({ value: inner, path: [...path, name] });
    }
  }
  return null;
};

const isStorable = (text: string): boolean =>
  !text.includes('\u0000') && (text as string & { isWellFormed(): boolean }).isWellFormed();

/** The version that If-Match names. `undefined` for `*`; a refusal when the header is no version of ours, or missing and needed. */
export const readIfMatch = (
  header: string | string[] | undefined,
  subject: string,
  { needed }: { needed: boolean },
): number | undefined | Refusal => {
  const text = Array.isArray(header) ? header.join(',') : header;
  if (text === undefined || text.trim() === '') {
    if (!needed) return undefined;
    return refuse(
      'version-required',
      `say which version of ${subject} you change: send If-Match with the ETag that GET gave, or * to change whatever is there.`,
    );
  }
  if (text.trim() === ANY_VERSION) return undefined;
  const version = /^(?:W\/)?"(\d{1,15})"$/.exec(text.trim())?.[1];
  // A tag that we never gave matches nothing (RFC 9110 §13.1.1).
  if (version === undefined)
    return refuse(
      'stale-version',
      `${text.trim().slice(0, 100)} is not the current ETag of ${subject}: read it again.`,
    );
  return Number(version);
};
