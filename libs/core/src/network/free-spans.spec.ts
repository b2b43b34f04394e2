import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FreeSpans } from './free-spans.js';

const NOBODY: ReadonlySet<bigint> = new Set();
const span = (first: bigint, last: bigint) => ({ family: 4 as const, first, last });

describe('what is free', () => {
  it('is what a set of single addresses would say, whatever is taken and given back', () => {
    const act = fc.oneof(
      fc.record({ kind: fc.constant('take' as const), address: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: fc.constant('give' as const), address: fc.integer({ min: 0, max: 60 }) }),
      fc.record({ kind: fc.constant('lowest' as const), address: fc.integer({ min: 0, max: 60 }) }),
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 120 }), (acts) => {
        const spans = new FreeSpans(4, [span(5n, 50n)]);
        const free = new Set(Array.from({ length: 46 }, (_, index) => BigInt(index + 5)));
        for (const { kind, address } of acts) {
          const value = BigInt(address);
          if (kind === 'take') expect(spans.take(value)).toBe(free.delete(value));
          else if (kind === 'give') {
            expect(spans.give(value)).toBe(!free.has(value));
            free.add(value);
          } else {
            const avoid = new Set([value]);
            const lowest = [...free].filter((one) => !avoid.has(one)).sort((a, b) => Number(a - b))[0] ?? null;
            expect(spans.takeLowest(avoid)).toBe(lowest);
            if (lowest !== null) free.delete(lowest);
          }
        }
        const now = spans.now();
        expect(
          now.flatMap(({ first, last }) =>
            Array.from({ length: Number(last - first) + 1 }, (_, at) => first + BigInt(at)),
          ),
        ).toEqual([...free].sort((a, b) => Number(a - b)));
        // As few spans as possible: there is a gap between any two.
        for (let at = 1; at < now.length; at += 1) expect(now[at]!.first - now[at - 1]!.last).toBeGreaterThan(1n);
      }),
    );
  });

  it('says which rows have to go and which have to come', () => {
    const spans = new FreeSpans(4, [span(1n, 3n), span(10n, 20n)]);
    spans.take(15n);
    expect(spans.difference()).toEqual({ before: [span(10n, 20n)], after: [span(10n, 14n), span(16n, 20n)] });
    spans.give(15n);
    expect(spans.difference()).toEqual({ before: [], after: [] });
  });

  it('looks at no more spans than a binary search does, in a /64 as in a /24, full of holes or not', () => {
    const holes = 32_768;
    const fragmented = Array.from({ length: holes }, (_, index) => span(BigInt(index * 2), BigInt(index * 2)));
    const wide = { family: 6 as const, first: 1n, last: (1n << 64n) - 2n };
    for (const spans of [new FreeSpans(4, fragmented), new FreeSpans(6, [wide])]) {
      spans.looks = 0;
      spans.take(40_000n);
      spans.give(40_000n);
      spans.takeLowest(NOBODY);
      expect(spans.looks).toBeLessThanOrEqual(2 * Math.ceil(Math.log2(holes + 1)) + 1);
    }
  });
});
