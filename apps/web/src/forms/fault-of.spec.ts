import { describe, expect, it } from 'vitest';
import { faultOf } from './fault-of';

describe('what is wrong with a value', () => {
  it('is told by its type', () => {
    expect(faultOf({ type: 'integer' }, 4)).toBeNull();
    expect(faultOf({ type: 'integer' }, 4.5)).toBe('This has to be a whole number.');
    expect(faultOf({ type: ['boolean', 'string'] }, 'it breaks')).toBeNull();
    expect(faultOf({ type: ['boolean', 'string'] }, 3)).toBe('This has to be true or false or a text.');
    expect(faultOf({ type: 'object' }, [])).toBe('This has to be an object.');
  });

  it('is told by its limits', () => {
    expect(faultOf({ type: 'integer', minimum: 1, maximum: 65_535 }, 65_535)).toBeNull();
    expect(faultOf({ type: 'integer', minimum: 1 }, 0)).toBe('This has to be at least 1.');
    expect(faultOf({ type: 'integer', maximum: 65_535 }, 70_000)).toBe('This may be at most 65535.');
    expect(faultOf({ enum: ['a', 'b'] }, 'c')).toBe('This has to be one of "a", "b".');
    expect(faultOf({ type: 'string', minLength: 2 }, '🜂')).toBe('This needs at least 2 characters.');
    expect(faultOf({ type: 'string', pattern: '^[a-z]+$' }, 'A')).toBe('This has to be like ^[a-z]+$.');
  });

  it('is told with its place inside of the value', () => {
    const schema = {
      type: 'array',
      items: { type: 'object', required: ['rule'], properties: { rule: { type: 'string' } } },
    };
    expect(faultOf(schema, [{ rule: 'largest' }])).toBeNull();
    expect(faultOf(schema, [{ rule: 'largest' }, {}])).toBe('1 needs "rule".');
    expect(faultOf(schema, [{ rule: 3 }])).toBe('0/rule has to be a text.');
    expect(faultOf({ type: 'object', properties: { port: {} }, additionalProperties: false }, { prot: 1 })).toBe(
      'This takes no "prot": port.',
    );
  });

  it('is nothing where one of several fits, or null is taken', () => {
    const schema = {
      anyOf: [
        { type: 'integer', minimum: 0 },
        { type: 'array', items: { type: 'string' } },
      ],
    };
    expect(faultOf(schema, 3)).toBeNull();
    expect(faultOf(schema, ['a line'])).toBeNull();
    expect(faultOf(schema, true)).toBe('This is none of what is taken here.');
    expect(faultOf({ anyOf: [{ type: 'integer' }, { type: 'null' }] }, null)).toBeNull();
    expect(faultOf({ anyOf: [{ type: 'integer' }, { type: 'null' }] }, 'x')).toBe('This has to be a whole number.');
  });

  it('is left to the server where the schema says what is not known here', () => {
    expect(faultOf({ $ref: '#/components/schemas/Name' }, 3)).toBeNull();
    expect(faultOf({ type: 'string', pattern: '(' }, 'anything')).toBeNull();
    expect(faultOf({}, { any: 'thing' })).toBeNull();
  });
});
