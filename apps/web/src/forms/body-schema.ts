import { queryOptions } from '@tanstack/react-query';
import { resolved, type JsonSchema } from './json-schema';

/** What the server says of its bodies, from its own OpenAPI document: forms have what it takes, with its own words. */
interface OpenApi {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { requestBody?: { content: Record<string, { schema: JsonSchema }> } }>>>
  >;
}

export const openApiQuery = queryOptions({
  queryKey: ['openapi'],
  queryFn: async ({ signal }): Promise<OpenApi> =>
    (await (await fetch('/api/v2/openapi.json', { signal })).json()) as OpenApi,
  staleTime: Number.POSITIVE_INFINITY,
});

/** The schema of the body of a call; null when it takes none. */
export const bodySchema = (document: OpenApi, verb: string, path: string): JsonSchema | null => {
  const content = document.paths[path]?.[verb]?.requestBody?.content;
  const schema = content?.['application/json']?.schema ?? content?.['application/merge-patch+json']?.schema;
  return schema ? resolved(schema, document) : null;
};
