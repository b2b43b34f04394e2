import type { Capability } from '../guideline.js';
import { pointTo, type Notes } from './notes.js';

/**
 * Tests that name one another as aliases: one pass would count for all of the ring. Published files have such rings where
 * a test was renamed and its id stayed; there it is one test under two names, which is told. Where the ids differ they
 * are different tests, and the file is refused.
 */
export const findAliasRings = (capabilities: ReadonlyMap<string, Capability>, notes: Notes): void => {
  const tests = gather(capabilities);
  for (const ring of ringsOf(tests)) {
    const way = [...ring, ring[0]].join(' → ');
    const at = tests.get(ring[0] ?? '')?.at ?? '';
    const ids = ring.map((key) => tests.get(key)?.ids ?? new Set<string>());
    const shared = [...(ids[0] ?? [])].some((id) => ids.every((others) => others.has(id)));
    if (shared)
      notes.warn(at, `aliases run in a ring (${way}); the tests share an id and are taken for one renamed test`);
    else
      notes.problem(
        at,
        `aliases run in a ring (${way}), so that one pass would count for ${ring.length}; take one out`,
      );
  }
};

interface NamedTest {
  readonly at: string;
  readonly ids: Set<string>;
  readonly aliases: Set<string>;
}

/** A test may stand in several capabilities; here it is one, with all that is said of it. */
const gather = (capabilities: ReadonlyMap<string, Capability>): ReadonlyMap<string, NamedTest> => {
  const tests = new Map<string, NamedTest>();
  for (const { name, tests: listed } of capabilities.values())
    for (const { key, ids, aliases } of listed) {
      const at = pointTo(pointTo(pointTo('/capabilities', name), 'tests'), key);
      const test = tests.get(key) ?? { at, ids: new Set<string>(), aliases: new Set<string>() };
      for (const id of ids) test.ids.add(id);
      for (const alias of aliases) test.aliases.add(alias);
      tests.set(key, test);
    }
  return tests;
};

/** Walks along aliases that are tests themselves, without recursion, and gives each ring it comes upon once. */
const ringsOf = (tests: ReadonlyMap<string, NamedTest>): readonly (readonly string[])[] => {
  const rings: string[][] = [];
  const done = new Set<string>();
  for (const start of tests.keys()) {
    if (done.has(start)) continue;
    const path: string[] = [start];
    const depthOf = new Map([[start, 0]]);
    const left = [nextOf(tests, start)];
    while (path.length > 0) {
      const next = left.at(-1)?.pop();
      if (next === undefined) {
        left.pop();
        const ended = path.pop();
        if (ended === undefined) break;
        done.add(ended);
        depthOf.delete(ended);
        continue;
      }
      const met = depthOf.get(next);
      if (met !== undefined) rings.push(path.slice(met));
      else if (!done.has(next)) {
        depthOf.set(next, path.length);
        path.push(next);
        left.push(nextOf(tests, next));
      }
    }
  }
  return rings;
};

const nextOf = (tests: ReadonlyMap<string, NamedTest>, key: string): string[] =>
  [...(tests.get(key)?.aliases ?? [])].filter((alias) => alias !== key && tests.has(alias)).reverse();
