import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '#api-types';
import { anyText, fitting, nearly, type ByName, type Schema } from './from-schema.js';
import { guidelineFile, TESTS } from '../../integration/model/guideline-file.js';
import { FRUIT, ORDER, TESTER, type Keys } from './populate.js';
import { startServer, type RunningServer } from './running-server.js';

/** Requests to each operation. Raise it with ANNEAL_FUZZ_RUNS for a longer look. */
const RUNS = Number(process.env['ANNEAL_FUZZ_RUNS'] ?? 25);
/** Another one shows other requests. */
const SEED = Number(process.env['ANNEAL_FUZZ_SEED'] ?? 4193);
/** Milliseconds for one operation, whatever it has done by then. */
const OPERATION_MS_MAX = 20_000;

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; schema: Schema }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { schema: Schema }>> };
  readonly responses: Readonly<Record<string, { content?: Readonly<Record<string, { schema: Schema }>> }>>;
}

const document = openApiDocument('test') as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema> };
};
const schemas = document.components.schemas;
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
);

/** Those whose answer does not end by itself are read as far as their status. */
const isStream = ({ responses }: Operation): boolean =>
  Object.keys(responses['200']?.content ?? {}).includes('text/event-stream');

/**
 * Of so many operations chance need not find a request that succeeds: those that want a password, a code, a file, a run or
 * a certification in flight.
 */
const HARD_SHARE = 1 / 6;

