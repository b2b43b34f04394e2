import { describe, expect, it } from 'vitest';
import { placeOf } from './place-of';

const TEXT = `{
  "metadata": { "id": "2031.01", "a/b": [1, {"c": "d \\" e"}] },
  "programs": []
}`;
const at = (pointer: string, text = TEXT): string | null => {
  const place = placeOf(text, pointer);
  return place && text.slice(place.start, place.end);
};

describe('the place that a JSON pointer names', () => {
  it('is the member with its name', () => {
    expect(at('/metadata/id')).toBe('"id": "2031.01"');
    expect(at('/programs')).toBe('"programs": []');
  });

  it('is an element of a list, below a name with a slash in it', () => {
    expect(at('/metadata/a~1b/1/c')).toBe('"c": "d \\" e"');
    expect(at('/metadata/a~1b/0')).toBe('1');
  });

  it('is all of the text for an empty pointer', () => {
    expect(at('')).toBe(TEXT);
  });

  it('is the nearest that is there, where something is missing', () => {
    expect(at('/metadata/releases/3')).toMatch(/^"metadata": \{/);
  });

  it('is none in what is no JSON, nests without end, or ends in the middle', () => {
    for (const text of ['', 'nothing', '{"a" 1}', '['.repeat(100_000), '{"a": "b'])
      expect(placeOf(text, '/a')).toBeNull();
  });
});
