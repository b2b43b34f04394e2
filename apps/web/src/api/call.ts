import type { paths } from './schema.gen';
import { ProblemError } from './problem';
import type { Problem } from './types';

/**
 * One REST call as data: it can be made, and shown as the command that does the same. Path, parameters and body are
 * checked against the OpenAPI document when the web interface is compiled.
 */
export interface Call<Answer = unknown> {
  readonly method: string;
  /** Path with its parameters filled in, and its query. */
  readonly path: string;
  readonly body?: unknown;
  /** What the file is called whose bytes are the body, where it is no JSON; it is sent by `sendBytes`. */
  readonly file?: string;
  /** The version that the caller has seen; somebody else's change in between is refused, not overwritten. */
  readonly version?: number | '*';
  /** Carries the type of the answer; never set. */
  readonly answer?: Answer;
}

type Verb = 'get' | 'put' | 'post' | 'patch' | 'delete';
type Paths = keyof paths;
/** Verbs that a path has. */
type VerbOf<P extends Paths> = { [V in Verb]: undefined extends paths[P][V & keyof paths[P]] ? never : V }[Verb];
type Operation<P extends Paths, V> = V extends keyof paths[P] ? NonNullable<paths[P][V]> : never;
type ParamsOf<O, Where extends string> = O extends { parameters: { [W in Where]?: infer Found } }
  ? NonNullable<Found>
  : never;
type BodyOf<O> = O extends { requestBody?: { content: { 'application/json': infer Body } } } ? Body : never;
type SuccessOf<O> = O extends { responses: infer R } ? R[keyof R & (200 | 201 | 202)] : never;
export type AnswerOf<P extends Paths, V> =
  SuccessOf<Operation<P, V>> extends {
    content: { 'application/json': infer Answer };
  }
    ? Answer
    : void;

type Given<O> = (ParamsOf<O, 'path'> extends never ? { path?: never } : { path: ParamsOf<O, 'path'> }) & {
  query?: ParamsOf<O, 'query'>;
  body?: BodyOf<O>;
  version?: number | '*';
};

/** Describes a call; nothing is sent yet. */
export const call = <P extends Paths, V extends VerbOf<P>>(
  verb: V,
  path: P,
  given: Given<Operation<P, V>> = {} as Given<Operation<P, V>>,
): Call<AnswerOf<P, V>> => {
  const {
    path: params = {},
    query = {},
    body,
    version,
  } = given as {
    path?: Record<string, string>;
    query?: Record<string, unknown>;
    body?: unknown;
    version?: number | '*';
  };
  const filled = (path as string).replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
  const asked = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  const search = asked.length > 0 ? `?${new URLSearchParams(asked).toString()}` : '';
  return {
    method: (verb as string).toUpperCase(),
    path: `${filled}${search}`,
    ...(body === undefined ? {} : { body }),
    ...(version === undefined ? {} : { version }),
  };
};

/** How long an answer may take, in milliseconds. */
const ANSWER_MS_MAX = 30_000;

/** Makes a call. Throws a ProblemError for a refusal, and what fetch throws when the server cannot be reached. */
export const perform = async <Answer>(
  { method, path, body, version }: Call<Answer>,
  signal?: AbortSignal,
): Promise<Answer> => {
  const deadline = AbortSignal.timeout(ANSWER_MS_MAX);
  const response = await fetch(path, {
    method,
    signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    headers: {
      accept: 'application/json',
      ...(body === undefined
        ? {}
        : { 'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json' }),
      ...(version === undefined ? {} : { 'if-match': version === '*' ? '*' : `"${version}"` }),
      // A call that was sent twice is done once.
      ...(method === 'POST' ? { 'idempotency-key': crypto.randomUUID() } : {}),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.status === 204) return undefined as Answer;
  const text = await response.text();
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (response.ok) return answer as Answer;
  throw new ProblemError(isProblem(answer) ? answer : unreadable(response));
};

const isProblem = (value: unknown): value is Problem =>
  typeof value === 'object' && value !== null && 'code' in value && 'detail' in value;

const unreadable = ({ status, statusText }: Response): Problem => ({
  type: 'about:blank',
  title: statusText,
  status,
  code: 'unreadable',
  detail: `The server answered ${status} ${statusText} without saying why: look into its log.`,
  trace_id: '',
});