describe('whatever is sent, the answer is one that the document names', () => {
  let running: RunningServer;
  let keys: Keys = {};
  let stale = true;
  /** Statuses that each operation was seen to answer with. */
  const seen = new Map<string, Set<number>>();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });

  beforeAll(async () => {
    running = await startServer('fuzz');
  });
  afterAll(() => running.stop());

  const request = ({ path, operation }: (typeof operations)[number]) => {
    const keyOf = (resource: string) =>
      fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom(...(keys[resource] ?? everyKey())) },
        { weight: 1, arbitrary: fc.constantFrom(...everyKey()) },
        { weight: 1, arbitrary: fc.uuid() },
        { weight: 1, arbitrary: anyText },
      );
    const resourceOf = (name: string): string | undefined =>
      IN_PATH_OF.find(([part, field]) => field === name && path.includes(part))?.[2] ?? RESOURCE_OF[name];
    const byName: ByName = (name) => {
      const resource = resourceOf(name);
      return resource ? keyOf(resource) : (LIKELY[name] ?? null);
    };
    const example = EXAMPLES[operation.operationId];
    const body = operation.requestBody?.content['application/json']?.schema;
    const fit = body
      ? fitting(body, schemas, byName)
      : fc.constantFrom<unknown>(FRUIT, FRUIT.replace('apple', 'plum'), 'name: [', '{}');
    const [, first, second] = path.replace('/api/v2', '').split('/');
    const own = first === 'dns' ? `dns_${second}` : first!;
    return fc.record({
      path: fc
        .tuple(...inPath(operation).map(({ name }) => keyOf(resourceOf(name) ?? own)))
        .map((values) =>
          inPath(operation).reduce(
            (filled, { name }, index) => filled.replace(`{${name}}`, encodeLoosely(values[index] as string)),
            path,
          ),
        ),
      query: orExample(
        fc.record(
          Object.fromEntries(inQuery(operation).map((parameter) => [parameter.name, valueOf(parameter, byName)])),
        ),
        example?.query,
      ),
      ifMatch: fc.oneof(
        { weight: 3, arbitrary: fc.constant('*') },
        { weight: 1, arbitrary: fc.constantFrom('"1"', '"7"', 'W/"1"', 'garbage', undefined) },
      ),
      idempotencyKey: fc.oneof(
        { weight: 4, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: fc.constantFrom('one', 'two') },
      ),
      body: operation.requestBody
        ? impatient(
            fc.oneof(
              { weight: 4, arbitrary: orExample(fit, example?.body) },
              { weight: 1, arbitrary: nearly(body ?? {}, schemas, byName) },
            ),
          )
        : fc.constant(undefined),
    });
  };
  const everyKey = (): string[] => Object.values(keys).flat();

  it.each(operations.map((operation) => [operation.operation.operationId, operation] as const))(
    '%s',
    async (id, operation) => {
      // What the operation before has changed or deleted is there again, so that this one meets more than 404.
      if (stale) keys = await running.populate();
      stale = operation.method !== 'GET';
      const statuses = new Set<number>();
      seen.set(id, statuses);
      const documented = Object.keys(operation.operation.responses).map(Number);
      const contentType = Object.keys(operation.operation.requestBody?.content ?? {})[0] ?? 'application/json';
      await fc.assert(
        fc.asyncProperty(request(operation), async (sent) => {
          const given = Object.entries(sent.query as Record<string, string | undefined>).filter(
            (pair): pair is [string, string] => pair[1] !== undefined,
          );
          const query = new URLSearchParams(given.map(([name, value]): [string, string] => [name, wellFormed(value)]));
          const body = id === 'anneal.wait' ? hurried(sent.body) : sent.body;
          const answer = await running.send(operation.method, `${sent.path}?${query.toString()}`, {
            body: body === undefined ? undefined : contentType.endsWith('json') ? JSON.stringify(body) : String(body),
            stream: isStream(operation.operation),
            // Whoever logs out needs a token of its own to lose.
            token:
              operation.operation.operationId === 'sessions.delete'
                ? await running.freshToken('viewer')
                : running.server.hostToken,
            headers: {
              ...(sent.body === undefined ? {} : { 'content-type': contentType }),
              ...(sent.ifMatch === undefined ? {} : { 'if-match': sent.ifMatch }),
              ...(sent.idempotencyKey === undefined ? {} : { 'idempotency-key': sent.idempotencyKey }),
            },
          });
          expect(
            answer.status,
            `an answer to ${operation.method} ${sent.path}?${query.toString()}: ${answer.text.slice(0, 500)}`,
          ).not.toBe(500);
          expect(
            documented,
            `of ${operation.method} ${operation.path}: ${answer.status} ${answer.text.slice(0, 300)}`,
          ).toContain(answer.status);
          checkBody(operation, answer);
          statuses.add(answer.status);
        }),
        { seed: SEED, numRuns: RUNS, interruptAfterTimeLimit: OPERATION_MS_MAX, markInterruptAsFailure: false },
      );
      expect(running.faults).toEqual([]);
    },
  );

  it('got through to most operations', () => {
    const never = [...seen].filter(([, statuses]) => ![...statuses].some((status) => status < 300)).map(([id]) => id);
    expect(never.length, never.join(', ')).toBeLessThan(operations.length * HARD_SHARE);
  });

  const checkBody = (
    { path, method }: (typeof operations)[number],
    answer: { status: number; text: string; contentType: string },
  ): void => {
    const type = answer.contentType.split(';')[0]!;
    if (!type.endsWith('json') || answer.text === '') return;
    const pointer = `document#/paths/${path.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}/responses/${answer.status}/content/${type.replace('/', '~1')}/schema`;
    const validate = ajv.getSchema(pointer.replace(/[{}]/g, encodeURIComponent));
    expect(validate, `a schema at ${pointer}`).toBeDefined();
    const valid = validate!(JSON.parse(answer.text));
    expect(valid, `${answer.text.slice(0, 500)} ${JSON.stringify(validate!.errors)}`).toBe(true);
  };
});

/** What chance would hardly put together: several fields that must agree with one another, or a whole file. */
interface Example {
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}
const ACCESS = { auth_url: 'http://127.0.0.1:9/v3', user: 'anneal', project: 'metal' };
const ELSEWHERE = {
  identity_url: 'https://cloud.example.com:5000/v3',
  admin: { username: 'admin', password: 'of a cloud', project: 'admin' },
};
const EXAMPLES: Readonly<Record<string, Example>> = {
  'providers.create': { body: { name: 'plum', access: ACCESS, secret: 'of a cloud' } },
  'guidelines.create': { body: guidelineFile({ id: '2031.07' }) },
  'certifications.create': { body: { endpoint: ELSEWHERE, tester: TESTER, goals: ORDER.goals } },
  'certifications.import': {
    query: { format: 'names', cloud: 'theirs', goals: '2031.01/compute' },
    body: TESTS.create,
  },
};

