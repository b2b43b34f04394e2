import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf, type NodeId } from '../base/ids.js';
import { planWaves } from './waves.js';

const waves = (text: string, size: number, details: Parameters<typeof drawn>[1] = {}) =>
  planWaves(drawn(text, details), idOf('web'), { size, changed: new Set() });

describe('waves of a rollout', () => {
  it('are so many nodes each, by name', () => {
    const text = 'A@n1 proposed --> B@n1 proposed\nA@n2 proposed\nA@n3 proposed';
    expect(waves(text, 2)).toEqual([['A@n1', 'A@n2', 'B@n1'], ['A@n3']]);
    expect(waves(text, 1)).toEqual([['A@n1', 'B@n1'], ['A@n2'], ['A@n3']]);
    expect(waves(text, 9)).toHaveLength(1);
  });

  it('put a child into the wave of its latest parent', () => {
    expect(waves('A@n2 proposed --> B@n1 proposed', 1)).toEqual([['A@n2', 'B@n1']]);
    expect(waves('A@n2 proposed --> B@n1 proposed\nC@n1 proposed', 1)).toEqual([['C@n1'], ['A@n2', 'B@n1']]);
  });

  it('begin with what stands for a deployment', () => {
    expect(waves('A@zz proposed\nA@n1 proposed\nA@n2 proposed', 1, { nodes: { zz: { system: true } } })).toEqual([
      ['A@n1', 'A@zz'],
      ['A@n2'],
    ]);
  });

  it('leave out what is settled', () => {
    expect(waves('A@n1 active\nA@n2 proposed\nA@n3 error', 1)).toEqual([['A@n2']]);
  });

  const apart = (text: string, size: number, zones: Record<string, string>) =>
    planWaves(drawn(text), idOf('web'), {
      size,
      changed: new Set(),
      zones: new Map(Object.entries(zones).map(([node, zone]) => [idOf(node), zone])),
      apart: true,
    });

  it('never touch two zones at once, where zones are kept apart', () => {
    const text = 'A@n1 proposed\nA@n2 proposed\nA@n3 proposed\nA@n4 proposed';
    const zones = { n1: 'r2', n2: 'r1', n3: 'r2', n4: 'r2' };
    expect(apart(text, 2, zones)).toEqual([['A@n2'], ['A@n1', 'A@n3'], ['A@n4']]);
    expect(apart(text, 9, { n1: 'r1', n2: 'r1' })).toEqual([
      ['A@n3', 'A@n4'],
      ['A@n1', 'A@n2'],
    ]);
  });

  it('take a child on another zone than its parent into a later wave of its own zone', () => {
    const text = 'A@n2 proposed --> B@n1 proposed\nC@n1 proposed';
    expect(apart(text, 9, { n1: 'r1', n2: 'r2' })).toEqual([['C@n1'], ['A@n2'], ['B@n1']]);
  });

  it('hold each noderole once, never before a parent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (pairs, size, isApart) => {
          const edges = pairs
            .filter(([a, b]) => a !== b)
            .map(([a, b]) => `R${Math.min(a, b)}@n${a} proposed --> R${Math.max(a, b)}@n${b} proposed`);
          const graph = drawn(['R0@n0 proposed', ...edges].join('\n'));
          const zones = new Map([0, 1, 2, 3, 4, 5].map((at) => [idOf<NodeId>(`n${at}`), `z${at % 2}`]));
          const planned = planWaves(graph, idOf('web'), { size, changed: new Set(), zones, apart: isApart });
          if (isApart)
            for (const wave of planned)
              expect(new Set(wave.map((id) => zones.get(graph.nodeRole(id).nodeId))).size).toBe(1);
          expect(planned.flat().sort()).toEqual([...graph.nodeRoles.keys()].sort());
          const waveOf = new Map(planned.flatMap((wave, at) => wave.map((id) => [id, at] as const)));
          for (const id of graph.nodeRoles.keys())
            for (const parent of graph.parents(id))
              expect(waveOf.get(parent.id)).toBeLessThanOrEqual(waveOf.get(id) as number);
        },
      ),
    );
  });
});
