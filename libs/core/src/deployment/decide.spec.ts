import { describe, expect, it } from 'vitest';
import { drawn, picture } from '#testkit';
import { idOf, type DeploymentId, type NodeRoleId } from '../base/ids.js';
import { GraphDraft } from '../graph/draft.js';
import { commitDeployment, markChanged, proposeDeployment, recallDeployment } from './decide.js';

const web = idOf<DeploymentId>('web');
const $ = (name: string): NodeRoleId => idOf(name);
const none: ReadonlySet<NodeRoleId> = new Set();

describe('a commit', () => {
  it('wishes for what is proposed, in one step, and lets roots begin', () => {
    const draft = new GraphDraft(drawn('A --> B --> C', { deployments: { web: { state: 'proposed' } } }));
    commitDeployment(draft, web, { changed: none, held: none });
    expect(picture(draft)).toBe('A todo\nB blocked\nC blocked');
    expect(draft.deployment(web).state).toBe('committed');
  });

  it('marks what changed to be run again, and keeps back what a rollout holds', () => {
    const draft = new GraphDraft(drawn('A@n1 active\nB@n2 proposed'));
    commitDeployment(draft, web, { changed: new Set([$('A@n1')]), held: new Set([$('B@n2')]) });
    expect(picture(draft)).toBe('A@n1 active+dirty\nB@n2 todo+held');
  });
});

describe('a change', () => {
  it.each(['todo', 'blocked', 'error', 'proposed'] as const)(
    'asks nothing of a noderole that is %s: it reads the new value when it runs',
    (state) => {
      const draft = new GraphDraft(drawn(state === 'blocked' ? 'P proposed --> A blocked' : `A ${state}`));
      expect(markChanged(draft, $('A'))).toBe(false);
      expect(draft.decision().changes.nodeRoles.size).toBe(0);
    },
  );

  it('is remembered once, however often it comes while a run goes on', () => {
    const draft = new GraphDraft(drawn('A transition'));
    expect([1, 2, 3].map(() => markChanged(draft, $('A')))).toEqual([true, false, false]);
  });

  it('never makes destruction repeat itself, done or under way', () => {
    for (const state of ['active', 'transition'])
      expect(markChanged(new GraphDraft(drawn(`X ${state}`, { roles: { X: { destructive: true } } })), $('X'))).toBe(
        false,
      );
  });
});

it('the system deployment stays committed', () => {
  for (const reopen of [proposeDeployment, recallDeployment])
    expect(reopen(new GraphDraft(drawn('A active')), idOf('system'))?.code).toBe('system-deployment');
});
