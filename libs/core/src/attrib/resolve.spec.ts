import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../base/json.js';
import { isRefusal } from '../base/refusal.js';
import { placeAttrib, setAttrib, wallOf, type Attrib } from './attrib.js';
import { HIGHEST_FIRST, type AttribSources, type Layer } from './layers.js';
import { resolveAttrib } from './resolve.js';
import { isMap, isUnset, UNSET, type JsonSchema } from './schema.js';

const attrib = (also: { map?: string; schema?: JsonSchema; default?: Json } = {}): Attrib => {
  const placed = placeAttrib({ name: 'port', map: 'port', schema: null, ...also });
  if (isRefusal(placed)) throw new Error(placed.detail);
  return placed;
};

/** Sources whose documents are `{ port: value }`. */
const sources = (values: Partial<Record<Layer, Json>>): AttribSources =>
  Object.fromEntries(
    Object.entries(values).map(([layer, port]) => [layer, { data: { port: port as Json }, object: `its ${layer}` }]),
  );

const value = (values: Partial<Record<Layer, Json>>, also: Parameters<typeof attrib>[0] = {}): Json | undefined =>
  resolveAttrib(sources(values), attrib(also)).value;

describe('a value', () => {
  const order: Layer[] = [
    'role.template',
    'deployment_role.wall',
    'node_role.wall',
    'node_role.system',
    'deployment_role.user',
    'node_role.user',
  ];

  it('comes from the highest layer that has one', () => {
    order.forEach((_, top) => {
      const below = Object.fromEntries(order.slice(0, top + 1).map((layer, at) => [layer, at]));
      expect(value(below, { default: 99 })).toBe(top);
    });
  });

  it('is what the operator wishes for the deployment, even where a jig has reported another', () => {
    expect(value({ 'node_role.wall': 8080, 'deployment_role.user': 80 })).toBe(80);
  });

  it('of a node is its hint before what was observed', () => {
    expect(value({ 'node.inventory': 1, 'node.hint': 2 })).toBe(2);
  });

  it('is the default where no layer has one', () => {
    expect(value({}, { default: 99 })).toBe(99);
    expect(value({})).toBeUndefined();
  });

  it('says which layer it comes from, with version and author', () => {
    const found = resolveAttrib(
      {
        'role.template': { data: { port: 1 }, object: 'role web' },
        'node_role.user': { data: { port: 2 }, object: 'web on n1', version: 7, by: 'alice' },
      },
      attrib(),
    );
    expect(found).toEqual({
      value: 2,
      provenance: [{ layer: 'node_role.user', object: 'web on n1', version: 7, by: 'alice' }],
    });
  });

  it('of null or false hides a map below', () => {
    for (const hiding of [null, false, 0, ''])
      expect(value({ 'role.template': { a: 1 }, 'node_role.user': hiding })).toBe(hiding);
  });

  it('that is unset is none, and the default does not come back', () => {
    const found = resolveAttrib(sources({ 'role.template': 1, 'node_role.user': UNSET }), attrib({ default: 99 }));
    expect(found).toEqual({
      value: undefined,
      provenance: [{ layer: 'node_role.user', object: 'its node_role.user' }],
    });
  });

  it('may be given again above a layer that unset it', () => {
    expect(value({ 'role.template': 1, 'deployment_role.user': UNSET, 'node_role.user': 3 })).toBe(3);
  });

  it('is hidden when a layer has something else than a map on the way to it', () => {
    const deep = attrib({ map: 'net/dns/port', default: 53 });
    const low = { data: { net: { dns: { port: 1 } } }, object: 'role' };
    expect(
      resolveAttrib({ 'role.template': low, 'node_role.user': { data: { net: { dns: null } }, object: 'x' } }, deep)
        .value,
    ).toBeUndefined();
    expect(
      resolveAttrib({ 'role.template': low, 'node_role.user': { data: { net: {} }, object: 'x' } }, deep).value,
    ).toBe(1);
  });
});

describe('maps', () => {
  it('are merged key by key, and all layers that give something are named, highest first', () => {
    const found = resolveAttrib(
      sources({
        'role.template': { a: 1, b: { c: 1, d: 1 } },
        'node_role.wall': { b: { d: 2 } },
        'node_role.user': { b: { e: 3 } },
      }),
      attrib(),
    );
    expect(found.value).toEqual({ a: 1, b: { c: 1, d: 2, e: 3 } });
    expect(found.provenance.map(({ layer }) => layer)).toEqual(['node_role.user', 'node_role.wall', 'role.template']);
  });

  it('lose single keys to unset', () => {
    expect(value({ 'role.template': { a: 1, b: 2 }, 'node_role.user': { a: UNSET } })).toEqual({ b: 2 });
  });

  it('do not shine through something else between them', () => {
    expect(
      value({ 'role.template': { k: { low: 1 } }, 'node_role.system': { k: 5 }, 'node_role.user': { k: { high: 1 } } }),
    ).toEqual({ k: { high: 1 } });
  });

  it('are taken whole where the schema says so', () => {
    expect(
      value(
        { 'role.template': { a: 1 }, 'node_role.user': { b: 2 } },
        { schema: { type: 'object', 'x-merge': 'replace' } },
      ),
    ).toEqual({ b: 2 });
  });

  it('reach no prototype', () => {
    const found = value({
      'role.template': JSON.parse('{"__proto__":{"admin":true},"a":1}') as Json,
      'node_role.user': { b: 2 },
    });
    expect(found).toEqual({ a: 1, b: 2 });
    expect((found as { admin?: unknown }).admin).toBeUndefined();
  });
});

