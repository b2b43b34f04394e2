import { z } from 'zod';
import { BODY_BYTES_MAX, problemStatuses, type Route } from './base/route.js';
import { problem } from './base/problem.js';
import { allRoutes } from './routes.js';

/**
 * The OpenAPI 3.1 document, made from the route table and nothing else. Schemas that have a name of their own (`meta.id`)
 * become components; the dialect of OpenAPI 3.1 is that of `z.toJSONSchema`, so nothing is translated.
 */

type Json = Record<string, unknown>;

const TITLES: Readonly<Record<number, string>> = {
  400: 'The request is not valid',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'No such thing',
  408: 'Not settled in time',
  409: 'Refused as things stand',
  412: 'Changed meanwhile',
  413: 'Too large',
  415: 'Not in this format',
  422: 'The Idempotency-Key was another request’s',
  428: 'If-Match is missing',
  429: 'Too many requests',
  500: 'A fault of the server',
  503: 'Not now',
};

export const openApiDocument = (version: string): Json => {
  const components: Record<string, unknown> = {};
  return {
    openapi: '3.1.0',
    info: {
      title: 'Anneal',
      version,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      description:
        'Every `key` is an id or a name. Lists are pages (`limit`, `cursor`), filtered and sorted on the server. Edits are merge patches (RFC 7396) and name the version ' +
        'they change with `If-Match`; every object answers with its `ETag`. A POST with an `Idempotency-Key` may be repeated: within 24 hours the first answer comes again. ' +
        'Refusals are problem documents (RFC 9457) with a stable `code`.',
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    tags: [...new Set(allRoutes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths: pathsOf(allRoutes, components),
    components: {
      schemas: sorted(components),
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'A token of `POST /api/v2/tokens` or of a session.' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'anneal_session',
          description: 'What a browser gets when it logs in.',
        },
      },
    },
  };
};

const sorted = (object: Record<string, unknown>): Json =>
  Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));

const pathsOf = (routes: readonly Route[], components: Record<string, unknown>): Json => {
  const paths: Record<string, Json> = {};
  for (const route of routes) {
    const path = route.path.replace(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method.toLowerCase()] = operationOf(route, components);
  }
  return paths;
};

const operationOf = (route: Route, components: Record<string, unknown>): Json => ({
  operationId: route.id,
  tags: [route.tag],
  summary: route.summary,
  description: [route.says, route.allows === 'anyone' ? 'Anyone may call it.' : `For ${route.allows.join(', ')}.`]
    .filter(Boolean)
    .join(' '),
  'x-anneal-allows': route.allows,
  ...(route.allows === 'anyone' ? { security: [] } : {}),
  parameters: [
    ...parametersOf(route.params, 'path', components),
    ...parametersOf(route.query, 'query', components),
    ...(route.ifMatch
      ? [
          header(
            'If-Match',
            route.ifMatch === true,
            'The ETag of the version that is changed, or `*` for whichever there is.',
          ),
        ]
      : []),
    ...(route.method === 'POST' && route.allows !== 'anyone'
      ? [header('Idempotency-Key', false, 'Makes this request harmless to repeat for 24 hours.')]
      : []),
    ...(route.produces?.includes('text/event-stream')
      ? [header('Last-Event-ID', false, 'Sent by a browser that connects again.')]
      : []),
  ],
  ...(route.body ? { requestBody: bodyOf(route, components) } : {}),
  responses: responsesOf(route, components),
});

const header = (name: string, required: boolean, description: string): Json => ({
  name,
  in: 'header',
  required,
  description,
  schema: { type: 'string', maxLength: 255 },
});

const parametersOf = (
  schema: z.ZodType | undefined,
  where: 'path' | 'query',
  components: Record<string, unknown>,
): Json[] => {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.entries(schema.shape).map(([name, field]) => {
    const { description, ...rest } = schemaOf(field as z.ZodType, 'input', components);
    const optional = (field as z.ZodType).safeParse(undefined).success;
    return {
      name,
      in: where,
      required: where === 'path' || !optional,
      ...(description ? { description } : {}),
      schema: rest,
    };
  });
};

const bodyOf = (route: Route, components: Record<string, unknown>): Json => {
  const types =
    route.accepts ??
    (route.method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json']);
  const limit = route.bodyBytesMax ?? BODY_BYTES_MAX;
  const json = types.some((type) => type.endsWith('json'));
  const content = json ? { schema: schemaOf(route.body!, 'input', components) } : {};
  return {
    required: !route.bodyOptional,
    description: `At most ${limit} bytes.`,
    content: Object.fromEntries(
      types.map((type) => [
        type,
        type.endsWith('json') || json ? content : { schema: { type: 'string', contentMediaType: type } },
      ]),
    ),
  };
};

const responsesOf = (route: Route, components: Record<string, unknown>): Json => {
  const success = {
    description: route.summary,
    ...(route.etag
      ? { headers: { ETag: { description: 'The version of the object.', schema: { type: 'string' } } } }
      : {}),
    ...contentOf(route, components),
  };
  const problems = problemStatuses(route).map((status) => [
    String(status),
    {
      description: TITLES[status] ?? 'Refused',
      content: { 'application/problem+json': { schema: schemaOf(problem, 'output', components) } },
    },
  ]);
  return Object.fromEntries([
    ...[route.success, ...(route.alsoSuccess ?? [])].map((status) => [String(status), success]),
    ...problems,
  ]);
};

const contentOf = (route: Route, components: Record<string, unknown>): Json => {
  const types = [...(route.answer ? ['application/json'] : []), ...(route.produces ?? [])];
  if (types.length === 0) return {};
  return {
    content: Object.fromEntries(
      types.map((type) => [
        type,
        {
          schema:
            type === 'application/json' && route.answer
              ? schemaOf(route.answer, 'output', components)
              : { type: 'string' },
        },
      ]),
    ),
  };
};

/** The JSON Schema of a zod schema; what has a name goes to the components and is pointed at. */
const schemaOf = (schema: z.ZodType, io: 'input' | 'output', components: Record<string, unknown>): Json => {
  const {
    $schema: _dialect,
    $defs = {},
    ...own
  } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    unrepresentable: 'any',
    override: plainFormats,
  }) as Json & { $defs?: Record<string, Json> };
  for (const [name, definition] of Object.entries($defs as Record<string, Json>))
    components[name] ??= repointed(withoutName(definition));
  const name = typeof own['id'] === 'string' ? own['id'] : null;
  if (name === null) return repointed(own);
  components[name] ??= repointed(withoutName(own));
  return { $ref: `#/components/schemas/${name}` };
};

/** A format says what its long pattern says. */
const plainFormats = ({ jsonSchema }: { jsonSchema: { format?: string; pattern?: string } }): void => {
  if (jsonSchema.format !== undefined) delete jsonSchema.pattern;
};

const withoutName = ({ id: _name, ...rest }: Json): Json => rest;

/** `#/$defs/Name` of one schema is `#/components/schemas/Name` of the document. */
const repointed = (schema: Json): Json =>
  JSON.parse(JSON.stringify(schema), (name, value: unknown) =>
    name === '$ref' && typeof value === 'string' ? value.replace('#/$defs/', '#/components/schemas/') : value,
  ) as Json;
