import { ROUTES } from './routes.generated.js';

/**
 * The routes that this tool may call. They are printed from the server's own table, so that a command cannot name one that
 * does not exist; the table itself, with its schemas, is not loaded at the start of a command.
 */
export type RouteId = keyof typeof ROUTES;

export interface RouteLine {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Whole path with `:parameters`. */
  readonly path: string;
  readonly summary: string;
  /** More than the summary says. */
  readonly says?: string;
  /** Names of the query parameters. */
  readonly query?: readonly string[];
  /** Names of the body's fields, in the order of the schema. */
  readonly body?: readonly string[];
  /** Those of them that must be there. */
  readonly required?: readonly string[];
  readonly ifMatch?: true;
}

const table: Readonly<Record<string, RouteLine>> = ROUTES;

export const routeOf = (id: RouteId): RouteLine => table[id]!;

/** The route of that name, when the server has one. */
export const findRoute = (id: string): RouteId | null => (id in table ? (id as RouteId) : null);

/** Names of the parameters in a route's path, in order. */
export const parametersOf = (id: RouteId): string[] =>
  [...routeOf(id).path.matchAll(/:(\w+)/g)].map(([, name]) => name!);

/** Path and query of a request. */
export const urlOf = (
  id: RouteId,
  params: Readonly<Record<string, string>> = {},
  query: Readonly<Record<string, string | number | boolean | undefined>> = {},
): string => {
  const path = routeOf(id).path.replace(/:(\w+)/g, (_match, name: string) => {
    const value = params[name];
    if (value === undefined) throw new Error(`${id} needs the parameter ${name}`);
    return encodeURIComponent(value);
  });
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined) search.set(name, String(value));
  return search.size === 0 ? path : `${path}?${search.toString()}`;
};
