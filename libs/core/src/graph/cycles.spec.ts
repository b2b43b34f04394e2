import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findCycle, findPath, findRoleCycle, refuseRoleCycle } from './cycles.js';

const needsOf = (graph: Readonly<Record<string, readonly string[]>>) => (key: string) => graph[key] ?? [];

describe('a cycle', () => {
  //  a → b → c → a, and d hangs on
  it('is found as a path that ends where it begins', () => {
    const graph = { a: ['b'], b: ['c'], c: ['a'], d: ['a'] };
    expect(findCycle(Object.keys(graph), needsOf(graph))).toEqual(['a', 'b', 'c', 'a']);
  });

  it('is found where something needs itself', () => {
    expect(findCycle(['a'], needsOf({ a: ['a'] }))).toEqual(['a', 'a']);
  });

  it('is not found in a diamond', () => {
    const graph = { a: [], b: ['a'], c: ['a'], d: ['b', 'c'] };
    expect(findCycle(Object.keys(graph), needsOf(graph))).toBeNull();
  });

  it('is found below a chain of a hundred thousand', () => {
    const name = (at: number): string => String(at).padStart(6, '0');
    const keys = Array.from({ length: 100_000 }, (_, at) => name(at));
    const needs = (key: string): string[] => (Number(key) === 99_999 ? [name(99_998)] : [name(Number(key) + 1)]);
    expect(findCycle(keys, needs)).toEqual([name(99_998), name(99_999), name(99_998)]);
  });

  const graphs = fc.array(fc.array(fc.nat(7), { maxLength: 3 }), { minLength: 8, maxLength: 8 });

  it('is found exactly where something can be reached from itself', () => {
    fc.assert(
      fc.property(graphs, (lists) => {
        const needs = (key: string): string[] => (lists[Number(key)] as number[]).map(String);
        const keys = lists.map((_, at) => String(at));
        const cycle = findCycle(keys, needs);
        const circular = keys.some((key) => needs(key).some((next) => findPath(next, key, needs) !== null));
        expect(cycle !== null).toBe(circular);
        if (!cycle) return;
        expect(cycle.at(-1)).toBe(cycle[0]);
        for (let at = 1; at < cycle.length; at += 1) expect(needs(cycle[at - 1] as string)).toContain(cycle[at]);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a path', () => {
  it('is a shortest one', () => {
    const graph = { a: ['b', 'c'], b: ['d'], c: ['e'], d: ['e'] };
    expect(findPath('a', 'e', needsOf(graph))).toEqual(['a', 'c', 'e']);
    expect(findPath('e', 'a', needsOf(graph))).toBeNull();
    expect(findPath('a', 'a', needsOf(graph))).toEqual(['a']);
  });
});

describe('roles', () => {
  it('that require each other in a circle are refused with the path', () => {
    const roles = [
      { name: 'a', requires: ['b'] },
      { name: 'b', requires: ['a'] },
    ];
    expect(refuseRoleCycle(roles)).toMatchObject({
      code: 'cycle',
      detail: 'the roles wait for each other in a circle: a → b → a. Take one of these requirements out.',
      fields: { path: ['a', 'b', 'a'] },
    });
  });

  it('that precede what they require are a circle too', () => {
    expect(
      findRoleCycle([
        { name: 'a', requires: ['b'], precedes: ['b'] },
        { name: 'b', requires: [] },
      ]),
    ).toEqual(['a', 'b', 'a']);
  });

  it('may name what nobody has imported', () => {
    expect(refuseRoleCycle([{ name: 'a', requires: ['ghost'], precedes: ['phantom'] }])).toBeNull();
  });
});
