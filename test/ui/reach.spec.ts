import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
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

/** What else goes to the server, past `call`: each file with how often it fetches, and why. A new one has to say so here. */
const FETCHES: Readonly<Record<string, { readonly times: number; readonly why: string }>> = {
  'api/call.ts': { times: 1, why: 'it makes the calls' },
  'api/send-bytes.ts': { times: 1, why: 'it makes the calls whose body is a file' },
  'barclamps/import-barclamp.tsx': { times: 1, why: 'its body is bytes: POST /api/v2/barclamps' },
  'certifications/downloads.tsx': { times: 1, why: 'what it saves are paths of calls' },
  'forms/body-schema.ts': { times: 1, why: 'the OpenAPI document itself' },
};

/** Other ways to the server than fetch and EventSource, of which the interface has none. */
const OTHER_WAYS = /\b(XMLHttpRequest|WebSocket|sendBeacon|importScripts)\b/;

/** Addresses below the API that are written out, as paths of the document: `/api/v2/runs/{}/log`. */
const addressesOf = (source: string): string[] =>
  [...source.matchAll(/(['"`])(\/api\/v2\/[^'"`]*)\1/g)].map(([, , address]) =>
    (address as string).replace(/\?.*$/s, '').replaceAll(/\$?\{[^}]*\}/g, '{}'),
  );

/** The streams of a source, by what is given to EventSource. */
const streamsOf = (source: string): string[] =>
  [...source.matchAll(/new EventSource\(\s*([^\n]*)/g)].map(
    ([, given]) => addressesOf(given as string)[0] ?? 'unknown',
  );

describe('every call of the interface and every write of the API', () => {
  const document = openApiDocument('0.0.0') as { paths: Record<string, Record<string, unknown>> };
  const served = Object.entries(document.paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
  );
  const root = join(CHECKOUT, 'apps/web/src');
  const files = filesBelow(root).map((file) => ({ name: relative(root, file), source: readFileSync(file, 'utf8') }));
  const sources = files.map(({ source }) => source);
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

  it('goes by no way that nobody has looked at', () => {
    const fetching = Object.fromEntries(
      files.flatMap(({ name, source }) => {
        const times = [...source.matchAll(/\bfetch\(/g)].length;
        return times > 0 ? [[name, times]] : [];
      }),
    );
    expect(fetching).toEqual(Object.fromEntries(Object.entries(FETCHES).map(([name, { times }]) => [name, times])));
    expect(files.filter(({ source }) => OTHER_WAYS.test(source)).map(({ name }) => name)).toEqual([]);
  });

  it('has its address in the document, also where it is a link, a form or a stream', () => {
    const paths = new Set(Object.keys(document.paths).map((path) => path.replaceAll(/\{[^}]*\}/g, '{}')));
    const written = files.flatMap(({ name, source }) => addressesOf(source).map((address) => ({ name, address })));
    // Each that begins is read to its end, or it would be overlooked.
    const begun = sources.flatMap((source) => [...source.matchAll(/['"`]\/api\/v2\//g)]);
    expect(written).toHaveLength(begun.length);
    // The document itself stands beside what it describes; what holds attributes is checked above, holder by holder.
    const isKnown = (address: string): boolean =>
      paths.has(address) ||
      address === '/api/v2/openapi.json' ||
      (/^\/api\/v2\/\{\}\/\{\}\/attribs(\/\{\})?$/.test(address) &&
        holders.every((holder) => paths.has(address.replace('{}', holder))));
    expect(written.filter(({ address }) => !isKnown(address))).toEqual([]);
  });

  it('is a stream only where the server has one', () => {
    const streams = Object.entries(document.paths).flatMap(([path, { get }]) =>
      JSON.stringify(get ?? {}).includes('"text/event-stream"') ? [path.replaceAll(/\{[^}]*\}/g, '{}')] : [],
    );
    const opened = sources.flatMap(streamsOf);
    expect(opened.toSorted()).toEqual(['/api/v2/events/stream', '/api/v2/runs/{}/log']);
    expect(opened.filter((path) => !streams.includes(path))).toEqual([]);
  });

  it('can be read where it is a link', () => {
    const links = sources.flatMap((source) =>
      [...source.matchAll(/\bhref=\{?([^\n]*)/g)].flatMap(([, given]) => addressesOf(given as string).slice(0, 1)),
    );
    const read = Object.entries(document.paths).flatMap(([path, verbs]) =>
      'get' in verbs ? [path.replaceAll(/\{[^}]*\}/g, '{}')] : [],
    );
    expect(links).toContain('/api/v2/runs/{}/log');
    expect(links.filter((path) => !read.includes(path))).toEqual([]);
  });

  it('is seen, however it is written', () => {
    expect(addressesOf('href={`/api/v2/nodes/${node.id}/x?fields=${all}`} path="/api/v2/y/{key}"')).toEqual([
      '/api/v2/nodes/{}/x',
      '/api/v2/y/{}',
    ]);
    expect(streamsOf('new EventSource(`/api/v2/z/${id}?follow`);')).toEqual(['/api/v2/z/{}']);
    expect(streamsOf('new EventSource(where);')).toEqual(['unknown']);
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
