import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openApiDocument } from '#api-types';
import { anyText, fitting, nearly, type Schema } from './from-schema.js';
import { callerOf, startServer, type RunningServer } from './running-server.js';

/** Requests to each operation. Raise it with ANNEAL_FUZZ_RUNS for a longer look. */
const RUNS = Number(process.env['ANNEAL_FUZZ_RUNS'] ?? 25);
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
const operations = Object.entries(document.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })));

/** Those whose answer does not end by itself are read as far as their status. */
const isStream = ({ responses }: Operation): boolean => Object.keys(responses['200']?.content ?? {}).includes('text/event-stream');

describe('whatever is sent, the answer is one that the document names', () => {
  let running: RunningServer;
  let keys: string[] = [];
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema({ $id: 'document', ...document });

  beforeAll(async () => {
    running = await startServer('fuzz');
    keys = await running.populate();
  });
  afterAll(() => running.stop());

  const request = ({ path, operation }: (typeof operations)[number]) => {
    const text = (schema: Schema) => fc.oneof({ weight: 3, arbitrary: fitting(schema, schemas).map(String) }, { weight: 1, arbitrary: anyText });
    const key = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...keys) }, { weight: 1, arbitrary: fc.uuid() }, { weight: 1, arbitrary: anyText });
    const inPath = operation.parameters.filter((parameter) => parameter.in === 'path');
    const inQuery = operation.parameters.filter((parameter) => parameter.in === 'query');
    const body = operation.requestBody?.content['application/json']?.schema;
    return fc.record({
      path: fc.tuple(...inPath.map(() => key)).map((values) => inPath.reduce((filled, { name }, index) => filled.replace(`{${name}}`, encodeLoosely(values[index] as string)), path)),
      query: fc.record(Object.fromEntries(inQuery.map(({ name, schema }) => [name, text(schema)])), { requiredKeys: [] }),
      ifMatch: fc.constantFrom('*', '"1"', '"7"', 'W/"1"', 'garbage', undefined),
      idempotencyKey: fc.constantFrom(undefined, undefined, 'one', 'two'),
      body: operation.requestBody ? fc.oneof({ weight: 3, arbitrary: fitting(body ?? {}, schemas) }, { weight: 2, arbitrary: nearly(body ?? {}, schemas) }) : fc.constant(undefined),
    });
  };

  it.each(operations.map((operation) => [operation.operation.operationId, operation] as const))('%s', async (_id, operation) => {
    const documented = Object.keys(operation.operation.responses).map(Number);
    const contentType = Object.keys(operation.operation.requestBody?.content ?? {})[0] ?? 'application/json';
    await fc.assert(
      fc.asyncProperty(request(operation), async (sent) => {
        const query = new URLSearchParams(Object.entries(sent.query as Record<string, string>).map(([name, value]) => [name, wellFormed(value)]));
        const answer = await running.send(operation.method, `${sent.path}?${query.toString()}`, {
          body: sent.body === undefined ? undefined : JSON.stringify(sent.body),
          stream: isStream(operation.operation),
          // Whoever logs out needs a token of its own to lose.
          token: operation.operation.operationId === 'sessions.delete' ? await running.freshToken('viewer') : running.server.hostToken,
          headers: {
            ...(sent.body === undefined ? {} : { 'content-type': contentType }),
            ...(sent.ifMatch === undefined ? {} : { 'if-match': sent.ifMatch }),
            ...(sent.idempotencyKey === undefined ? {} : { 'idempotency-key': sent.idempotencyKey }),
          },
        });
        expect(answer.status, `an answer to ${operation.method} ${sent.path}?${query.toString()}: ${answer.text.slice(0, 500)}`).not.toBe(500);
        expect(documented, `of ${operation.method} ${operation.path}: ${answer.status} ${answer.text.slice(0, 300)}`).toContain(answer.status);
        checkBody(operation, answer);
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: OPERATION_MS_MAX, markInterruptAsFailure: false },
    );
    expect(running.faults).toEqual([]);
  });

  const checkBody = ({ path, method }: (typeof operations)[number], answer: { status: number; text: string; contentType: string }): void => {
    const type = answer.contentType.split(';')[0]!;
    if (!type.endsWith('json') || answer.text === '') return;
    const pointer = `document#/paths/${path.replace(/~/g, '~0').replace(/\//g, '~1')}/${method.toLowerCase()}/responses/${answer.status}/content/${type.replace('/', '~1')}/schema`;
    const validate = ajv.getSchema(pointer.replace(/[{}]/g, encodeURIComponent));
    expect(validate, `a schema at ${pointer}`).toBeDefined();
    const valid = validate!(JSON.parse(answer.text));
    expect(valid, `${answer.text.slice(0, 500)} ${JSON.stringify(validate!.errors)}`).toBe(true);
  };
});

/** As a careless client would: what is no Unicode cannot be encoded at all. */
const encodeLoosely = (text: string): string => encodeURIComponent(wellFormed(text)) || '%00';
const wellFormed = (text: string): string => (text as string & { toWellFormed(): string }).toWellFormed();

void callerOf;
