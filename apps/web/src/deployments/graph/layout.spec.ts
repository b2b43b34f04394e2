import { describe, expect, it } from 'vitest';
import type { Graph } from '../../api/types';
import { ancestorsOf, layOut } from './layout';

type NodeRole = Graph['node_roles'][number];

const nodeRole = (role: string, node: string, cohort: number, outside = false): NodeRole => ({
  id: `${role}@${node}`,
  name: `${role}@${node}`,
  role,
  node,
  node_id: node,
  deployment_id: outside ? 'other' : 'own',
  state: 'active',
  state_code: 0,
  cohort,
  changed: false,
  held: false,
  outside,
});
const edge = (parent: string, child: string) => ({ parent_id: parent, child_id: child, soft: false, pending: false });
const names = (count: number): string[] => Array.from({ length: count }, (_, at) => `n${at}`);

describe('where boxes of a graph stand', () => {
  it('draws many noderoles of other deployments together by role, and the own ones one by one', () => {
    const graph: Graph = {
      node_roles: [nodeRole('dns', 'own', 0), ...names(500).map((name) => nodeRole('client', name, 1, true))],
      edges: names(500).map((name) => edge('dns@own', `client@${name}`)),
    };
    const { boxes, lines } = layOut(graph, 'none');
    expect(boxes.map(({ id, members }) => [id, members.length])).toEqual([
      ['dns@own', 1],
      ['client, elsewhere', 500],
    ]);
    expect(lines).toHaveLength(1);
  });

  it('gives each of a few from elsewhere its own box', () => {
    const graph: Graph = {
      node_roles: [nodeRole('dns', 'own', 0), nodeRole('client', 'n1', 1, true), nodeRole('client', 'n2', 1, true)],
      edges: [edge('dns@own', 'client@n1'), edge('dns@own', 'client@n2')],
    };
    expect(layOut(graph, 'none').boxes.map(({ id }) => id)).toEqual(['dns@own', 'client@n1', 'client@n2']);
  });

  it('puts thousands into columns by cohort, and no two in the same place', () => {
    const graph: Graph = {
      node_roles: names(300).flatMap((name) => [nodeRole('a', name, 0), nodeRole('b', name, 1)]),
      edges: names(300).map((name) => edge(`a@${name}`, `b@${name}`)),
    };
    const { boxes, lines } = layOut(graph, 'none');
    expect(new Set(boxes.map(({ x }) => x)).size).toBe(2);
    expect(new Set(boxes.map(({ x, y }) => `${x} ${y}`)).size).toBe(600);
    expect([...ancestorsOf(lines, 'b@n7')]).toEqual(['b@n7', 'a@n7']);
  });
});
