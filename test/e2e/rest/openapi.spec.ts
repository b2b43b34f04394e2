import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { allRoutes, openApiDocument } from '#api-types';
import { PROBLEMS } from '../../../apps/server/src/http/problem.filter.js';

type Json = Record<string, unknown>;
const document = openApiDocument('1.2.3') as Json & {
  paths: Record<
    string,
    Record<
      string,
      Json & {
        operationId: string;
        parameters: { name: string; in: string; required: boolean; schema: Json }[];
        responses: Record<string, Json>;
      }
    >
  >;
  components: { schemas: Record<string, Json>; securitySchemes: Json };
};

/** Every object inside of a value, with where it stands. */
function* objectsIn(value: unknown, at = ''): Generator<{ at: string; object: Json }> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { at, object: value as Json };
  for (const [name, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${name}`);
}

describe('the OpenAPI document', () => {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );

  it('has every route of the table and no other', () => {
    const documented = operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort();
    expect(documented).toEqual(
      allRoutes.map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`).sort(),
    );
    expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
  });

  it('keeps the rules of OpenAPI 3.1', () => {
    expect(document['openapi']).toMatch(/^3\.1\.\d+$/);
    expect(document['info']).toMatchObject({ title: expect.any(String), version: '1.2.3' });
    for (const { path, method, operation } of operations) {
      const where = `${method} ${path}`;
      expect(path, where).toMatch(/^\/[^?#:]*$/);
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();
      const declared = operation.parameters.filter((parameter) => parameter.in === 'path');
      expect(declared.map(({ name }) => name).sort(), where).toEqual(inPath);
      expect(
        declared.every(({ required }) => required),
        where,
      ).toBe(true);
      const parameters = operation.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);
      expect(new Set(parameters).size, where).toBe(parameters.length);
      for (const parameter of operation.parameters)
        expect(parameter.schema, `${where} ${parameter.name}`).toBeTypeOf('object');
      for (const [status, response] of Object.entries(operation.responses)) {
        expect(status, where).toMatch(/^[1-5]\d\d$/);
        expect(response['description'], `${where} ${status}`).toBeTypeOf('string');
      }
      expect(
        Object.keys(operation.responses).some((status) => status.startsWith('2')),
        where,
      ).toBe(true);
    }
    for (const name of Object.keys(document.components.schemas)) expect(name).toMatch(/^[a-zA-Z0-9._-]+$/);
  });

  it('points only at what is there, and its schemas are schemas', () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats.default(ajv);
    for (const { at, object } of objectsIn(document)) {
      if (typeof object['$ref'] !== 'string') continue;
      const name = /^#\/components\/schemas\/(.+)$/.exec(object['$ref'])?.[1];
      expect(document.components.schemas[name ?? ''], `${object['$ref']} at ${at}`).toBeDefined();
    }
    for (const { at, object } of objectsIn(document.paths))
      if (at.endsWith('/schema')) expect(ajv.validateSchema(object), at).toBe(true);
    for (const [name, schema] of Object.entries(document.components.schemas))
      expect(ajv.validateSchema(schema), name).toBe(true);
  });

  it('has no answer with a field that holds a secret, but those that are shown once', () => {
    const shownOnce = new Set(['tokens.create secret', 'sessions.create secret']);
    const suspicious = /pass(word|phrase)|secret|hash|digest_of|private|credential|signing_key$|api_key|authenticator/i;
    /** Fields that only say something about a secret, or are none: an application credential is named by its id. */
    const harmless = new Set(['has_signing_key', 'secret_is_set', 'application_credential']);
    /** A certification tells of which kind those were that it was done with, and their roles: nothing by which one gets in. */
    const toldOfKind = /^certifications\.\w+ credentials$/;
    const found: string[] = [];
    for (const { operation } of operations) {
      for (const [status, response] of Object.entries(operation.responses)) {
        const seen = new Set<string>();
        const visit = (value: unknown): void => {
          for (const { object } of objectsIn(value)) {
            const name = typeof object['$ref'] === 'string' ? object['$ref'].split('/').at(-1)! : null;
            if (name && !seen.has(name)) {
              seen.add(name);
              visit(document.components.schemas[name]);
            }
            if (object['writeOnly'] === true)
              found.push(`${operation.operationId} ${status} answers with something that is only written`);
            for (const [field, schema] of Object.entries((object['properties'] ?? {}) as Json)) {
              const isFlag = (schema as Json)['type'] === 'boolean';
              if (
                suspicious.test(field) &&
                !isFlag &&
                !harmless.has(field) &&
                !toldOfKind.test(`${operation.operationId} ${field}`) &&
                !shownOnce.has(`${operation.operationId} ${field}`)
              )
                found.push(`${operation.operationId} ${status} ${field}`);
            }
          }
        };
        visit(response);
      }
    }
    expect(found).toEqual([]);
  });

  it('names only statuses that some refusal has', () => {
    const known = new Set(Object.values(PROBLEMS).map(({ status }) => status));
    for (const { operation } of operations)
      for (const status of Object.keys(operation.responses).map(Number))
        if (status >= 400) expect(known, `${operation.operationId} ${status}`).toContain(status);
  });

  it('refuses fields that it does not know, in every body', () => {
    /** Bodies that are somebody else's document. */
    const documents = ['nodes.inventory'];
    for (const route of allRoutes) {
      if (!route.body || route.accepts || documents.includes(route.id)) continue;
      const result = route.body.safeParse({ surely_no_field_of_ours: true });
      expect(result.success, route.id).toBe(false);
    }
  });
});
