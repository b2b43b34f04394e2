import { describe, expect, it } from 'vitest';
import { checkOutputs, readOutputLines } from './outputs.js';

describe('checkOutputs', () => {
  const declared = [
    { name: 'port', schema: { type: 'integer', minimum: 1 } },
    { name: 'where', schema: { type: 'object', properties: { host: { type: 'string', format: 'ipv4' } } } },
    { name: 'any', schema: null },
    { name: 'never', schema: false },
    { name: 'broken', schema: { type: 'no-such-type' } },
  ] as const;

  it('keeps what fits', () => {
    const written = [
      { name: 'port', value: 80 },
      { name: 'any', value: null },
      { name: 'port', value: 81 },
    ];
    expect(checkOutputs(written, declared)).toEqual({ outputs: { port: 81, any: null }, problems: [] });
  });

  it('names what does not fit and where, without its value', () => {
    const written = [
      { name: 'port', value: 'hush' },
      { name: 'where', value: { host: 'hush' } },
      { name: 'never', value: 'hush' },
    ];
    const { outputs, problems } = checkOutputs(written, declared);
    expect(outputs).toEqual({});
    expect(problems).toEqual([
      'output port does not fit its schema: must be integer',
      'output where does not fit its schema at /host: must match format "ipv4"',
      'output never does not fit its schema: boolean schema is false',
    ]);
  });

  it('says that a schema itself is wrong', () => {
    expect(checkOutputs([{ name: 'broken', value: 1 }], declared).problems).toEqual([
      expect.stringMatching(/^the declared schema of output broken is not a valid JSON Schema/),
    ]);
  });

  it('lets two roles use one schema id for different schemas', () => {
    const check = (type: string) =>
      checkOutputs([{ name: 'x', value: 1 }], [{ name: 'x', schema: { $id: 'https://example.test/x', type } }]).problems
        .length;
    expect([check('integer'), check('string')]).toEqual([0, 1]);
  });
});

describe('readOutputLines', () => {
  it('reads JSON lines and passes over empty ones', () => {
    expect(readOutputLines(['{"name":"a","value":null}', '', ' {"name": "b", "value": [1]} '])).toEqual({
      written: [
        { name: 'a', value: null },
        { name: 'b', value: [1] },
      ],
      problems: [],
    });
  });

  it('counts the lines that are something else', () => {
    const { written, problems } = readOutputLines(['oops', '[]', '{"name":1,"value":1}', '{"name":"a"}', 'null']);
    expect(written).toEqual([]);
    expect(problems).toHaveLength(5);
    expect(problems[2]).toContain('output line 3');
  });
});
