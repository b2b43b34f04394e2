import { expect, it } from 'vitest';
import { drawn } from '#testkit';
import { mermaid } from './mermaid.js';

it('a graph is drawn with a box for each node, its states, and what kind of edge is what', () => {
  const graph = drawn('A@n1 active --> B@n2 todo\nM@n1 proposed ..> B@n2\nA@n1 ~~> M@n1', {
    roles: { B: { name: 'say "hi"' } },
  });
  expect(mermaid(graph).split('\n').slice(0, 11)).toEqual([
    'flowchart TB',
    '  subgraph n0["n1"]',
    '    r0["A<br/>ACTIVE"]:::active',
    '    r1["M<br/>PROPOSED"]:::proposed',
    '  end',
    '  subgraph n1["n2"]',
    '    r2["say #quot;hi#quot;<br/>TODO"]:::todo',
    '  end',
    '  r0 --- r1',
    '  r0 --> r2',
    '  r1 -.-> r2',
  ]);
});
