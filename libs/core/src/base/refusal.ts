/**
 * An expected "no". A refusal is returned, never thrown: a caller asks `isRefusal` and passes it on, and the server's one
 * table turns its code into a status. `detail` says what to do, in a sentence an operator can act on.
 */
export interface Refusal {
  readonly refused: true;
  /** Stable word for programs, for example `parent-not-active`. */
  readonly code: RefusalCode;
  /** What is wrong and what to do about it. */
  readonly detail: string;
  /** The things that the sentence speaks of, for programs: names of parents, the path of a cycle, the field. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

export const REFUSAL_CODES = [
  'not-found',
  'already-exists',
  'invalid',
  'wrong-state',
  'parent-not-active',
  'needs-confirmation',
  'system-deployment',
  'has-children',
  'cycle',
  'unresolved-requirement',
  'abstract-role',
  'jig-inactive',
  'conflict',
  'provides-overlap',
  'still-bound',
  'too-large',
  'stale-version',
  'version-required',
  'idempotency-mismatch',
  'vetoed',
  'unauthenticated',
  'forbidden',
  'unavailable',
  'unsupported-action',
  'machine-failed',
] as const;
export type RefusalCode = (typeof REFUSAL_CODES)[number];

export const refuse = (code: RefusalCode, detail: string, fields?: Record<string, unknown>): Refusal => ({
  refused: true,
  code,
  detail,
  ...(fields ? { fields } : {}),
});

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && (value as { refused?: unknown }).refused === true;
