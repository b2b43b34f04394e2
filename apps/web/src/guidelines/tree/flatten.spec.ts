import { describe, expect, it } from 'vitest';
import { flatten, type Branch } from './flatten';

const leaf = (id: string): Branch => ({ id, label: id });
const TREE: readonly Branch[] = [
  { id: 'a', label: 'a', below: [{ id: 'a1', label: 'a1', below: [leaf('x'), leaf('y')] }, leaf('a2')] },
  leaf('b'),
];

const shown = (open: readonly string[]) => flatten(TREE, (id) => open.includes(id));

describe('the lines of a tree', () => {
  it('are the roots alone while all is shut', () => {
    expect(shown([]).map(({ branch }) => branch.id)).toEqual(['a', 'b']);
  });

  it('have what is below an open one after it, with its level, its place and what it is below', () => {
    expect(
      shown(['a', 'a1']).map(({ branch, level, position, size, parent }) => [branch.id, level, position, size, parent]),
    ).toEqual([
      ['a', 1, 1, 2, -1],
      ['a1', 2, 1, 2, 0],
      ['x', 3, 1, 2, 1],
      ['y', 3, 2, 2, 1],
      ['a2', 2, 2, 2, 0],
      ['b', 1, 2, 2, -1],
    ]);
  });

  it('leave out what is below something that is shut, also where that itself is open', () => {
    expect(shown(['a1']).map(({ branch }) => branch.id)).toEqual(['a', 'b']);
  });

  it('never tell of a leaf that it is open', () => {
    expect(shown(['b'])[1]?.isOpen).toBe(false);
  });
});
