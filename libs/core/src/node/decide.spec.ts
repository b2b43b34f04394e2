import { describe, expect, it } from 'vitest';
import { drawn, picture } from '#testkit';
import { idOf, type NodeId, type NodeRoleId } from '../base/ids.js';
import { GraphDraft } from '../graph/draft.js';
import { markChanged } from '../deployment/decide.js';
import { isDone, retryNodeRole, skipNodeRole } from '../noderole/decide.js';
import { commitNode, newSystem, redeployNode, setAlive, setAvailable } from './decide.js';

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

describe('what was done on a node that is lost', () => {
  const scopes = {
    roles: { I: { scope: 'install' }, O: { scope: 'once' }, X: { destructive: true, scope: 'once' } },
  } as const;
  const lost = (text: string, onDisk = true) => {
    const draft = new GraphDraft(drawn(text, { ...scopes, nodes: { n1: { onDisk } } }));
    setAlive(draft, n1, false, 'it does not answer');
    return draft;
  };
  const done = (draft: GraphDraft, ...names: string[]) =>
    names.filter((name) => {
      const nodeRole = draft.nodeRole(idOf<NodeRoleId>(name));
      return isDone(draft.role(nodeRole.roleId), nodeRole);
    });

  it('is done again when it comes back, unless its scope says that it stands', () => {
    const draft = lost('B active --> I active --> O active');
    expect(picture(draft)).toBe('B todo\nI blocked+kept\nO blocked+kept');
    expect(done(draft, 'B', 'I', 'O')).toEqual(['I', 'O']);
  });

  it('counts as done without a run once its parents are active', () => {
    const draft = lost('I active');
    setAlive(draft, n1, true, 'it answers');
    expect(skipNodeRole(draft, idOf('I'))).toBeNull();
    expect(picture(draft)).toBe('I active');
    expect(draft.decision().events.at(-1)).toMatchObject({
      kind: 'node_role.active',
      data: { skipped: 'done before, once for each installed system' },
    });
  });

  it('of an installed system does not stand in memory, nor on a new system', () => {
    expect(done(lost('I active\nO active', false), 'I', 'O')).toEqual(['O']);
    const draft = lost('I active\nO active');
    newSystem(draft, n1);
    expect(done(draft, 'I', 'O')).toEqual(['O']);
    // Whoever plans knows of it from the history alone.
    expect(draft.decision().events.at(-1)).toMatchObject({ kind: 'node_role.changed', nodeRoleId: 'I' });
  });

  it('does not stand when it was not done, was in doubt already, or was to be done again', () => {
    const draft = lost('O todo\nI active+dirty\nO@n2 active');
    expect(picture(draft)).toBe('I todo\nO todo\nO@n2 active');
    expect(picture(lost('I transition'))).toBe('I transition+doubted');
    expect(picture(lost('X active'))).toBe('X todo');
  });

  it('does not stand once its input changes', () => {
    const draft = lost('O active');
    expect(markChanged(draft, idOf('O'))).toBe(false);
    expect(picture(draft)).toBe('O todo');
    expect(draft.decision().events.at(-1)).toMatchObject({ kind: 'node_role.changed', nodeRoleId: 'O' });
  });

  it('is done again when somebody asks, or deploys the node afresh', () => {
    const draft = new GraphDraft(drawn('O active', scopes));
    expect(retryNodeRole(draft, idOf('O'), { destroyAgain: false })).toBeNull();
    expect(done(draft, 'O')).toEqual([]);
    const afresh = lost('O active');
    redeployNode(afresh, n1);
    expect(picture(afresh)).toBe('O todo');
  });

  it('is lost twice and stands all the same', () => {
    const draft = lost('B active --> O active');
    setAlive(draft, n1, true, 'it answers');
    setAlive(draft, n1, false, 'and does not');
    expect(picture(draft)).toBe('B todo\nO blocked+kept');
  });
});
