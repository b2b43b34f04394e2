import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf, type NodeRoleId } from '../base/ids.js';
import { longestPaths, nodeRoleCohorts, raiseCohorts, roleCohorts } from './cohort.js';
import { Graph, type Edge } from './graph.js';

describe('cohorts of roles', () => {
  //  a ← b ← d
  //  a ←──── d,  e precedes b
  it('are the longest way from a root, over requirements and what precedes', () => {
    const cohorts = roleCohorts([
      { name: 'a', requires: [] },
      { name: 'b', requires: ['a'] },
      { name: 'd', requires: ['a', 'b'] },
      { name: 'e', requires: ['a'], precedes: ['b'] },
    ]);
    expect(Object.fromEntries(cohorts)).toEqual({ a: 0, e: 1, b: 2, d: 3 });
  });

  it('count a role that is not imported yet as a root', () => {
    expect(Object.fromEntries(roleCohorts([{ name: 'a', requires: ['ghost'] }]))).toEqual({ a: 1, ghost: 0 });
  });

  it('do not exist where roles wait for each other', () => {
    expect(() => roleCohorts([{ name: 'a', requires: ['a'] }])).toThrow('circle');
  });
});

describe('cohorts of noderoles', () => {
  it('are worked out from the edges, soft and pending ones too', () => {
    const graph = drawn('A active --> B active ~~> C active ..> D active\nA --> D');
    expect(Object.fromEntries(nodeRoleCohorts(graph))).toEqual({ A: 0, B: 1, C: 2, D: 3 });
  });

  it('grow below a noderole that gets a higher parent', () => {
    const graph = drawn('A active --> B active --> C active --> D active\nX active --> D');
    expect(Object.fromEntries(raiseCohorts(graph, idOf('B'), 4))).toEqual({ B: 5, C: 6, D: 7 });
    expect(raiseCohorts(graph, idOf('B'), 0).size).toBe(0);
  });

  it('are the same grown step by step as worked out whole', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(9), fc.nat(9)), { maxLength: 25 }), (pairs) => {
        const id = (at: number): NodeRoleId => idOf(`N${at}`);
        let graph = drawn(Array.from({ length: 10 }, (_, at) => `N${at}`).join('\n'));
        const edges: Edge[] = [];
        for (const [one, other] of pairs) {
          if (one === other) continue;
          const edge = {
            parentId: id(Math.min(one, other)),
            childId: id(Math.max(one, other)),
            soft: false,
            pending: false,
          };
          const raised = raiseCohorts(graph, edge.childId, graph.nodeRole(edge.parentId).cohort);
          edges.push(edge);
          const nodeRoles = [...graph.nodeRoles.values()].map((nodeRole) => ({
            ...nodeRole,
            cohort: raised.get(nodeRole.id) ?? nodeRole.cohort,
          }));
          graph = new Graph({
            nodeRoles,
            edges,
            nodes: graph.nodes.values(),
            roles: graph.roles.values(),
            deployments: graph.deployments.values(),
          });
        }
        for (const [key, cohort] of nodeRoleCohorts(graph)) expect(graph.nodeRole(key).cohort).toBe(cohort);
      }),
    );
  });

  it('are worked out over 3,333 diamonds in a row without trying every way', () => {
    //  0 → 1, 2 → 3 → 4, 5 → 6 …: 2^3333 ways
    const vertices = Array.from({ length: 10_000 }, (_, at) => at);
    const next = (at: number): number[] => (at % 3 === 0 ? [at + 1, at + 2] : at % 3 === 1 ? [at + 2] : [at + 1]);
    expect(longestPaths(vertices, next)?.get(9_999)).toBe(6_666);
  });
});
