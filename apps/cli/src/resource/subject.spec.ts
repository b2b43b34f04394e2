import { describe, expect, it } from 'vitest';
import { parseSubjects } from './subject.js';

describe('what an operator calls a thing', () => {
  it.each([
    [['web@node-1'], [{ kind: 'node_role', key: 'web@node-1' }]],
    [['web', 'on', 'node-1'], [{ kind: 'node_role', key: 'web@node-1' }]],
    [['web on node-1'], [{ kind: 'node_role', key: 'web@node-1' }]],
    [
      ['web', 'on', 'a', 'db@b', 'node/c'],
      [
        { kind: 'node_role', key: 'web@a' },
        { kind: 'node_role', key: 'db@b' },
        { kind: 'node', key: 'c' },
      ],
    ],
    [['deployments/web'], [{ kind: 'deployment', key: 'web' }]],
    [['node-1.example.test'], [{ kind: null, key: 'node-1.example.test' }]],
    [
      ['noderole/8f14e45f-ceea-467f-a9f8-5b1b1c1b1c1b'],
      [{ kind: 'node_role', key: '8f14e45f-ceea-467f-a9f8-5b1b1c1b1c1b' }],
    ],
  ])('%j is %j', (words, subjects) => expect(parseSubjects(words)).toEqual(subjects));

  it('is refused when its kind is no kind of ours', () => {
    expect(() => parseSubjects(['pods/web'])).toThrow('pods/web names nothing');
    expect(() => parseSubjects(['node/'])).toThrow('node/ names nothing');
  });
});
