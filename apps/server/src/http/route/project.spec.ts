import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { projectionOf } from './project.js';

const user = z.object({
  id: z.string(),
  created_at: z.iso.datetime(),
  note: z.string().nullable(),
  extra: z.unknown(),
  tags: z.array(z.object({ is_set: z.boolean() })).optional(),
});
const project = (value: unknown): unknown => projectionOf(user)(value, 'user');

describe('an answer', () => {
  it('has the fields that were promised, in the API’s own spelling, and no other', () => {
    const stored = {
      id: '1',
      createdAt: new Date(0),
      note: null,
      passwordHash: '$argon2id$…',
      tags: [{ isSet: true, secret: 'x' }],
    };
    expect(project(stored)).toEqual({
      id: '1',
      created_at: '1970-01-01T00:00:00.000Z',
      note: null,
      tags: [{ is_set: true }],
    });
  });

  it('leaves the names inside of other people’s documents alone', () => {
    expect(
      project({ id: '1', createdAt: new Date(0), note: null, extra: { someKey: { other_key: 1 } } }),
    ).toMatchObject({ extra: { someKey: { other_key: 1 } } });
  });

  it('that lacks a field is a fault of ours, told by its name', () => {
    expect(() => project({ id: '1', note: null })).toThrow('user lacks created_at');
  });

  it('makes numbers of what PostgreSQL writes as text', () => {
    expect(projectionOf(z.object({ version: z.int() }))({ version: '12' }, 'x')).toEqual({ version: 12 });
  });
});
