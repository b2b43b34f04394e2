import { isMap, type Json } from '../base/json.js';
import { refuse, type Refusal } from '../base/refusal.js';
import type { TestOutcome } from './outcome.js';

/**
 * The document that RefStack takes results in: what passed, by name and UUID, and nothing else. Its server allows no other
 * key, and wants at least one result. It may be signed: over exactly these bytes, RSA with SHA-256 (PKCS #1 v1.5), in hex,
 * with the public key as OpenSSH writes it.
 */
export interface RefstackDocument {
  /** Id of the identity service in the cloud's catalog; MD5 of its host's name where it tells none. 32 hex digits. */
  readonly cpid: string;
  readonly duration_seconds: number;
  readonly results: readonly RefstackResult[];
}

export interface RefstackResult {
  /** Without brackets, the scenario's parentheses kept. */
  readonly name: string;
  readonly uuid?: string;
}

export const CPID = /^[0-9a-f]{32}$/;

/** The document of what was found; of several runs it takes what passed in any. Sorted, so that the same is the same bytes. */
export function refstackDocument(given: {
  readonly cpid: string;
  readonly seconds: number;
  readonly outcomes: Iterable<TestOutcome>;
}): RefstackDocument | Refusal {
  const cpid = given.cpid.replaceAll('-', '').toLowerCase();
  if (!CPID.test(cpid))
    return refuse('invalid', `'${given.cpid}' is no id of a cloud: RefStack knows clouds by 32 hexadecimal digits`);
  const results = new Map<string, RefstackResult>();
  for (const { name, id, status } of given.outcomes)
    if (status === 'passed') results.set(name, { name, ...uuidOf(id) });
  if (results.size === 0)
    return refuse('wrong-state', 'no test has passed, and RefStack takes results only of those that have');
  return {
    cpid,
    duration_seconds: Math.round(given.seconds),
    results: [...results.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** A suite may have ids of another kind, which RefStack would not take. */
function uuidOf(id: string | null): { readonly uuid?: string } {
  const uuid = id?.replace(/^id-/, '') ?? '';
  return UUID.test(uuid) ? { uuid } : {};
}

/** The bytes that are uploaded, and signed. */
export const printRefstack = (document: RefstackDocument): string => JSON.stringify(document);

/** What RefStack's server would say against a document, each with its place (RFC 6901); empty when it takes it. */
export function checkRefstack(value: Json): { readonly at: string; readonly says: string }[] {
  if (!isMap(value)) return [{ at: '', says: 'it is no object' }];
  const problems: { at: string; says: string }[] = [];
  const expect = (holds: boolean, at: string, says: string): void => {
    if (!holds) problems.push({ at, says });
  };
  for (const key of Object.keys(value))
    expect(KEYS.includes(key), `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`, 'there is no such key');
  const { cpid, duration_seconds: seconds, results } = value;
  expect(typeof cpid === 'string' && cpid.trim() !== '', '/cpid', 'it has to be a text that is not empty');
  expect(Number.isInteger(seconds), '/duration_seconds', 'it has to be a whole number');
  if (!Array.isArray(results) || results.length === 0)
    expect(false, '/results', 'it has to be a list with something in it');
  else
    (results as readonly Json[]).forEach((result, index) => {
      const { name, uuid } = isMap(result) ? result : {};
      expect(typeof name === 'string' && name !== '', `/results/${index}/name`, 'it has to be a text');
      expect(
        uuid === undefined || (typeof uuid === 'string' && UUID.test(uuid)),
        `/results/${index}/uuid`,
        'it is no UUID',
      );
    });
  return problems;
}

const KEYS = ['cpid', 'duration_seconds', 'results'];
const UUID = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;

/** An RSA public key as OpenSSH writes it (RFC 4253 §6.6), out of the two numbers of a JWK (RFC 7518 §6.3.1). */
export function opensshRsaKey(jwk: { readonly n: string; readonly e: string }, comment = ''): string {
  const text = (value: string): number[] => field([...value].map((character) => character.charCodeAt(0)));
  const blob = [...text('ssh-rsa'), ...number(jwk.e), ...number(jwk.n)];
  const key = `ssh-rsa ${btoa(String.fromCharCode(...blob))}`;
  return comment === '' ? key : `${key} ${comment}`;
}

/** A positive number, with a zero before it where its first bit would make it negative (RFC 4251 §5). */
function number(base64url: string): number[] {
  const bytes = [...atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))].map((character) =>
    character.charCodeAt(0),
  );
  while (bytes[0] === 0) bytes.shift();
  return field((bytes[0] ?? 0) & 0x80 ? [0, ...bytes] : bytes);
}

const field = (bytes: readonly number[]): number[] => [
  (bytes.length >>> 24) & 0xff,
  (bytes.length >>> 16) & 0xff,
  (bytes.length >>> 8) & 0xff,
  bytes.length & 0xff,
  ...bytes,
];
