import { z } from 'zod';
import { GUIDELINE_BYTES_MAX } from '#core';
import { listed, listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { count, id, keyParams, noQuery, timestamp, version } from './base/scalars.js';

/** Guidelines of interoperability: files as they were published, what is in them, and what people think of their tests. */

/** Longest name of a test, in characters. */
const TEST_LENGTH_MAX = 1_000;
const REASON_LENGTH_MAX = 4_000;
const SOURCE_LENGTH_MAX = 1_000;

/** A file comes as bytes, whatever it is called: its digest is that of what was sent. */
export const FILE_TYPES = ['application/octet-stream', 'text/plain'];

export const guidelineKind = z.enum(['powered', 'add-on', 'vertical', 'local']).meta({
  id: 'GuidelineKind',
  description: '`local` is a profile that a site wrote for itself.',
});
export const capabilityStatus = z.enum(['required', 'advisory', 'deprecated', 'removed']);

const fileProblem = z.object({
  at: z.string().meta({ description: 'JSON pointer (RFC 6901) into the file.' }),
  says: z.string(),
});

export const guideline = z
  .object({
    id,
    name: z.string().meta({ description: 'Its own id, such as `2020.06`. As a key it means the newest revision.' }),
    kind: guidelineKind,
    revision: z
      .int()
      .meta({ description: 'Grows when another file of the same name is imported; `name@revision` is a key.' }),
    latest: z.boolean(),
    digest: z.string().meta({ description: 'SHA-256 of the file, hex.' }),
    schema: z.string(),
    status: z.string().nullable().meta({ description: 'As the file says: draft, review, approved, superseded.' }),
    releases: z.array(z.string()),
    programs: z.array(
      z.object({
        name: z.string(),
        title: z.string(),
        components: z.array(z.string()),
        tests: count.meta({ description: 'Distinct tests that it requires.' }),
        must_pass: count.meta({ description: 'Those of them without a flag.' }),
      }),
    ),
    warnings: z.array(fileProblem).meta({ description: 'What was bent while it was read.' }),
    source: z.string(),
    imported_by: z.string(),
    imported_at: timestamp,
    version,
  })
  .meta({ id: 'Guideline' });

export const guidelines = listed({
  fields: {
    id: 'id',
    name: 'text',
    kind: 'text',
    revision: 'number',
    latest: 'boolean',
    status: 'text',
    releases: 'texts',
    imported_at: 'time',
  },
  sorts: ['name', 'revision', 'imported_at'],
});

const guidelineTest = z.object({
  key: z.string().meta({ description: 'The name at the time of approval.' }),
  ids: z.array(z.string()),
  aliases: z.array(z.string()),
  flag: z
    .object({
      code: z.string().nullable(),
      date: z.string().nullable(),
      reason: z.string().nullable(),
      action: z.string().nullable(),
    })
    .nullable()
    .meta({ description: 'Why it does not have to pass.' }),
});

export const vote = z
  .object({
    id,
    guideline: z.string().meta({ description: 'Its name: an opinion outlives a revision.' }),
    test: z.string(),
    user: z.string(),
    vote: z.int().meta({ description: '1 or -1.' }),
    reason: z.string(),
    created_at: timestamp,
    updated_at: timestamp,
  })
  .meta({ id: 'Vote' });

export const votes = listed({
  fields: { id: 'id', test: 'text', user: 'text', vote: 'number', updated_at: 'time' },
  sorts: ['test', 'user', 'updated_at'],
});

const testName = z.string().min(1).max(TEST_LENGTH_MAX);
const BASE = `${API_BASE}/guidelines`;

export const guidelineRoutes = routes('guidelines', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List guidelines',
    allows: VIEWERS,
    query: listQuery(guidelines),
    success: 200,
    answer: pageOf(guideline),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Import a guideline',
    says: 'The JSON file as it was published, of schema 1.2 to 2.0, as bytes. The same file again changes nothing; another file of the same name becomes its next revision, and `previous` says so. `fields.errors` of a refusal names the place of each mistake.',
    allows: OPERATORS,
    query: z.strictObject({
      kind: guidelineKind.optional().meta({ description: 'By the shape of the file when absent.' }),
      source: z.string().max(SOURCE_LENGTH_MAX).optional().meta({ description: 'Where it came from, for people.' }),
    }),
    body: z.unknown(),
    accepts: FILE_TYPES,
    bodyBytesMax: GUIDELINE_BYTES_MAX,
    success: 201,
    answer: z
      .object({
        guideline,
        outcome: z.enum(['created', 'unchanged', 'revised']),
        previous: guideline.nullable().meta({ description: 'The revision that was the newest before.' }),
      })
      .meta({ id: 'ImportedGuideline' }),
  },
  show: {
    method: 'GET',
    path: `${BASE}/:key`,
    summary: 'Show a guideline',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: guideline,
    etag: true,
  },
  document: {
    method: 'GET',
    path: `${BASE}/:key/document`,
    summary: 'Fetch the file as it came',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['application/octet-stream'],
  },
  capabilities: {
    method: 'GET',
    path: `${BASE}/:key/capabilities`,
    summary: 'Show what a guideline asks for, capability by capability',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z
      .object({
        programs: z.array(
          z.object({
            name: z.string(),
            title: z.string(),
            description: z.string().nullable(),
            capabilities: z.array(z.object({ name: z.string(), status: capabilityStatus })),
          }),
        ),
        capabilities: z.array(
          z.object({
            name: z.string(),
            description: z.string().nullable(),
            project: z.string().nullable(),
            admin: z.boolean(),
            tests: z.array(guidelineTest),
          }),
        ),
      })
      .meta({ id: 'GuidelineCapabilities' }),
  },
  delete: {
    method: 'DELETE',
    path: `${BASE}/:key`,
    summary: 'Delete a guideline that no certification is about',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 204,
  },
  votes: {
    method: 'GET',
    path: `${BASE}/:key/votes`,
    summary: 'List what people think of its tests',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(votes),
    success: 200,
    answer: pageOf(vote),
  },
  tally: {
    method: 'GET',
    path: `${BASE}/:key/votes/tally`,
    summary: 'Count the votes on each test',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(z.object({ test: z.string(), up: count, down: count })) }),
  },
  vote: {
    method: 'PUT',
    path: `${BASE}/:key/votes`,
    summary: 'Vote for or against a test, with a reason',
    says: 'Each user has one vote on a test; another one takes its place. Votes change no verdict.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    body: z
      .strictObject({
        test: testName.meta({ description: 'As the guideline calls it.' }),
        vote: z.union([z.literal(1), z.literal(-1)]),
        reason: z.string().min(1).max(REASON_LENGTH_MAX),
      })
      .meta({ id: 'NewVote' }),
    success: 200,
    answer: vote,
  },
  withdraw_vote: {
    method: 'DELETE',
    path: `${BASE}/:key/votes`,
    summary: 'Take one’s own vote back',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ test: testName }),
    success: 204,
  },
});
