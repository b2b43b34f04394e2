import type { GuidelineTest, TestFlag } from '../guideline.js';
import { ALIASES_MAX, GUIDELINE_TESTS_MAX } from './limits.js';
import { faultOfName, type Place } from './place.js';
import { BARE_FLAG, readFlag } from './read-flag.js';

/** Reads the tests of a capability of schema 1.2: a list of names, and beside it a list of those that are flagged. */
export const readListedTests = (capability: Place): readonly GuidelineTest[] => {
  const names = capability.member('tests').names('a test', GUIDELINE_TESTS_MAX);
  const known = new Set(names);
  const flagged = new Map<string, TestFlag>();
  for (const place of capability.member('flagged', 'flag').items('flagged', GUIDELINE_TESTS_MAX)) {
    const name = place.name('a flagged test');
    if (name === null) continue;
    if (!known.has(name)) place.warn(`${name} is flagged, but is no test of this capability`);
    flagged.set(name, BARE_FLAG);
  }
  return names.map((key) => ({ key, ids: [], aliases: [], flag: flagged.get(key) ?? null }));
};

/** Reads the tests of a capability since schema 1.3: a map from the name to its id, its aliases and its flag. */
export const readMappedTests = (capability: Place): readonly GuidelineTest[] => {
  const place = capability.member('tests');
  if (place.absent) {
    place.warn('the capability lists no tests');
    return [];
  }
  const tests: GuidelineTest[] = [];
  for (const [key, test] of place.members('tests')) {
    const fault = faultOfName(key);
    if (fault) test.problem(`the name of a test ${fault}`);
    test.members(`what is said of ${fault ? 'a test' : key}`);
    test.expectOnly('a test', ['idempotent_id', 'aliases', 'flagged', 'flag']);
    tests.push({ key, ids: readIds(test), aliases: readAliases(test, key), flag: readFlag(test) });
  }
  return tests;
};

const readIds = (test: Place): readonly string[] => {
  const place = test.member('idempotent_id');
  const places = Array.isArray(place.value) ? place.items('ids', ALIASES_MAX) : place.absent ? [] : [place];
  const ids = new Set<string>();
  for (const one of places) {
    const text = one.text('the id of a test');
    if (text === null) continue;
    const id = asTestId(text);
    if (id) ids.add(id);
    else one.warn('an id is "id-" and a UUID; this one is left out, the test is found by its name only');
  }
  return [...ids];
};

/** `id-` and a UUID in lower case, of an id with or without that prefix; null when it is none. */
export const asTestId = (text: string): string | null => {
  const found = /^(?:id-)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i.exec(text.trim());
  return found?.[1] ? `id-${found[1].toLowerCase()}` : null;
};

const readAliases = (test: Place, key: string): readonly string[] => {
  const place = test.member('aliases');
  if (typeof place.value === 'string' && place.value !== '') {
    place.warn('aliases are a list; this one is read as the only alias');
    const only = place.name('an alias');
    return only === null || only === key ? [] : [only];
  }
  const aliases = place.names('an alias', ALIASES_MAX);
  if (aliases.includes(key)) place.warn('a test is no alias of itself; that one is left out');
  return aliases.filter((alias) => alias !== key);
};
