import { describe, expect, it } from 'vitest';
import { drawn, picture } from '#testkit';
import { idOf, type NodeId } from '../base/ids.js';
import { GraphDraft } from '../graph/draft.js';
import { commitNode, redeployNode, setAlive, setAvailable } from './decide.js';

const n1 = idOf<NodeId>('n1');

describe('a node', () => {
  it('that is committed may be worked on, and all that is proposed there is wished for', () => {
    const draft = new GraphDraft(drawn('A@n1 --> B@n1\nC@n2', { nodes: { n1: { available: false } } }));
    commitNode(draft, n1);
    expect(picture(draft)).toBe('A@n1 todo\nB@n1 blocked\nC@n2 proposed');
    expect(draft.node(n1).available).toBe(true);
  });

  it('that becomes unavailable keeps its states', () => {
    const draft = new GraphDraft(drawn('A transition --> B active'));
    setAvailable(draft, n1, false);
    expect(draft.decision().changes.nodeRoles.size).toBe(0);
    expect(draft.decision().events.map(({ kind }) => kind)).toEqual(['node.unavailable']);
  });

  it('that returns changes no state: what is todo may run then', () => {
    const draft = new GraphDraft(drawn('A todo', { nodes: { n1: { alive: false } } }));
    setAlive(draft, n1, true, 'it answers');
    expect(draft.decision().changes.nodeRoles.size).toBe(0);
  });

  it('that stands in for a deployment cannot die', () => {
    expect(setAlive(new GraphDraft(drawn('A active', { nodes: { n1: { system: true } } })), n1, false, '')?.code).toBe(
      'invalid',
    );
  });

  it('tells nothing when nothing changes', () => {
    const draft = new GraphDraft(drawn('A active'));
    expect([setAlive(draft, n1, true, ''), setAvailable(draft, n1, true)]).toEqual([null, null]);
    expect(draft.decision().events).toEqual([]);
  });
});

describe('a node that is deployed afresh', () => {
  it('forgets that anything ran, destruction included, and blocks what relied on it elsewhere', () => {
    const graph = drawn('X@n1 active --> B@n1 active --> C@n2 active', { roles: { X: { destructive: true } } });
    const draft = new GraphDraft(graph);
    expect(redeployNode(draft, n1)).toBeNull();
    expect(picture(draft)).toBe('B@n1 blocked\nC@n2 blocked\nX@n1 todo');
    expect([...draft.nodeRoles.values()].map(({ runCount }) => runCount)).toEqual([0, 0, 1]);
  });

  it('is refused while something runs there, by name', () => {
    expect(redeployNode(new GraphDraft(drawn('A active --> B transition')), n1)?.detail).toContain(
      'while B on n1 runs',
    );
  });
});