const orExample = <Value>(made: fc.Arbitrary<Value>, example: unknown): fc.Arbitrary<Value> =>
  example === undefined ? made : fc.oneof(made, fc.constant(example as Value));

const inPath = ({ parameters }: Operation) => parameters.filter((parameter) => parameter.in === 'path');
const inQuery = ({ parameters }: Operation) => parameters.filter((parameter) => parameter.in === 'query');

/** The same for operations whose path has this part: part, name, and of what it is the key. */
const IN_PATH_OF: readonly (readonly [part: string, name: string, resource: string])[] = [
  ['/snapshots/', 'to', 'snapshots'],
  ['/providers/', 'node', 'provided_nodes'],
  ['/certifications/', 'before', 'certifications'],
];

/** What fields and parameters of these names hold keys of. */
const RESOURCE_OF: Readonly<Record<string, string>> = {
  node: 'nodes',
  role: 'roles',
  deployment: 'deployments',
  parent: 'deployments',
  node_role: 'node_roles',
  to: 'node_roles',
  attrib: 'attribs',
  user: 'users',
  snapshot: 'snapshots',
  target_role: 'roles',
  confirm: 'nodes',
  record: 'dns_records',
};

/** What fields of these names hold, when it is no key and the schema does not say enough. */
const LIKELY: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  name: fc.constantFrom('n2.example.com', 'n3.example.com', 'plum', 'ursula'),
  address: fc.constantFrom('10.0.0.7', 'fd00::7'),
  url: fc.constantFrom('http://127.0.0.1:9/bell', 'https://example.com/'),
  bootenv: fc.constantFrom('local', 'discovery'),
  value: fc.constantFrom(1, 7, 'text'),
  domain: fc.constantFrom('grove.example', 'meadow.example'),
  forwarders: fc.constantFrom(['192.0.2.53'], ['192.0.2.53#5353', 'fd00::53']),
  zones: fc.constantFrom(['orchard.example'], []),
  key_name: fc.constantFrom('anneal', 'key.example'),
  key_secret: fc.constantFrom('c2VjcmV0IG9mIHRoZSBrZXkgdGhhdCBzaWducw=='),
};

/** A query parameter: mostly absent or something that makes sense there, sometimes anything. */
const valueOf = (
  { name, required, schema }: Operation['parameters'][number],
  byName: ByName,
): fc.Arbitrary<string | undefined> => {
  const sensible: Readonly<Record<string, fc.Arbitrary<string>>> = {
    limit: fc.integer({ min: 1, max: 1_000 }).map(String),
    filter: fc.constantFrom(
      'name contains "a"',
      'id null false',
      'state eq error and node eq "x"',
      'name in (a, "b c")',
      'created_at gt 2020-01-01',
    ),
    sort: fc.constantFrom('name', '-created_at', 'seq', '-id'),
    fields: fc.constantFrom('id', 'id,name', 'name,state,no_such_field'),
    after: fc.constantFrom('0', '5'),
    kind: fc.constantFrom('node.*', 'node_role.active'),
  };
  const likely =
    sensible[name] ?? (byName(name) as fc.Arbitrary<string> | null) ?? fitting(schema, schemas).map(String);
  return fc.oneof(
    { weight: required ? 0 : 12, arbitrary: fc.constant(undefined) },
    { weight: 4, arbitrary: likely },
    { weight: 1, arbitrary: fitting(schema, schemas).map(String) },
    { weight: 1, arbitrary: anyText },
  );
};

/** Nobody works here, so nothing that is waited for comes to pass: no wait is longer than an instant. */
const hurried = (body: unknown): unknown => {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  const { timeout_s: timeoutS } = body as { timeout_s?: unknown };
  return timeoutS === undefined || (typeof timeoutS === 'number' && timeoutS > 0.05)
    ? { ...body, timeout_s: 0.05 }
    : body;
};

/** Nothing works here, so nothing is worth waiting for. */
const impatient = (body: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  body.map((value) =>
    typeof value === 'object' && value !== null && 'timeout_s' in value ? { ...value, timeout_s: 0 } : value,
  );

/** As a careless client would: what is no Unicode cannot be encoded at all. */
const encodeLoosely = (text: string): string => encodeURIComponent(wellFormed(text)) || '%00';
const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();
