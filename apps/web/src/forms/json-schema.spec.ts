import { describe, expect, it } from 'vitest';
import { fieldOf, resolved, withoutNull } from './json-schema';

describe('a field', () => {
  it('is what its schema says, also where it may be null', () => {
    expect(fieldOf({ type: 'string', maxLength: 64 })).toEqual({ kind: 'text', secret: false, long: false });
    expect(fieldOf({ anyOf: [{ type: 'integer', minimum: 1 }, { type: 'null' }] })).toEqual({
      kind: 'number',
      integer: true,
      min: 1,
    });
    expect(fieldOf({ type: ['boolean', 'null'] })).toEqual({ kind: 'switch' });
    expect(fieldOf({ type: 'string', enum: ['a', 'b'] })).toEqual({ kind: 'choice', of: ['a', 'b'] });
    expect(fieldOf({ type: 'array', items: { type: 'string' } })).toEqual({ kind: 'texts' });
  });

  it('is JSON where there is nothing better', () => {
    expect(fieldOf({ type: 'object' })).toEqual({ kind: 'json' });
    expect(fieldOf({ type: 'array', items: { type: 'object' } })).toEqual({ kind: 'json' });
    expect(fieldOf({})).toEqual({ kind: 'json' });
  });

  it('knows whether it may be left empty', () => {
    expect(withoutNull({ type: ['string', 'null'] }).nullable).toBe(true);
    expect(withoutNull({ type: 'string' }).nullable).toBe(false);
  });
});

describe('a schema in a document', () => {
  it('is followed through its references, one level deep', () => {
    const document = {
      components: {
        schemas: {
          Name: { type: 'string' },
          Body: { type: 'object', properties: { name: { $ref: '#/components/schemas/Name' } } },
        },
      },
    };
    expect(resolved({ $ref: '#/components/schemas/Body' }, document).properties?.['name']?.type).toBe('string');
  });
});
