import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { idOf } from '../base/ids.js';
import { Heap } from './heap.js';
import { ReadySet, type ReadyItem } from './ready-set.js';

const item = (id: string, says: Partial<Record<keyof ReadyItem, unknown>> = {}): ReadyItem =>
  ({
    id,
    nodeId: `node of ${id}`,
    deploymentId: 'web',
    cohort: 0,
    priority: 0,
    notBefore: null,
    rerun: false,
    done: false,
    ...says,
  }) as ReadyItem;

const setOf = (...items: ReadyItem[]): ReadySet => {
  const ready = new ReadySet();
  for (const { nodeId, deploymentId } of items) {
    ready.setNode(nodeId, true);
    ready.setDeployment(deploymentId, true, 0);
  }
  for (const each of items) ready.put(each);
  return ready;
};
const take = (ready: ReadySet, slots: number, now = 0): string[] => ready.take(slots, now).map(({ id }) => id);

describe('the order in which noderoles run', () => {
  it('is by priority of the role, then by cohort, then by id', () => {
    const ready = setOf(
      item('d', { cohort: 1 }),
      item('c'),
      item('b', { cohort: 1 }),
      item('a', { cohort: 9, priority: 5 }),
    );
    expect(take(ready, 9)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('gives a node one run, its best one, and the next when that one has ended', () => {
    const ready = setOf(item('low', { nodeId: 'n1', cohort: 5 }), item('high', { nodeId: 'n1', cohort: 3 }));
    expect(take(ready, 9)).toEqual(['high']);
    expect(take(ready, 9)).toEqual([]);
    ready.release(idOf('high'));
    expect(take(ready, 9)).toEqual(['low']);
  });

  it('takes turns between deployments, so that a large one does not starve a small one', () => {
    const large = Array.from({ length: 8 }, (_, at) => item(`large-${at}`, { deploymentId: 'large' }));
    const small = Array.from({ length: 3 }, (_, at) => item(`small-${at}`, { deploymentId: 'small' }));
    const ready = setOf(...large, ...small);
    expect(take(ready, 6)).toEqual(['large-0', 'small-0', 'large-1', 'small-1', 'large-2', 'small-2']);
  });

  it('gives the next place to the deployment with the fewest runs in flight', () => {
    const ready = setOf(item('x', { deploymentId: 'busy' }), item('y', { deploymentId: 'idle' }));
    ready.hold(idOf('earlier'), idOf('elsewhere'), idOf('busy'));
    expect(take(ready, 1)).toEqual(['y']);
  });

  it('serves a deployment of higher priority first, on every node', () => {
    const ready = setOf(
      item('plain', { nodeId: 'n1' }),
      item('urgent', { nodeId: 'n1', deploymentId: 'rescue', cohort: 7 }),
    );
    ready.setDeployment(idOf('rescue'), true, 10);
    expect(take(ready, 1)).toEqual(['urgent']);
  });
});

describe('what keeps an item back', () => {
  it('is a node that is closed, until it opens', () => {
    const ready = setOf(item('a', { nodeId: 'n1' }));
    ready.setNode(idOf('n1'), false);
    expect(take(ready, 1)).toEqual([]);
    ready.setNode(idOf('n1'), true);
    expect(take(ready, 1)).toEqual(['a']);
  });

  it('is a deployment that is not committed, until it is', () => {
    const ready = setOf(item('a'));
    ready.setDeployment(idOf('web'), false, 0);
    expect(take(ready, 1)).toEqual([]);
    ready.setDeployment(idOf('web'), true, 0);
    expect(take(ready, 1)).toEqual(['a']);
  });

  it('is its time, and says when to look again', () => {
    const ready = setOf(item('later', { notBefore: 500 }), item('now'));
    expect(take(ready, 9, 499)).toEqual(['now']);
    expect(ready.nextWake()).toBe(500);
    expect(take(ready, 9, 500)).toEqual(['later']);
  });

  it('does not hold back another item of its node', () => {
    expect(
      take(setOf(item('later', { nodeId: 'n1', notBefore: 500 }), item('now', { nodeId: 'n1', cohort: 4 })), 9),
    ).toEqual(['now']);
  });

  it('is the number of places', () => {
    const ready = setOf(item('a'), item('b'), item('c'));
    expect(take(ready, 2)).toHaveLength(2);
    expect(ready.running).toBe(2);
    expect(take(ready, 0)).toEqual([]);
  });
});

describe('places that went stale', () => {
  it('are passed over after an item was removed, put again or changed', () => {
    const ready = setOf(item('a'), item('b', { cohort: 1 }));
    ready.remove(idOf('a'));
    ready.put(item('b', { cohort: 3 }));
    ready.put(item('c', { nodeId: 'node of b', cohort: 2 }));
    expect(take(ready, 9)).toEqual(['c']);
    expect(ready.size).toBe(1);
  });

  it('do not bring back a wait that was replaced', () => {
    const ready = setOf(item('a', { notBefore: 100 }));
    ready.put(item('a', { notBefore: 900 }));
    expect(take(ready, 1, 500)).toEqual([]);
    expect(take(ready, 1, 900)).toEqual(['a']);
  });

  it('do not let a refused claim be lost: it is released and put back', () => {
    const ready = setOf(item('a'));
    expect(take(ready, 1)).toEqual(['a']);
    ready.release(idOf('a'));
    ready.put(item('a'));
    expect(ready.running).toBe(0);
    expect(take(ready, 1)).toEqual(['a']);
  });
});

it('a heap gives its items in order, whatever the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (numbers) => {
      const heap = new Heap<number>((a, b) => a < b);
      for (const number of numbers) heap.push(number);
      const popped = numbers.map(() => heap.pop());
      expect(popped).toEqual([...numbers].sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }),
  );
});
