import { describe, expect, it } from 'vitest';
import { AjvValidator } from './ajv-validator.js';

const validator = new AjvValidator();

describe('judging a value by a schema', () => {
  it('says nothing of a value that fits', () => {
    expect(validator.problems({ type: 'object', required: ['a'] }, { a: 1 })).toEqual([]);
    expect(validator.problems(true, null)).toEqual([]);
  });

  it('says where and how a value does not fit', () => {
    const schema = { type: 'object', properties: { port: { type: 'integer' }, mode: { enum: ['fast', 'slow'] } } };
    expect(validator.problems(schema, { port: 'x', mode: 'odd' })).toEqual([
      '"/port" must be integer',
      '"/mode" must be equal to one of the allowed values ("fast", "slow")',
    ]);
    expect(validator.problems(false, 1)).toEqual(['it boolean schema is false']);
  });

  it('knows formats, and takes words it does not know for comments', () => {
    expect(validator.problems({ type: 'string', format: 'ipv4' }, '10.0.0.300')).toHaveLength(1);
    expect(validator.problems({ type: 'string', 'x-merge': 'append' }, 'a')).toEqual([]);
  });

  it('lets nothing through a schema that is none', () => {
    expect(validator.problems({ type: 'strin' }, 'a')).toHaveLength(1);
  });

  it('judges two schemas of the same $id each by itself', () => {
    expect(validator.problems({ $id: 'same', type: 'string' }, 'a')).toEqual([]);
    expect(validator.problems({ $id: 'same', type: 'integer' }, 'a')).toHaveLength(1);
    expect(validator.problems({ $id: 'same', type: 'string' }, 1)).toHaveLength(1);
  });
});
