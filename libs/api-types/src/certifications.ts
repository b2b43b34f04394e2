import { z } from 'zod';
import { explanation } from './base/action.js';
import { listQuery, pageOf } from './base/list.js';
import { API_BASE, OPERATORS, routes, VIEWERS } from './base/route.js';
import { digits, id, keyParams, name, noQuery } from './base/scalars.js';
import {
  certification,
  certificationDetail,
  certifications,
  comparison,
  fit,
  historyEntry,
  outcome,
  outcomes,
  certificationReport,
  scopeKind,
  verdict,
} from './certification-shapes.js';
import { FILE_TYPES } from './guidelines.js';

/** Runs of test suites against clouds, and what came of them. Their states, tests and figures come as events as well. */

const NOTE_LENGTH_MAX = 4_000;
const TEST_LENGTH_MAX = 1_000;
const TESTS_MAX = 20_000;
const GOALS_MAX = 60;
const CONCURRENCY_MAX = 64;
const SETTINGS_MAX = 200;
const SETTING_LENGTH_MAX = 2_000;
const WORD_LENGTH_MAX = 255;
const ACCOUNTS_MAX = 200;
const PEM_LENGTH_MAX = 100_000;
const ADDRESS_LENGTH_MAX = 2_000;

/** Longest file of results, in bytes: a raw stream of a whole suite with its logs. */
export const RESULTS_BYTES_MAX = 64 * 1_048_576;

const note = z.string().max(NOTE_LENGTH_MAX);
const word = z.string().min(1).max(WORD_LENGTH_MAX);
const concurrency = z
  .int()
  .min(0)
  .max(CONCURRENCY_MAX)
  .meta({ description: 'Workers of the suite; 0 lets it count processors.' });
const settings = z
  .record(z.string().max(WORD_LENGTH_MAX), z.string().max(SETTING_LENGTH_MAX))
  .refine((given) => Object.keys(given).length <= SETTINGS_MAX, `no more than ${SETTINGS_MAX} settings`)
  .meta({
    description: 'Settings of the suite by `section.key`; they are shown with the results, so no secret belongs here.',
  });

const account = z.strictObject({
  username: word,
  password: z.string().min(1).max(SETTING_LENGTH_MAX).meta({ writeOnly: true }),
  project: word,
  user_domain: word.default('Default'),
  project_domain: word.default('Default'),
  roles: z.array(word).max(50).default([]),
});

export const cloudAccess = z
  .strictObject({
    identity_url: z
      .string()
      .min(1)
      .max(ADDRESS_LENGTH_MAX)
      .meta({ description: 'Of the identity service, version 3: `https://cloud.example.com:5000/v3`.' }),
    region: word.default('RegionOne'),
    endpoint_type: z.enum(['public', 'internal', 'admin']).default('public'),
    ca_certificate: z.string().max(PEM_LENGTH_MAX).nullable().default(null),
    admin: account.nullable().default(null).meta({ description: 'Somebody who may make projects and users.' }),
    accounts: z
      .array(account)
      .max(ACCOUNTS_MAX)
      .default([])
      .meta({ description: 'Users that exist already, where nobody may make any: two for each worker.' }),
  })
  .meta({ id: 'CloudAccess', description: 'Sealed until the certification has ended, and forgotten then.' });

const goals = z
  .array(
    z.strictObject({
      guideline: name.meta({ description: 'Name, `name@revision`, or id.' }),
      program: word.meta({ description: '`platform`, `compute`, `object`, or what the guideline calls it.' }),
    }),
  )
  .min(1)
  .max(GOALS_MAX);

const scope = z
  .strictObject({
    kind: scopeKind,
    name: word.optional().meta({ description: 'With `capability`: which.' }),
    names: z
      .array(z.string().min(1).max(TEST_LENGTH_MAX))
      .max(TESTS_MAX)
      .optional()
      .meta({ description: 'With `tests`: by name, full id or `id-…`.' }),
  })
  .meta({ id: 'Scope' });

