import { findCycle } from '../../graph/cycles.js';
import type { Capability } from '../guideline.js';
import { pointTo, type Notes } from './notes.js';

/**
 * Tests that name one another as aliases, so that one pass counts for all of the ring. Published files have such rings
 * where a test was renamed and its id stayed; there it is one test under two names, and is told. Tests that share no id
 * are different tests, and the file is refused. One ring of each sort is told: the next one shows when it is mended.
 */
export const findAliasRings = (capabilities: ReadonlyMap<string, Capability>, notes: Notes): void => {
  const tests = gather(capabilities);
  const same = groupById(tests);
  const groupOf = (key: string): string => same.get(key) ?? key;
  const members = new Map<string, string[]>();
  for (const key of tests.keys()) {
    const group = members.get(groupOf(key));
    if (group) group.push(key);
    else members.set(groupOf(key), [key]);
  }
  const aliasesOf = (key: string): readonly string[] =>
    [...(tests.get(key)?.aliases ?? [])].filter((alias) => alias !== key && tests.has(alias));

  const between = findCycle(members.keys(), (group) =>
    (members.get(group) ?? [])
      .flatMap(aliasesOf)
      .map(groupOf)
      .filter((other) => other !== group),
  );
  if (between)
    notes.problem(
      placeOf(tests, between),
      `aliases run in a ring (${wayOf(between)}), so that one pass would count for ${between.length - 1}; take one out`,
    );
  const within = findCycle(tests.keys(), (key) => aliasesOf(key).filter((other) => groupOf(other) === groupOf(key)));
  if (within)
    notes.warn(
      placeOf(tests, within),
      `aliases run in a ring (${wayOf(within)}); the tests share an id and are taken for one renamed test`,
    );
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

/** The first test of the group that each belongs to: those that share an id, or share one with a third. */
const groupById = (tests: ReadonlyMap<string, NamedTest>): ReadonlyMap<string, string> => {
  const byId = new Map<string, string[]>();
  for (const [key, { ids }] of tests)
    for (const id of ids) {
      const sharing = byId.get(id);
      if (sharing) sharing.push(key);
      else byId.set(id, [key]);
    }
  const groups = new Map<string, string>();
  for (const start of tests.keys()) {
    if (groups.has(start)) continue;
    groups.set(start, start);
    const waiting = [start];
    for (let key = waiting.pop(); key !== undefined; key = waiting.pop())
      for (const id of tests.get(key)?.ids ?? []) {
        const sharing = byId.get(id) ?? [];
        byId.delete(id);
        for (const other of sharing) {
          if (groups.has(other)) continue;
          groups.set(other, start);
          waiting.push(other);
        }
      }
  }
  return groups;
};

const placeOf = (tests: ReadonlyMap<string, NamedTest>, [first = '']: readonly string[]): string =>
  tests.get(first)?.at ?? '';

/** Enough names to find the ring by. */
const SHOWN_MAX = 6;

const wayOf = (ring: readonly string[]): string =>
  ring.length <= SHOWN_MAX ? ring.join(' → ') : `${ring.slice(0, SHOWN_MAX).join(' → ')} → …`;
