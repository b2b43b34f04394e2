import { describe, expect, it } from 'vitest';
import { drawn, picture } from '#testkit';
import { idOf } from '../base/ids.js';
import { isRefusal } from '../base/refusal.js';
import { GraphDraft } from '../graph/draft.js';
import type { Graph } from '../graph/graph.js';
import { unbindNodeRole } from './unbind.js';

const cluster = { roles: { M: { cluster: true } } };

/** What goes, and a picture of what stays. */
const unbind = (graph: Graph, id: string): { gone: readonly string[]; draft: GraphDraft; stays: string[] } => {
  const draft = new GraphDraft(graph);
  const answer = unbindNodeRole(draft, idOf(id));
  if (isRefusal(answer)) throw new Error(answer.detail);
  return {
    gone: answer,
    draft,
    stays: picture(draft)
      .split('\n')
      .filter((line) => !answer.includes(idOf(line.split(' ')[0] as string))),
  };
};

const refusal = (graph: Graph, id: string) => unbindNodeRole(new GraphDraft(graph), idOf(id));

describe('unbinding a noderole', () => {
  it('that nothing depends on takes it alone', () => {
    expect(unbind(drawn('A active --> B active'), 'B')).toMatchObject({ gone: ['B'], stays: ['A active'] });
  });

  it('takes along what depends on it on the same node, children first', () => {
    expect(unbind(drawn('A active --> B active --> C todo'), 'A').gone).toEqual(['C', 'B', 'A']);
  });

  it('takes along what was only proposed, on any node', () => {
    expect(unbind(drawn('A active --> B@n2 proposed --> C@n3 proposed'), 'A').gone).toEqual(['C@n3', 'B@n2', 'A']);
  });

  it('is refused while something on another node depends on it, naming that', () => {
    expect(refusal(drawn('A active --> B@n2 blocked'), 'A')).toMatchObject({
      code: 'has-children',
      detail: 'cannot unbind A on n1: B on n2 depends on it. Unbind these first, or point them to another parent.',
      fields: { dependents: ['B@n2'] },
    });
  });

  it('is refused while a proposed child on another node has run before', () => {
    const graph = drawn('A active --> B@n2 proposed', { nodeRoles: { 'B@n2': { runCount: 1 } } });
    expect(refusal(graph, 'A')).toMatchObject({ code: 'has-children' });
  });

  it('is refused while it, or what would go with it, runs', () => {
    expect(refusal(drawn('A transition'), 'A')).toMatchObject({ code: 'wrong-state' });
    expect(refusal(drawn('A active --> B transition'), 'A')).toMatchObject({
      detail: 'cannot unbind A on n1 while B on n1 runs: cancel that run first.',
    });
  });

  it('leaves soft children where they are, and lets go those that waited for it alone', () => {
    const { gone, stays, draft } = unbind(drawn('A todo ~~> B blocked --> C@n2 blocked'), 'A');
    expect([gone, stays]).toEqual([['A'], ['B todo', 'C@n2 blocked']]);
    expect(draft.nodeRole(idOf('B')).unmet).toBe(0);
  });

  it('leaves alone children over an edge that does not count yet', () => {
    const { gone, draft } = unbind(drawn('A proposed ..> B@n2 active'), 'A');
    expect(gone).toEqual(['A']);
    expect(draft.decision().changes.nodeRoles.size).toBe(0);
  });

  it('thaws the node that its error froze', () => {
    const { draft } = unbind(drawn('A error\nB todo'), 'A');
    expect(draft.node(idOf('n1')).frozen).toBe(0);
  });

  //  M@n1 --> C@n3 <-- M@n2
  it('of a cluster role keeps children that have another instance, and runs them again', () => {
    const graph = drawn('M active --> C@n3 active\nM@n2 active --> C@n3', cluster);
    expect(unbind(graph, 'M')).toMatchObject({ gone: ['M'], stays: ['C@n3 active+dirty', 'M@n2 active'] });
    const waiting = drawn('M todo --> C@n3 blocked\nM@n2 active --> C@n3', cluster);
    expect(unbind(waiting, 'M').stays).toEqual(['C@n3 todo', 'M@n2 active']);
  });

  it('of the last instance of a cluster is refused while it has children', () => {
    expect(refusal(drawn('M active --> C@n3 active', cluster), 'M')).toMatchObject({ code: 'has-children' });
    expect(refusal(drawn('M active --> C@n3 active\nM@n2 proposed ..> C@n3', cluster), 'M')).toMatchObject({
      code: 'has-children',
    });
  });

  it('tells of each that goes', () => {
    const { draft } = unbind(drawn('A active --> B active'), 'A');
    expect(draft.decision().events).toMatchObject([
      { kind: 'node_role.unbound', nodeRoleId: 'B', data: { name: 'B on n1' } },
      { kind: 'node_role.unbound', nodeRoleId: 'A', data: { name: 'A on n1' } },
    ]);
  });
});
