import { allRoutes, type Method, type Route } from '#api-types';

/** The route table by method and path, as the router and the filters ask for it. */
const byAddress = new Map(allRoutes.map((route) => [`${route.method} ${route.path}`, route]));

/** The route that Fastify matched; null for a path of its own or an unknown one. */
export const routeAt = (method: string, pattern: string | undefined): Route | null =>
  byAddress.get(`${method} ${pattern ?? ''}`) ?? null;

const patterns = allRoutes.map((route) => ({
  method: route.method,
  matches: new RegExp(
    `^${route.path
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')}/?$`,
  ),
}));

/** The methods that are served at a path, in a fixed order. */
export const methodsOf = (path: string): Method[] => {
  const found = new Set(patterns.filter(({ matches }) => matches.test(path)).map(({ method }) => method));
  return (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).filter((method) => found.has(method));
};

/**
 * Compares what the router serves with the table. Anything that is not in the table has no roles, no validation and no
 * documentation, and a server that has such a thing does not start; nor does one that promises what it does not serve.
 */
export const checkServed = (served: readonly { method: string; url: string }[]): void => {
  const undocumented = served
    .filter(({ method, url }) => !byAddress.has(`${method} ${url}`))
    .map(({ method, url }) => `${method} ${url}`);
  if (undocumented.length > 0)
    throw new Error(`served, but not in the route table of libs/api-types: ${undocumented.join(', ')}`);
  const addresses = new Set(served.map(({ method, url }) => `${method} ${url}`));
  const missing = [...byAddress.keys()].filter((address) => !addresses.has(address));
  if (missing.length > 0)
    throw new Error(`in the route table of libs/api-types, but no controller serves it: ${missing.join(', ')}`);
};
