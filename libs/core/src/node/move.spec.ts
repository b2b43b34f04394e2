import { expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf } from '../base/ids.js';
import { GraphDraft } from '../graph/draft.js';
import { followersOf, moveNode } from './move.js';

it('what is proposed, never ran and has only such descendants follows its node; the rest stays', () => {
  const graph = drawn(
    `
      A@n1 active   --> B@n1 proposed --> C@n1 proposed
      A@n1          --> D@n1 proposed --> E@n2 active
      A@n1          --> F@n1 proposed
    `,
    { nodeRoles: { 'F@n1': { runCount: 1 } }, deployments: { web: {}, D2: {} } },
  );
  expect(followersOf(graph, idOf('n1'))).toEqual(['B@n1', 'C@n1']);
  const draft = new GraphDraft(graph);
  moveNode(draft, idOf('n1'), idOf('D2'));
  expect([...draft.decision().changes.nodeRoles]).toEqual([
    ['B@n1', { deploymentId: 'D2' }],
    ['C@n1', { deploymentId: 'D2' }],
  ]);
});
