import { describe, expect, it } from 'vitest';
import { drawn, picture, type DrawnDetails } from '#testkit';
import { idOf, type NodeRoleId } from '../base/ids.js';
import { GraphDraft } from '../graph/draft.js';
import { audit } from '../graph/audit.js';
import { commitDeployment } from '../deployment/decide.js';
import { setAlive } from '../node/decide.js';
import { claimNodeRole, commitNodeRole, proposeNodeRole, rerunNodeRole, retryNodeRole } from './decide.js';
import { finishNodeRole, type Outcome } from './finish.js';

/** What a graph looks like after something happened to it. The graph before and after must pass the audit. */
const after = (before: string, act: (draft: GraphDraft) => unknown, details: DrawnDetails = {}): string => {
  const graph = drawn(before, details);
  expect(audit(graph).map(({ sentence }) => sentence)).toEqual([]);
  const draft = new GraphDraft(graph);
  act(draft);
  return picture(draft);
};
const lines = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .sort()
    .join('\n');
const $ = (name: string): NodeRoleId => idOf(name);
const ends = (name: string, outcome: Outcome) => (draft: GraphDraft) => finishNodeRole(draft, $(name), outcome, 0);
const broke: Outcome = { kind: 'failed', reason: 'it broke' };
const done: Outcome = { kind: 'succeeded' };

describe('success', () => {
  it('makes a child todo when its last missing parent becomes active', () => {
    const graph = `
      A@n1 active     --> C@n3 blocked
      B@n2 transition --> C@n3
    `;
    expect(after(graph, ends('B@n2', done))).toBe(
      lines(`A@n1 active
      B@n2 active
      C@n3 todo`),
    );
  });

  it('leaves a child blocked while another parent is missing', () => {
    const graph = `
      A@n1 error      --> C@n3 blocked
      B@n2 transition --> C@n3
    `;
    expect(after(graph, ends('B@n2', done))).toContain('C@n3 blocked');
  });

  it('leaves a proposed child proposed', () => {
    expect(after('A transition --> B proposed', ends('A', done))).toContain('B proposed');
  });
});

describe('loss', () => {
  it('blocks every committed descendant, down to the last, over all deployments and nodes', () => {
    const graph = `
      A@n1 active --> B@n2 active --> C@n3 active
                      B@n2        --> D@n4 todo
      A@n1        --> E@n5 error
      A@n1        --> F@n6 proposed
    `;
    expect(after(graph, (draft) => retryNodeRole(draft, $('A@n1'), { destroyAgain: false }))).toBe(
      lines(`A@n1 todo
        B@n2 blocked
        C@n3 blocked
        D@n4 blocked
        E@n5 blocked
        F@n6 proposed`),
    );
  });

  it('lets a descendant in transition finish, in doubt, and blocks what is below it only when it was relied on', () => {
    const graph = 'A@n1 active --> B@n2 transition --> C@n3 blocked';
    expect(after(graph, (draft) => proposeNodeRole(draft, $('A@n1')))).toBe(
      lines(`A@n1 proposed
        B@n2 transition+doubted
        C@n3 blocked`),
    );
  });

  it('reaches through a re-run, whose children relied on it, to whatever is below', () => {
    const graph = 'A@n1 active --> B@n2 transition+rerun --> C@n3 active --> D@n4 active';
    expect(after(graph, (draft) => proposeNodeRole(draft, $('A@n1')))).toBe(
      lines(`A@n1 proposed
        B@n2 transition+doubted
        C@n3 blocked
        D@n4 blocked`),
    );
  });

  it('keeps the result of a run that was in doubt, and sends it by its parents', () => {
    const graph = drawn('A@n1 error --> B@n2 transition+doubted', { nodeRoles: { 'B@n2': { runCount: 3 } } });
    const draft = new GraphDraft(graph);
    ends('B@n2', done)(draft);
    expect(draft.nodeRole($('B@n2'))).toMatchObject({ state: 'blocked', runCount: 4, doubted: false, runId: null });
  });

  it('makes no error of a run that failed because its parent was lost', () => {
    expect(after('A@n1 todo --> B@n2 transition+doubted', ends('B@n2', broke))).toContain('B@n2 blocked');
  });
});

