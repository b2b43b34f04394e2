import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf } from '../base/ids.js';
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

  it('hold each noderole once, never before a parent', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(5), fc.nat(5)), { maxLength: 15 }),
        fc.integer({ min: 1, max: 4 }),
        (pairs, size) => {
          const edges = pairs
            .filter(([a, b]) => a !== b)
            .map(([a, b]) => `R${Math.min(a, b)}@n${a} proposed --> R${Math.max(a, b)}@n${b} proposed`);
          const graph = drawn(['R0@n0 proposed', ...edges].join('\n'));
          const planned = planWaves(graph, idOf('web'), { size, changed: new Set() });
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
