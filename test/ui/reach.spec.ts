import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from '#api-types';
import { CHECKOUT } from '#runtime';

/** Writes that nobody does by hand in a browser, each with its reason; one that the interface has is no exception. */
const NOT_BY_HAND: Readonly<Record<string, string>> = {
  'POST /api/v2/machines/enrol': 'a machine says so of itself, with the ticket of its boot',
  'PUT /api/v2/nodes/{key}/inventory': 'a machine reports it, with its own token',
  'POST /api/v2/runs/{key}/report': 'whoever carries a run out reports its end',
  'POST /api/v2/installs/{key}/progress': 'the installer reports it',
  'POST /api/v2/installs/{key}/finish': 'the installer reports it',
  'POST /api/v2/installs/{key}/join': 'the installed system reports it',
  'POST /api/v2/anneal/wait': 'a script waits; the pages follow the news',
  'PUT /api/v2/deployments/{key}/wish': 'a document that programs keep; by hand it is built piece by piece',
  'POST /api/v2/node_roles': 'binding one goes by the bulk call, which binds many or one',
  'POST /api/v2/enrolment_rules/preview': 'asks with a whole inventory, which a program has and nobody types',
};

const filesBelow = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name) && !/\.(gen\.d|spec)\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));

const VERBS = ['put', 'post', 'patch', 'delete'] as const;

/** The calls of the sources, as `PUT /api/v2/…`; those of holders of attributes are written once for all of them. */
const callsOf = (source: string): string[] =>
  [...source.matchAll(/\bcall\(\s*'(get|put|post|patch|delete)',\s*'([^']+)'/g)].map(
    ([, verb, path]) => `${(verb as string).toUpperCase()} ${path}`,
  );

describe('every call of the interface and every write of the API', () => {
  const document = openApiDocument('0.0.0') as { paths: Record<string, Record<string, unknown>> };
  const served = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  const sources = filesBelow(join(CHECKOUT, 'apps/web/src')).map((file) => readFileSync(file, 'utf8'));
  const attribs = readFileSync(join(CHECKOUT, 'apps/web/src/attribs/attribs.tsx'), 'utf8');
  const holders = /export type AttribHolder =([^;]+);/.exec(attribs)?.[1]?.match(/\w+/g) ?? [];
  const called = new Set([
    ...sources.flatMap(callsOf),
    ...holders.flatMap((holder) => [
      `PUT /api/v2/${holder}/{key}/attribs/{attrib}`,
      `DELETE /api/v2/${holder}/{key}/attribs/{attrib}`,
    ]),
    // Its body is bytes, not JSON: it is fetched without the checked way.
    ...(sources.some((source) => source.includes("fetch('/api/v2/barclamps'")) ? ['POST /api/v2/barclamps'] : []),
  ]);

  it('is in the OpenAPI document, where the interface makes it', () => {
    expect(holders).toEqual(['nodes', 'roles', 'deployment_roles', 'node_roles']);
    expect([...called].filter((each) => !served.includes(each))).toEqual([]);
  });

  it('can be reached in the interface, where a person needs it', () => {
    const writes = served.filter((each) => VERBS.some((verb) => each.startsWith(`${verb.toUpperCase()} `)));
    const missing = writes.filter((each) => !called.has(each) && !(each in NOT_BY_HAND));
    expect(missing).toEqual([]);
  });

  it('has no exception that is none', () => {
    expect(Object.keys(NOT_BY_HAND).filter((each) => !served.includes(each) || called.has(each))).toEqual([]);
  });
});