describe('a node that is lost', () => {
  it('puts its roots back to todo and blocks everything below, here and on other nodes', () => {
    const graph = `
      A@n1 active --> B@n1 active --> C@n2 active
      Z@n1 error
    `;
    expect(after(graph, (draft) => setAlive(draft, idOf('n1'), false, 'no answer'))).toBe(
      lines(`A@n1 todo
        B@n1 blocked
        C@n2 blocked
        Z@n1 todo`),
    );
  });

  it('thaws with the error that froze it', () => {
    const draft = new GraphDraft(drawn('Z@n1 error'));
    setAlive(draft, idOf('n1'), false, 'no answer');
    expect(draft.node(idOf('n1')).frozen).toBe(0);
  });

  it('leaves destruction that failed in error, so that it is not repeated when the node returns', () => {
    const roles = { roles: { X: { destructive: true } } };
    const graph = 'A@n1 active --> X@n1 error';
    expect(after(graph, (draft) => setAlive(draft, idOf('n1'), false, 'no answer'), roles)).toContain('X@n1 error');
    expect(after(graph, (draft) => retryNodeRole(draft, $('A@n1'), { destroyAgain: false }), roles)).toContain(
      'X@n1 error',
    );
  });

  it('makes an error of destruction that failed on it', () => {
    const roles = { roles: { X: { destructive: true } } };
    const dead = { ...roles, nodes: { n1: { alive: false } } };
    expect(after('X@n1 transition+doubted', ends('X@n1', { kind: 'lost-contact', reason: 'gone' }), dead)).toBe(
      'X@n1 error',
    );
  });
});

describe('a re-run', () => {
  const graph = `
    A@n1 active+dirty --> B@n2 active --> C@n3 active
    A@n1              --> D@n4 todo
  `;
  const begun = `
    A@n1 transition+rerun --> B@n2 active --> C@n3 active
    A@n1                  --> D@n4 blocked
  `;

  it('keeps its children while it goes on, but for those that have not begun', () => {
    expect(after(graph, (draft) => rerunNodeRole(draft, $('A@n1'), idOf('run-of-A@n1')))).toBe(picture(drawn(begun)));
  });

  it('gives them back what they waited for when it ends well', () => {
    expect(after(begun, ends('A@n1', done))).toBe(
      lines(`A@n1 active
      B@n2 active
      C@n3 active
      D@n4 todo`),
    );
  });

  it('warns and keeps its children when it fails', () => {
    const draft = new GraphDraft(drawn(begun));
    ends('A@n1', broke)(draft);
    expect(picture(draft)).toBe(
      lines(`A@n1 active
      B@n2 active
      C@n3 active
      D@n4 todo`),
    );
    expect(draft.nodeRole($('A@n1')).status).toBe('it broke');
  });

  it('blocks its children when it fails and its role says so', () => {
    expect(after(begun, ends('A@n1', broke), { roles: { A: { onRerunFailure: 'block' } } })).toBe(
      lines(`A@n1 error
        B@n2 blocked
        C@n3 blocked
        D@n4 blocked`),
    );
  });

  it('that is put off is still wanted, and stays active meanwhile', () => {
    const later: Outcome = { kind: 'not-yet', reason: 'in a minute', retryAfterMs: 60_000 };
    expect(after(begun, ends('A@n1', later))).toContain('A@n1 active+dirty');
  });
});

describe('an edge from a parent that was bound later', () => {
  it('does not count until the parent is committed', () => {
    const graph = `
      M1@n1 active   --> C@n4 active --> D@n5 active
      M3@n3 proposed ..> C@n4
    `;
    expect(after(graph, () => undefined)).toContain('C@n4 active');
    expect(after(graph, (draft) => commitNodeRole(draft, $('M3@n3')))).toBe(
      lines(`M1@n1 active
        M3@n3 todo
        C@n4 blocked
        D@n5 blocked`),
    );
  });

  it('casts doubt on a child that runs', () => {
    const graph = `
      M1@n1 active   --> C@n4 transition
      M3@n3 proposed ..> C@n4
    `;
    expect(
      after(graph, (draft) => commitDeployment(draft, idOf('web'), { changed: new Set(), held: new Set() })),
    ).toContain('C@n4 transition+doubted');
  });
});

describe('a change remembers only what changed', () => {
  it('reports no noderole that ended as it began', () => {
    const draft = new GraphDraft(drawn('A@n1 todo --> B@n2 blocked'));
    claimNodeRole(draft, $('A@n1'), idOf('run'));
    const { changes } = draft.decision();
    expect([...changes.nodeRoles]).toEqual([['A@n1', { state: 'transition', runId: 'run' }]]);
    expect(changes.nodes.size).toBe(0);
  });
});
