import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.js';
import { asksToBeMade } from './generate.js';
import { holdsSealed, isSealed, mapSealed, readSealed, sealedValue } from './sealed.js';
import { resolveAttrib } from './resolve.js';
import { UNSET, valueAt, withoutValueAt, withValueAt } from './schema.js';

const token = sealedValue({ of: 'db:password', text: 'v1.a.b.c' });

describe('a sealed value', () => {
  it('says whose it is, even where a name has a colon', () => {
    expect(readSealed(token)).toEqual({ of: 'db:password', text: 'v1.a.b.c' });
    const others: Json[] = [{ $sealed: 'x' }, { $sealed: 1 }, { $sealed: 'a:b', more: 1 }, null, 'a:b'];
    expect(others.map(isSealed)).toEqual([false, false, false, false, false]);
  });

  it('is found and replaced wherever it stands, and nothing else is touched', () => {
    const given = { plain: { deep: [1, 2] }, list: [{ value: token }], token };
    const opened = mapSealed(given, ({ of }) => of);
    expect(opened).toEqual({ plain: { deep: [1, 2] }, list: [{ value: 'db:password' }], token: 'db:password' });
    expect((opened as typeof given).plain).toBe(given.plain);
    expect([holdsSealed(given), holdsSealed(given.plain), holdsSealed([{ a: { $sealed: 1 } }])]).toEqual([
      true,
      false,
      true,
    ]);
  });

  it('has nothing below it: a path that goes through it finds it hidden, and writing there takes its place', () => {
    expect(valueAt({ db: token }, ['db', '$sealed'])).toEqual(UNSET);
    expect(withValueAt({ db: token }, ['db', 'port'], 1)).toEqual({ db: { port: 1 } });
    expect(withoutValueAt({ db: token }, ['db', '$sealed'])).toEqual({ db: token });
  });

  it('is taken whole: no map of a lower or a higher layer is mixed with it', () => {
    const attrib = { name: 'db', path: ['db'], schema: true, secret: true };
    const layers = (high: object, low: object) => ({
      'node_role.user': { data: { db: high } as never, object: 'high' },
      'role.template': { data: { db: low } as never, object: 'low' },
    });
    expect(resolveAttrib(layers(token, { port: 1 }), attrib).value).toEqual(token);
    expect(resolveAttrib(layers({ port: 1 }, token), attrib).value).toEqual({ port: 1 });
    expect(resolveAttrib(layers(token, sealedValue({ of: 'db', text: 'other' })), attrib).value).toEqual(token);
  });
});

describe('a value that is made', () => {
  const attrib = {
    name: 'key',
    path: ['key'],
    schema: true,
    secret: true,
    generate: { length: 16, alphabet: 'hex' as const },
  };
  const sources = (data: object) => ({ 'node_role.user': { data: data as never, object: 'x' } });

  it('is asked for only where no layer says anything, not even that there shall be none', () => {
    expect(
      [{}, { other: 1 }, { key: null }, { key: UNSET }, { key: 'own' }].map((d) => asksToBeMade(sources(d), attrib)),
    ).toEqual([true, true, false, false, false]);
    const { generate: _, ...plain } = attrib;
    expect(asksToBeMade({}, plain)).toBe(false);
  });
});