describe('lists', () => {
  const appending = { schema: { type: 'array', 'x-merge': 'append' } };

  it('replace each other', () => {
    expect(value({ 'role.template': [1, 2], 'node_role.user': [3] })).toEqual([3]);
  });

  it('are put one after the other, lowest first, where the schema says so', () => {
    const found = resolveAttrib(
      sources({ 'role.template': [1], 'node_role.wall': [], 'deployment_role.user': [2, 2], 'node_role.user': [3] }),
      attrib({ ...appending, default: [0] }),
    );
    expect(found.value).toEqual([0, 1, 2, 2, 3]);
    expect(found.provenance.map(({ layer }) => layer)).toEqual([
      'node_role.user',
      'deployment_role.user',
      'role.template',
      'attrib.default',
    ]);
  });

  it('are put together inside of maps too, and end at something that is no list', () => {
    const schema = { type: 'object', properties: { servers: { type: 'array', 'x-merge': 'append' } } };
    expect(value({ 'role.template': { servers: [1] }, 'node_role.user': { servers: [2] } }, { schema })).toEqual({
      servers: [1, 2],
    });
    expect(value({ 'role.template': [1], 'deployment_role.user': UNSET, 'node_role.user': [3] }, appending)).toEqual([
      3,
    ]);
  });
});

describe('resolving', () => {
  const json: fc.Arbitrary<Json> = fc.letrec<{ json: Json }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      fc.constantFrom<Json>(null, false, 1, 'x', [1]),
      fc.constant<Json>(UNSET),
      fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('json'), { maxKeys: 3 }),
    ),
  })).json;

  /** The rule said plainly: one layer after the other, from the lowest, over what is there. */
  const over = (below: Json | undefined, above: Json): Json | undefined => {
    if (isUnset(above)) return undefined;
    if (!isMap(above)) return above;
    const merged: Record<string, Json> = isMap(below) ? { ...below } : {};
    for (const [key, item] of Object.entries(above)) {
      const result = over(merged[key], item);
      if (result === undefined) delete merged[key];
      else merged[key] = result;
    }
    return merged;
  };

  it('is laying one layer over the other, from the lowest', () => {
    const layers = HIGHEST_FIRST.filter((layer) => layer.includes('role')).reverse();
    fc.assert(
      fc.property(
        fc.array(fc.option(json, { nil: undefined }), { minLength: layers.length, maxLength: layers.length }),
        (values) => {
          const given = Object.fromEntries(
            layers.flatMap((layer, at) => (values[at] === undefined ? [] : [[layer, values[at]]])),
          ) as Partial<Record<Layer, Json>>;
          let expected: Json | undefined;
          for (const item of values) if (item !== undefined) expected = over(expected, item);
          const found = resolveAttrib(sources(given), attrib());
          expect(found.value).toEqual(expected);
          // Taking away a layer that is not named changes nothing.
          const named = new Set(found.provenance.map(({ layer }) => layer));
          const rest = Object.fromEntries(Object.entries(given).filter(([layer]) => named.has(layer as Layer)));
          expect(resolveAttrib(sources(rest), attrib()).value).toEqual(expected);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('setting an attribute', () => {
  const writable = { ...attrib({ map: 'web/port', schema: { type: 'integer' } }), writable: true };
  const options = {
    what: 'web on n1',
    validate: (_schema: JsonSchema, item: Json) => (Number.isInteger(item) ? [] : ['must be integer']),
  };

  it('puts it where its path says', () => {
    expect(setAttrib({ other: 1 }, writable, 80, options)).toEqual({ other: 1, web: { port: 80 } });
  });

  it('may unset it, whatever the schema says', () => {
    expect(setAttrib({ web: { port: 80 } }, writable, UNSET, options)).toEqual({ web: { port: UNSET } });
  });

  it('is refused for a value that does not fit, and for an attribute that nobody sets', () => {
    expect(setAttrib({}, writable, 'eighty', options)).toMatchObject({
      code: 'invalid',
      detail: 'the value for port does not fit: must be integer.',
    });
    expect(setAttrib({}, { ...writable, writable: false }, 80, options)).toMatchObject({ code: 'invalid' });
    expect(setAttrib({}, { ...writable, schema: null }, 80, options)).toMatchObject({ code: 'invalid' });
  });

  it('is refused where the document grows too large', () => {
    const full: JsonObject = { text: 'x'.repeat(262_130) };
    expect(setAttrib(full, writable, 80, options)).toMatchObject({ code: 'too-large' });
  });
});

describe('outputs of a run', () => {
  it('make a wall of those that were declared', () => {
    const outputs = [attrib({ map: 'web/port' }), { ...attrib({ map: 'web/version' }), name: 'version' }];
    expect(wallOf(outputs, { port: 80, version: '1.2', stray: true })).toEqual({ web: { port: 80, version: '1.2' } });
    expect(wallOf(outputs, {})).toEqual({});
  });
});
