import { describe, expect, it } from 'vitest';
import { drawn, picture, type DrawnDetails } from '#testkit';
import { idOf, type RoleId } from '../base/ids.js';
import { isRefusal, type Refusal } from '../base/refusal.js';
import { GraphDraft } from '../graph/draft.js';
import { RoleCatalog, type BindRole, type RoleFlag } from '../graph/role-catalog.js';
import { repointParent, type Repointing } from './repoint.js';

const role = (name: string, also: { requires?: string[]; provides?: string[]; flags?: RoleFlag[] } = {}): BindRole => ({
  id: idOf(name),
  name,
  jig: 'noop',
  jigActive: true,
  flags: new Set(also.flags),
  requires: (also.requires ?? []).map((required) => ({ name: required, roleId: idOf<RoleId>(required) })),
  precedes: [],
  provides: also.provides ?? [],
  conflicts: [],
  wants: [],
});

const catalog = new RoleCatalog([
  role('A'),
  role('A2', { provides: ['A'] }),
  role('B', { requires: ['A'] }),
  role('C', { requires: ['B'] }),
  role('I', { flags: ['implicit'] }),
  role('J', { requires: ['I'] }),
  role('M', { flags: ['cluster'] }),
  role('N', { requires: ['M'] }),
  role('P', { provides: ['M'] }),
]);

const repoint = (
  text: string,
  way: string,
  details: DrawnDetails = {},
): { answer: Repointing | Refusal; draft: GraphDraft; after: string[] } => {
  const draft = new GraphDraft(drawn(text, details));
  const [child, from, to] = way.split(' ') as [string, string, string];
  const answer = repointParent(draft, catalog, { childId: idOf(child), fromId: idOf(from), toId: idOf(to) });
  return { answer, draft, after: picture(draft).split('\n') };
};

describe('pointing a noderole to another parent', () => {
  it('changes one edge and runs it again when it is active', () => {
    const { answer, after } = repoint('A@n2 active --> B active\nA@n3 active', 'B A@n2 A@n3');
    expect(answer).toMatchObject({
      removed: { parentId: 'A@n2', childId: 'B' },
      added: [{ parentId: 'A@n3', childId: 'B', soft: false, pending: false, why: 'operator', neededRoleId: 'A' }],
    });
    expect(after).toContain('B active+dirty');
  });

  it('lets it run when the new parent is active', () => {
    const { draft, after } = repoint('A@n2 error --> B blocked\nA@n3 active', 'B A@n2 A@n3');
    expect(after).toContain('B todo');
    expect(draft.nodeRole(idOf('B')).unmet).toBe(0);
  });

  it('blocks it, and what is below, when the new parent is not', () => {
    const { draft, after } = repoint('A@n2 active --> B active --> C@n4 active\nA@n3 todo', 'B A@n2 A@n3');
    expect(after).toEqual(expect.arrayContaining(['B blocked', 'C@n4 blocked']));
    expect([draft.nodeRole(idOf('B')).unmet, draft.nodeRole(idOf('C@n4')).unmet]).toEqual([1, 1]);
  });

  it('goes on relying on a parent that is being run again', () => {
    expect(repoint('A@n2 active --> B active\nA@n3 transition+rerun', 'B A@n2 A@n3').after).toContain('B active+dirty');
  });

  it('takes a role that provides what was asked for', () => {
    expect(isRefusal(repoint('A@n2 active --> B active\nA2@n3 active', 'B A@n2 A2@n3').answer)).toBe(false);
  });

  it('raises cohorts below', () => {
    const { draft } = repoint('A@n2 active --> B proposed --> C proposed\nI@n3 active --> A@n3 active', 'B A@n2 A@n3');
    expect([draft.nodeRole(idOf('B')).cohort, draft.nodeRole(idOf('C')).cohort]).toEqual([2, 3]);
  });

  it('takes all instances of a cluster role', () => {
    const text = 'P@n2 active --> N active\nM@n3 active\nM@n4 proposed';
    expect(repoint(text, 'N P@n2 M@n3', { roles: { M: { cluster: true } } }).answer).toMatchObject({
      added: [
        { parentId: 'M@n3', why: 'operator', pending: false },
        { parentId: 'M@n4', why: 'cluster-peer', pending: true },
      ],
    });
  });

  const refused: [string, string, string, string, DrawnDetails?][] = [
    ['an edge that is not there', 'A@n2 active\nB active', 'B A@n2 A@n2', 'not-found'],
    ['a parent it has already', 'A@n2 active --> B active\nA@n3 active --> B', 'B A@n2 A@n3', 'already-exists'],
    ['a soft edge', 'A@n2 active ~~> B active\nA@n3 active', 'B A@n2 A@n3', 'invalid'],
    ['a role that is something else', 'A@n2 active --> B active\nI@n3 active', 'B A@n2 I@n3', 'invalid'],
    ['an implicit parent on another node', 'I active --> J active\nI@n3 active', 'J I I@n3', 'invalid'],
    [
      'one of a cluster',
      'M@n2 active --> N active\nP@n3 active',
      'N M@n2 P@n3',
      'invalid',
      { roles: { M: { cluster: true } } },
    ],
    [
      'a parent in a deployment beside',
      'A@n2 active --> B active\nA@n3 active',
      'B A@n2 A@n3',
      'invalid',
      { nodeRoles: { 'A@n3': { deploymentId: idOf('storage') } } },
    ],
    ['a parent that is only proposed', 'A@n2 active --> B active\nA@n3 proposed', 'B A@n2 A@n3', 'wrong-state'],
    ['a child that runs', 'A@n2 active --> B transition\nA@n3 active', 'B A@n2 A@n3', 'wrong-state'],
    ['a parent below itself', 'A@n2 active --> B active --> A@n3 active', 'B A@n2 A@n3', 'cycle'],
  ];
  it.each(refused)('is refused for %s', (_what, text, way, code, details) => {
    const { answer, draft } = repoint(text, way, details);
    expect(answer).toMatchObject({ refused: true, code });
    expect(draft.decision().changes.nodeRoles.size).toBe(0);
  });
});
