import type { z } from 'zod';

/**
 * A route as data. The server's controllers, their validation, who may call them, the OpenAPI document, the human pages
 * and the tests that walk every route all read this one table: a route that is not in it cannot be served.
 */

/** Everything of the API proper stands below this path. */
export const API_BASE = '/api/v2';

export const ROLES = ['admin', 'operator', 'viewer', 'node'] as const;
export type Role = (typeof ROLES)[number];

export const VIEWERS: readonly Role[] = ['viewer', 'operator', 'admin'];
export const OPERATORS: readonly Role[] = ['operator', 'admin'];
export const ADMINS: readonly Role[] = ['admin'];
/** A node's own token, for its own affairs; the route's use case checks which node they are. */
export const NODES: readonly Role[] = ['node', 'admin'];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

export interface RouteSpec {
  readonly method: Method;
  /** Whole path with `:parameters`. */
  readonly path: string;
  /** The page of the documentation it stands on: the name of its resource. */
  readonly tag: string;
  readonly summary: string;
  /** More than the summary says, in sentences. */
  readonly says?: string;
  /** Who may call it. `anyone` is an exception that a test lists by name. */
  readonly allows: readonly Role[] | 'anyone';
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** The body may be left out. */
  readonly bodyOptional?: boolean;
  /** Media types of the body; JSON when absent. With another one the body reaches the controller as bytes. */
  readonly accepts?: readonly string[];
  /** Longest body, in bytes; `BODY_BYTES_MAX` when absent. */
  readonly bodyBytesMax?: number;
  readonly success: number;
  readonly answer?: z.ZodType;
  /** Media types of the answer; JSON when absent. */
  readonly produces?: readonly string[];
  /** Statuses of refusals that this route has beyond those that follow from its shape. */
  readonly problems?: readonly number[];
  /** The answer has a `version`, which becomes its ETag. */
  readonly etag?: boolean;
  /** The caller must say which version it changes, or may. */
  readonly ifMatch?: true | 'optional';
  /** Field of the answer that is shown once: a repeated request with the same Idempotency-Key gets null there. */
  readonly shownOnce?: string;
  /** It may take long to answer: it takes a place among the streams. */
  readonly staysOpen?: true;
  /** Although it is no GET: it is not written into the audit. */
  readonly changesNothing?: true;
  /** Not an error answer: statuses with the same schema as success, such as 200 beside 201. */
  readonly alsoSuccess?: readonly number[];
}

/** A route with the types of its parts kept for the controllers. */
export type Route = RouteSpec & { readonly id: string };

/** Names the routes of a resource: `routes('nodes', { list: … })` gives them the ids `nodes.list` and so on. */
export const routes = <Table extends Record<string, Omit<RouteSpec, 'tag'>>>(
  tag: string,
  table: Table,
): { readonly [Name in keyof Table]: Table[Name] & { readonly id: string; readonly tag: string } } =>
  Object.fromEntries(
    Object.entries(table).map(([name, spec]) => [name, { ...spec, tag, id: `${tag}.${name}` }]),
  ) as never;

type Part<Spec, Name extends 'params' | 'query' | 'body'> = Spec extends {
  readonly [Key in Name]: infer Schema extends z.ZodType;
}
  ? z.output<Schema>
  : undefined;

/** What a controller is given of a request to a route: checked, with defaults filled in. */
export interface Parts<Spec extends RouteSpec> {
  readonly params: Part<Spec, 'params'>;
  readonly query: Part<Spec, 'query'>;
  readonly body: Part<Spec, 'body'>;
}

/** Longest body of a route that does not say otherwise, in bytes: far above what any edit needs. */
export const BODY_BYTES_MAX = 1_048_576;

/**
 * All statuses that a route may answer with, beside its success. Those of its shape are worked out here, so that no route
 * forgets one; those of its own refusals it names itself.
 */
export const problemStatuses = (route: RouteSpec): number[] => {
  const statuses = new Set<number>([400, 429, 500, 503, ...(route.problems ?? [])]);
  if (route.allows !== 'anyone') for (const status of [401, 403]) statuses.add(status);
  if (route.path.includes('/:')) statuses.add(404);
  if (route.method !== 'GET') for (const status of [413, 415]) statuses.add(status);
  if (route.method !== 'GET') statuses.add(409);
  if (route.method === 'POST') statuses.add(422);
  if (route.ifMatch) statuses.add(412);
  if (route.ifMatch === true) statuses.add(428);
  return [...statuses].sort((a, b) => a - b);
};
