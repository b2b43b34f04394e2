import { describe, expect, it } from 'vitest';
import { drawn, edgesOf, type DrawnDetails } from '#testkit';
import { audit, FINDINGS, type FindingCode } from './audit.js';
import { Graph, type Edge, type GraphDeployment, type GraphNode, type NodeRole } from './graph.js';

interface Broken {
  readonly code: FindingCode;
  readonly graph: string;
  readonly details?: DrawnDetails;
  readonly edges?: readonly Edge[];
  readonly also?: readonly FindingCode[];
}
const edge = (parentId: string, childId: string): Edge => ({ parentId, childId, soft: false, pending: false }) as Edge;
const nodeRole = (patch: Partial<NodeRole>): DrawnDetails => ({ nodeRoles: { A: patch } });
const destructive = { roles: { A: { destructive: true } } };

/** One graph for each finding, broken in one way. */
const BROKEN: readonly Broken[] = [
  { code: 'unknown-reference', graph: 'A todo', edges: [edge('A', 'nobody')] },
  {
    code: 'same-role-twice',
    graph: 'A active\nB active',
    details: { nodeRoles: { B: { roleId: 'A' as NodeRole['roleId'] } } },
  },
  { code: 'unmet-differs', graph: 'P active --> A active', details: nodeRole({ unmet: 1 }) },
  { code: 'todo-without-parents', graph: 'P error --> A todo' },
  { code: 'blocked-without-cause', graph: 'P active --> A blocked' },
  { code: 'relies-on-lost-parent', graph: 'P todo --> A active' },
  { code: 'active-on-dead-node', graph: 'A active', details: { nodes: { n1: { alive: false } } } },
  { code: 'trusted-on-dead-node', graph: 'A transition', details: { nodes: { n1: { alive: false } } } },
  { code: 'trusted-without-parents', graph: 'P todo --> A transition' },
  { code: 'transition-without-run', graph: 'A transition', details: nodeRole({ runId: null }) },
  { code: 'run-without-transition', graph: 'A active', details: nodeRole({ rerun: true }) },
  { code: 'doubted-rerun', graph: 'A transition+doubted+rerun' },
  { code: 'proposed-but-changed', graph: 'A proposed+dirty' },
  { code: 'kept-without-waiting', graph: 'A active+kept' },
  { code: 'destroys-again', graph: 'A active+dirty', details: destructive },
  { code: 'proposed-parent', graph: 'P proposed --> A active', also: ['relies-on-lost-parent'] },
  { code: 'pending-behind-committed', graph: 'P active ..> A active' },
  { code: 'cohort-too-small', graph: 'P active --> A active', details: nodeRole({ cohort: 0 }) },
  { code: 'two-runs-on-node', graph: 'A transition\nB transition' },
  { code: 'frozen-differs', graph: 'A error', details: { nodes: { n1: { frozen: 0 } } } },
  { code: 'cycle', graph: 'A active --> B active', edges: [edge('B', 'A')], also: ['cohort-too-small'] },
  {
    code: 'deployment-tree',
    graph: 'A active',
    details: { deployments: { web: { parentId: 'web' as GraphDeployment['parentId'] } } },
  },
  {
    code: 'system-not-committed',
    graph: 'A active',
    details: { deployments: { web: { system: true, state: 'proposed' } } },
    also: ['deployment-tree'],
  },
];

const build = ({ graph: text, details, edges = [] }: Broken): Graph => {
  const graph = drawn(text, details);
  const rows = {
    nodeRoles: graph.nodeRoles.values(),
    nodes: graph.nodes.values(),
    roles: graph.roles.values(),
    deployments: graph.deployments.values(),
  };
  return new Graph({ ...rows, edges: [...edgesOf(graph), ...edges] });
};

describe('the audit', () => {
  it.each(BROKEN)('finds $code', (broken) => {
    const codes = [...new Set(audit(build(broken)).map(({ code }) => code))];
    expect(codes.sort()).toEqual([broken.code, ...(broken.also ?? [])].sort());
  });

  it('has a broken graph for everything that it can find', () => {
    expect(BROKEN.map(({ code }) => code).sort()).toEqual(Object.keys(FINDINGS).sort());
  });

  it('says what is wrong by name, with the ids of what it is about', () => {
    expect(audit(drawn('P@n1 error --> A@n2 todo'))).toEqual([
      { code: 'todo-without-parents', sentence: 'A on n2 is todo while P on n1 is error', ids: ['A@n2', 'P@n1'] },
    ]);
  });

  it('finds parents that are not there, and noderoles whose node, role or deployment is not', () => {
    const lone = drawn('A todo').nodeRoles.values();
    const graph = new Graph({ nodeRoles: lone, edges: [edge('nobody', 'A')], nodes: [], roles: [], deployments: [] });
    expect(audit(graph).map(({ sentence }) => sentence)).toEqual([
      'A on n1 names a node and a role and a deployment that does not exist',
      'an edge from nobody to A has no noderole at nobody',
    ]);
  });

  it('finds nothing in graphs that only look odd', () => {
    const odd = `
      P@n1 transition+rerun --> A@n2 active
      Q@n3 proposed         ..> A@n2
      D@n4 transition+doubted
    `;
    expect(audit(drawn(odd, { nodes: { n4: { alive: false } } }))).toEqual([]);
    expect(audit(drawn('P@n1 todo --> X@n2 error', { roles: { X: { destructive: true } } }))).toEqual([]);
    const phantom: Partial<GraphNode> = { alive: false, system: true };
    expect(audit(drawn('S active', { nodes: { n1: phantom } }))).toEqual([]);
  });

  it('copes with a hundred thousand noderoles in a moment', () => {
    const nodeRoles: NodeRole[] = [];
    const edges: Edge[] = [];
    const plain = drawn('A active').nodeRole('A' as NodeRole['id']);
    for (let at = 0; at < 100_000; at += 1) {
      const id = `n${at}` as NodeRole['id'];
      nodeRoles.push({ ...plain, id, nodeId: `${at}` as NodeRole['nodeId'], cohort: at % 20 });
      if (at % 20 > 0) edges.push(edge(`n${at - 1}`, id));
    }
    const { roles, deployments } = drawn('A active');
    const nodes = nodeRoles.map(({ nodeId }): GraphNode => ({
      id: nodeId,
      name: nodeId,
      alive: true,
      available: true,
      system: false,
      frozen: 0,
      onDisk: true,
    }));
    const graph = new Graph({ nodeRoles, edges, nodes, roles: roles.values(), deployments: deployments.values() });
    const begun = performance.now();
    expect(audit(graph)).toEqual([]);
    expect(performance.now() - begun).toBeLessThan(5_000);
  });
});