const facts = z
  .strictObject({
    release: word.nullable().optional(),
    hypervisor: word.nullable().optional(),
    simulated: z.array(z.string().min(1).max(500)).max(50).optional(),
  })
  .meta({ description: 'What is known of the cloud; what is not said is asked of it.' });

export const newCertification = z
  .strictObject({
    deployment: name.optional().meta({ description: 'The cloud of a deployment of ours; or else `endpoint`.' }),
    endpoint: cloudAccess.optional(),
    cloud: word.optional().meta({ description: 'What people call the cloud at the endpoint.' }),
    tester: name.optional().meta({ description: 'The node that runs the suite; needed unless just one is bound.' }),
    goals,
    scope: scope.default({ kind: 'must-pass' }),
    concurrency: concurrency.default(0),
    settings: settings.default({}),
    facts: facts.optional(),
    note: note.default(''),
  })
  .meta({ id: 'NewCertification' });

const continued = z.strictObject({
  endpoint: cloudAccess.optional().meta({ description: 'Needed where the cloud is not ours: it was forgotten.' }),
  concurrency: concurrency.optional(),
  settings: settings.optional(),
  note: note.optional(),
});

const BASE = `${API_BASE}/certifications`;
const ONE = `${BASE}/:key`;

export const certificationRoutes = routes('certifications', {
  list: {
    method: 'GET',
    path: BASE,
    summary: 'List certifications, the newest first',
    allows: VIEWERS,
    query: listQuery(certifications),
    success: 200,
    answer: pageOf(certification),
  },
  create: {
    method: 'POST',
    path: BASE,
    summary: 'Start a certification',
    says: 'Writes an order on the noderole `openstack-certify` of the tester (`openstack-certify-endpoint` for an endpoint), which is bound where it is not, and commits just that. The annealer runs it. Follow it by its events (`certification.*`), or by asking again.',
    allows: OPERATORS,
    query: noQuery,
    body: newCertification,
    success: 202,
    answer: certificationDetail,
  },
  import: {
    method: 'POST',
    path: `${BASE}/import`,
    summary: 'Take in results that were made elsewhere',
    says: 'A RefStack document, a subunit v2 stream, or a list of names of tests that passed, as bytes. They are judged like our own and can be compared with them.',
    allows: OPERATORS,
    query: z.strictObject({
      format: z.enum(['refstack', 'subunit', 'names']),
      cloud: word,
      goals: z
        .string()
        .min(1)
        .max(8_000)
        .meta({ description: 'With commas, each as `guideline/program`: `2020.06/compute,2020.06/object`.' }),
      release: word.optional(),
      note: note.optional(),
    }),
    body: z.unknown(),
    accepts: FILE_TYPES,
    bodyBytesMax: RESULTS_BYTES_MAX,
    success: 201,
    answer: certificationDetail,
  },
  history: {
    method: 'GET',
    path: `${BASE}/history`,
    summary: 'How clouds did over time, the newest first',
    allows: VIEWERS,
    query: z.strictObject({
      deployment: name.optional(),
      cloud: word.optional(),
      program: word.optional(),
      limit: digits.optional().meta({ description: '1 to 1000.' }),
    }),
    success: 200,
    answer: z.object({ items: z.array(historyEntry) }),
    problems: [404],
  },
  show: {
    method: 'GET',
    path: ONE,
    summary: 'Show a certification',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: certificationDetail,
    etag: true,
  },
  patch: {
    method: 'PATCH',
    path: ONE,
    summary: 'Publish a certification, or change its note',
    says: 'What is public is shown to everybody at /results, whoever they are. What it found cannot be changed.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ public: z.boolean().optional(), note: note.optional() }).meta({ id: 'CertificationPatch' }),
    success: 200,
    answer: certificationDetail,
    etag: true,
    ifMatch: true,
  },
  official: {
    method: 'PUT',
    path: `${ONE}/official`,
    summary: 'Put the official mark on a certification, or take it off',
    says: 'For the one user whom the setting `official_marker` names, and for nobody else.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    body: z.strictObject({ official: z.boolean() }),
    success: 200,
    answer: certificationDetail,
    etag: true,
    ifMatch: 'optional',
  },
  cancel: {
    method: 'PUT',
    path: `${ONE}/cancel`,
    summary: 'Cancel a certification',
    says: 'What had not been tested is `not-run`, and can be resumed.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: certificationDetail.extend({
      cancel: z.enum(['ended', 'requested']).meta({ description: '`requested`: whoever runs the suite ends it soon.' }),
    }),
  },
  resume: {
    method: 'POST',
    path: `${ONE}/resume`,
    summary: 'Go on with what had not been run',
    says: 'Makes a child whose verdict counts the whole line.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: continued.meta({ id: 'ResumeCertification' }),
    bodyOptional: true,
    success: 202,
    answer: certificationDetail,
  },
  retry: {
    method: 'POST',
    path: `${ONE}/retry`,
    summary: 'Try again what failed or was skipped',
    says: 'Makes a child whose verdict counts the whole line; what passes only then is marked as retried.',
    allows: OPERATORS,
    params: keyParams,
    query: noQuery,
    body: continued.meta({ id: 'RetryCertification' }),
    bodyOptional: true,
    success: 202,
    answer: certificationDetail,
  },
  outcomes: {
    method: 'GET',
    path: `${ONE}/outcomes`,
    summary: 'List how its tests ended',
    says: 'Its own tests, not those of the certification that it goes on from.',
    allows: VIEWERS,
    params: keyParams,
    query: listQuery(outcomes),
    success: 200,
    answer: pageOf(outcome),
  },
  verdicts: {
    method: 'GET',
    path: `${ONE}/verdicts`,
    summary: 'Show its verdicts, test by test',
    says: 'Those of its goals, as they were worked out at its end; with `guideline` and `program`, that of any program, worked out now.',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ guideline: name.optional(), program: word.optional() }),
    success: 200,
    answer: z.object({ items: z.array(verdict) }),
    problems: [409],
  },
  fits: {
    method: 'GET',
    path: `${ONE}/fits`,
    summary: 'How far the cloud comes by every program of every guideline',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: z.object({ items: z.array(fit) }),
  },
  compare: {
    method: 'GET',
    path: `${ONE}/compare`,
    summary: 'What changed since another certification',
    says: '`before` is the id of the other one: an earlier run of this cloud, or that of another cloud. Judged by the first goal of this one unless another program is named.',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ before: id, guideline: name.optional(), program: word.optional() }),
    success: 200,
    answer: comparison,
    problems: [409],
  },
  explain: {
    method: 'GET',
    path: `${ONE}/explain`,
    summary: 'Why it is not done, and what would move it',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: explanation,
  },
  report: {
    method: 'GET',
    path: `${ONE}/report`,
    summary: 'The whole report as JSON',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    answer: certificationReport,
  },
  report_html: {
    method: 'GET',
    path: `${ONE}/report.html`,
    summary: 'The whole report as one page to read, print or send',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['text/html'],
  },
  junit: {
    method: 'GET',
    path: `${ONE}/junit`,
    summary: 'Its outcomes as JUnit XML, for other tools',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['application/xml'],
  },
  stream: {
    method: 'GET',
    path: `${ONE}/stream`,
    summary: 'The raw stream of the suite (subunit v2)',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['application/octet-stream'],
  },
  evidence: {
    method: 'GET',
    path: `${ONE}/evidence`,
    summary: 'All that it rests upon in one archive (tar), signed',
    says: 'Whoever has the archive can check it without the server: `anneal certify verify`. The same certification always gives the same bytes.',
    allows: VIEWERS,
    params: keyParams,
    query: noQuery,
    success: 200,
    produces: ['application/x-tar'],
    problems: [409],
  },
  refstack: {
    method: 'GET',
    path: `${ONE}/refstack`,
    summary: 'What passed, as RefStack takes it',
    says: 'Byte for byte what would be uploaded; nothing is sent anywhere. With `sign` the answer has the headers X-Signature and X-Public-Key, by the key in refstack.pem of ANNEAL_HOME.',
    allows: VIEWERS,
    params: keyParams,
    query: z.strictObject({ sign: z.enum(['true', 'false']).optional() }),
    success: 200,
    produces: ['application/json'],
    problems: [409],
  },
});
