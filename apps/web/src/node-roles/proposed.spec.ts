import { describe, expect, it } from 'vitest';
import { anyOfIds, hasUnseen, IDS_AT_ONCE } from './proposed';

const those = (...ids: string[]) => ids.map((id) => ({ id }));

describe('what is about to be committed', () => {
  it('is asked for in filters that the API takes, with every id in one of them', () => {
    const ids = Array.from({ length: 2 * IDS_AT_ONCE + 1 }, () => crypto.randomUUID());
    const conditions = anyOfIds('node_id', ids);
    expect(conditions).toHaveLength(3);
    for (const condition of conditions) expect(condition.length).toBeLessThan(3_900);
    for (const id of ids) expect(conditions.filter((condition) => condition.includes(id))).toHaveLength(1);
    expect(anyOfIds('node_id', [])).toEqual([]);
  });

  it('has to be shown again when more destroys than was shown, not when less does', () => {
    expect(hasUnseen(those('a'), those('a', 'b'))).toBe(true);
    expect(hasUnseen(those('a', 'b'), those('b'))).toBe(false);
  });
});
