import { describe, expect, it } from 'vitest';
import type { Graph } from '../../api/types';
import { boxesOf } from './layout';
import { criticalPath, usualMs } from './critical-path';

const nodeRole = (id: string, cohort: number, state = 'todo', node = 'n1') =>
  ({ id, name: `${id}@${node}`, role: id, node, cohort, state, outside: false }) as never;
const edge = (parent: string, child: string) => ({ parent_id: parent, child_id: child, soft: false, pending: false });
const GRAPH = {
  node_roles: [nodeRole('a', 0, 'active'), nodeRole('b', 1), nodeRole('c', 1), nodeRole('d', 2), nodeRole('e', 3)],
  edges: [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'd'), edge('d', 'e')],
} as Graph;

describe('the critical path', () => {
  it('is the longest chain of what is not done yet', () => {
    const { ids, ms } = criticalPath(GRAPH, () => null);
    expect([ids[0] === 'b' || ids[0] === 'c', ids.slice(1), ms]).toEqual([true, ['d', 'e'], null]);
  });

  it('goes along what takes long', () => {
    const took = new Map([
      ['b', 10],
      ['c', 60_000],
    ]);
    expect(criticalPath(GRAPH, (role) => took.get(role) ?? null)).toEqual({ ids: ['c', 'd', 'e'], ms: 62_000 });
  });

  it('is nothing where everything is done', () => {
    const done = { ...GRAPH, node_roles: GRAPH.node_roles.map((each) => ({ ...each, state: 'active' as const })) };
    expect(criticalPath(done, () => null)).toEqual({ ids: [], ms: null });
  });

  it('knows what a run usually takes from those that there were', () => {
    const run = (seconds: number | null) => ({
      node_role: 'b@n1',
      started_at: '2026-01-01T00:00:00Z',
      finished_at: seconds === null ? null : new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString(),
    });
    expect(usualMs([run(1), run(3), run(50), run(null)]).get('b')).toBe(3_000);
  });
});

describe('boxes of a graph', () => {
  it('are drawn together by the failure zones of their nodes', () => {
    const graph = {
      node_roles: [nodeRole('a', 0, 'todo', 'n1'), nodeRole('b', 0, 'todo', 'n2'), nodeRole('c', 0, 'todo', 'n3')],
      edges: [],
    } as unknown as Graph;
    const zones = new Map([
      ['n1', 'rack-1'],
      ['n2', 'rack-1'],
    ]);
    expect(boxesOf(graph, 'zone', zones).boxes.map(({ label, members }) => [label, members.length])).toEqual([
      ['rack-1', 2],
      ['in no zone', 1],
    ]);
  });
});
