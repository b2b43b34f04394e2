import { describe, expect, it } from 'vitest';
import { nodeAt, type PastEvent, type PresentNode } from './node-at.js';

const NOW: PresentNode = {
  createdAt: 0,
  alive: true,
  available: true,
  nodeRoles: [{ id: 'a', name: 'ntp-client@n1', state: 'active', createdAt: 10 }],
};
let seq = 0;
const event = (
  at: number,
  kind: string,
  data: Record<string, unknown> | null = null,
  nodeRoleId: string | null = 'a',
): PastEvent => ({
  seq: (seq += 1),
  at,
  kind,
  nodeRoleId,
  data,
});
const LIFE = [
  event(10, 'node_role.proposed', { from: null }),
  event(20, 'node_role.todo', { from: 'proposed' }),
  event(30, 'node_role.transition', { from: 'todo' }),
  event(40, 'node_role.active', { from: 'transition' }),
];
const stateAt = (moment: number, events = LIFE) => nodeAt(NOW, events, moment).nodeRoles[0]?.state;

describe('a node at a moment of the past', () => {
  it('has the states that were told last before', () => {
    expect([5, 10, 19, 20, 35, 40, 99].map((moment) => stateAt(moment))).toEqual([
      undefined,
      'proposed',
      'proposed',
      'todo',
      'transition',
      'active',
      'active',
    ]);
  });

  it('is told from what came after, where the older history was forgotten', () => {
    expect(stateAt(15, LIFE.slice(1))).toBe('proposed');
    expect(stateAt(25, LIFE.slice(2))).toBe('todo');
    expect(stateAt(35, LIFE.slice(3))).toBe('transition');
    expect(stateAt(50, [])).toBe('active');
  });

  it('still has what was unbound since, by the name that it had', () => {
    const events = [
      event(10, 'node_role.proposed', { from: null }, 'gone'),
      event(50, 'node_role.unbound', { name: 'lab-motd@n1' }, 'gone'),
    ];
    expect(nodeAt(NOW, events, 20).nodeRoles.map(({ name }) => name)).toContain('lab-motd@n1');
    expect(nodeAt(NOW, events, 60).nodeRoles.map(({ name }) => name)).toEqual(['ntp-client@n1']);
  });

  it('is as alive and as available as it was then', () => {
    const events = [event(30, 'node.dead', null, null), event(40, 'node.alive', null, null)];
    expect([20, 35, 45].map((moment) => nodeAt(NOW, events, moment).alive)).toEqual([true, false, true]);
    expect(nodeAt(NOW, [event(30, 'node.unavailable', null, null)], 20).available).toBe(true);
  });

  it('is not there before it was made, and has the worst state of what is on it', () => {
    expect(nodeAt({ ...NOW, createdAt: 100 }, LIFE, 50)).toMatchObject({ there: false, nodeRoles: [] });
    const events = [...LIFE, event(35, 'node_role.error', { from: 'transition' }, 'b')];
    expect(nodeAt(NOW, events, 36).state).toBe('error');
  });
});
