import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf, type NodeRoleId } from '../base/ids.js';
import type { Refusal } from '../base/refusal.js';
import { GraphDraft } from '../graph/draft.js';
import {
  claimNodeRole,
  commitNodeRole,
  deactivateNodeRole,
  proposeNodeRole,
  rerunNodeRole,
  resetNodeRole,
  retryNodeRole,
  skipNodeRole,
} from './decide.js';
import { ALL_NODE_ROLE_STATES, type NodeRoleState } from './states.js';

const $ = (name: string): NodeRoleId => idOf(name);
type Verb = (draft: GraphDraft) => Refusal | null;
const VERBS: Record<string, { act: Verb; from: readonly NodeRoleState[] }> = {
  commit: { act: (draft) => commitNodeRole(draft, $('A')), from: ['proposed'] },
  claim: { act: (draft) => claimNodeRole(draft, $('A'), idOf('run')), from: ['todo'] },
  're-run': { act: (draft) => rerunNodeRole(draft, $('A'), idOf('run')), from: ['active'] },
  retry: { act: (draft) => retryNodeRole(draft, $('A'), { destroyAgain: false }), from: ['active', 'error'] },
  propose: { act: (draft) => proposeNodeRole(draft, $('A')), from: ['todo', 'active', 'error', 'blocked', 'proposed'] },
  reset: { act: (draft) => resetNodeRole(draft, $('A')), from: ['todo', 'active', 'error', 'blocked', 'proposed'] },
};
const cases = Object.keys(VERBS).flatMap((verb) => ALL_NODE_ROLE_STATES.map((state) => ({ verb, state })));

describe('what may be asked of a noderole', () => {
  it.each(cases)('$verb is answered as the table says when it is $state', ({ verb, state }) => {
    const { act, from } = VERBS[verb] as (typeof VERBS)[string];
    const draft = new GraphDraft(drawn(state === 'blocked' ? 'P proposed --> A blocked' : `A ${state}`));
    const refusal = act(draft);
    expect(refusal === null).toBe(from.includes(state));
    if (refusal) {
      const blockedRetry = verb === 'retry' && state === 'blocked';
      expect(refusal.code).toBe(blockedRetry ? 'parent-not-active' : 'wrong-state');
      expect(refusal.detail).toContain(
        blockedRetry ? 'P on n1 is PROPOSED' : `A on n1 while it is ${state.toUpperCase()}`,
      );
      expect(draft.decision().changes.nodeRoles.size).toBe(0);
    }
  });
});

describe('a retry', () => {
  it('is refused before the parents are active, and names those that are not', () => {
    const draft = new GraphDraft(drawn('A@n1 transition+rerun --> B@n2 active'));
    const refusal = retryNodeRole(draft, $('B@n2'), { destroyAgain: false });
    expect(refusal).toMatchObject({
      code: 'parent-not-active',
      fields: { parents: [{ name: 'A on n1', state: 'transition' }] },
    });
    expect(refusal?.detail).toContain('A on n1 is TRANSITION');
  });

  it('of destruction that was done asks for the name of the node, and then forgets that it was done', () => {
    const graph = drawn('X active', { roles: { X: { destructive: true } } });
    expect(retryNodeRole(new GraphDraft(graph), $('X'), { destroyAgain: false })).toMatchObject({
      code: 'needs-confirmation',
    });
    const draft = new GraphDraft(graph);
    expect(retryNodeRole(draft, $('X'), { destroyAgain: true })).toBeNull();
    expect(draft.nodeRole($('X'))).toMatchObject({ state: 'todo', runCount: 0 });
  });

  it('of destruction that failed, and lost a parent since, waits for that parent and frees the node for it', () => {
    const draft = new GraphDraft(drawn('A@n1 todo --> X@n1 error', { roles: { X: { destructive: true } } }));
    expect(retryNodeRole(draft, $('X@n1'), { destroyAgain: false })).toBeNull();
    expect(draft.nodeRole($('X@n1')).state).toBe('blocked');
    expect(draft.node(idOf('n1')).frozen).toBe(0);
  });
});

it('a claim answers every change that came before it, and forgets for when it was put off', () => {
  const draft = new GraphDraft(drawn('A todo+dirty', { nodeRoles: { A: { notBefore: 7 } } }));
  claimNodeRole(draft, $('A'), idOf('run'));
  expect(draft.nodeRole($('A'))).toMatchObject({ dirty: false, notBefore: null, runId: 'run' });
});

describe('a re-run', () => {
  it('waits for a parent that changed as well', () => {
    const draft = new GraphDraft(drawn('A@n1 active+dirty --> B@n2 active+dirty'));
    expect(rerunNodeRole(draft, $('B@n2'), idOf('run'))?.detail).toContain('once A on n1, which changed too, has been');
  });

  it('waits for a child that runs', () => {
    const draft = new GraphDraft(drawn('A@n1 active+dirty --> B@n2 transition'));
    expect(rerunNodeRole(draft, $('A@n1'), idOf('run'))?.detail).toContain('once B on n2 has ended');
  });
});

describe('a destructive noderole', () => {
  const roles = { roles: { X: { destructive: true } } };

  it('that was done becomes active without a run', () => {
    const draft = new GraphDraft(drawn('X todo --> B blocked', { ...roles, nodeRoles: { X: { runCount: 1 } } }));
    expect(skipNodeRole(draft, $('X'))).toBeNull();
    expect(draft.nodeRole($('X'))).toMatchObject({ state: 'active', runCount: 1 });
    expect(draft.nodeRole($('B')).state).toBe('todo');
  });

  it('that was not done is not skipped', () => {
    expect(skipNodeRole(new GraphDraft(drawn('X todo', roles)), $('X'))?.code).toBe('wrong-state');
  });
});

it('a noderole whose node is lost while it runs keeps its run and is doubted', () => {
  const draft = new GraphDraft(drawn('A transition'));
  deactivateNodeRole(draft, $('A'), 'no answer');
  expect(draft.nodeRole($('A'))).toMatchObject({ state: 'transition', doubted: true, runId: 'run-of-A' });
});
