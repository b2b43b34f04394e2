import type { Json } from '../base/json.js';
import { sameJson } from '../attrib/schema.js';
import type { CapabilityState, TestVerdict, Verdict } from './verdict.js';

/** What changed from one verdict to another: between two runs of a cloud, two clouds, or two guidelines. */
export interface Comparison {
  readonly before: ComparedVerdict;
  readonly after: ComparedVerdict;
  readonly newlyPassing: readonly ChangedTest[];
  readonly newlyFailing: readonly ChangedTest[];
  /** Failed before and skipped now, or the other way round. */
  readonly failedToSkipped: readonly ChangedTest[];
  readonly skippedToFailed: readonly ChangedTest[];
  /** Any other change: from not run to failed, from missing to skipped. */
  readonly otherwiseChanged: readonly ChangedTest[];
  /** Tests that only one of the two asks for. */
  readonly added: readonly string[];
  readonly removed: readonly string[];
  readonly slower: readonly SlowerTest[];
  readonly capabilities: readonly ChangedCapability[];
  /** What changed in the cloud, by attribute. */
  readonly attributes: readonly ChangedAttribute[];
}

export type ComparedVerdict = Pick<Verdict, 'guideline' | 'program' | 'met' | 'mustPass' | 'claim'>;

export interface ChangedTest {
  readonly name: string;
  readonly before: TestVerdict['outcome'];
  readonly after: TestVerdict['outcome'];
  readonly reason: string | null;
}

export interface SlowerTest {
  readonly name: string;
  readonly before: number;
  readonly after: number;
}

/** Null where it is not in the program. */
export interface ChangedCapability {
  readonly name: string;
  readonly before: CapabilityState | null;
  readonly after: CapabilityState | null;
}

/** Undefined where there is no such attribute. */
export interface ChangedAttribute {
  readonly name: string;
  readonly before: Json | undefined;
  readonly after: Json | undefined;
}

/** A verdict with the attributes that the deployment had then, secrets masked. */
export interface VerdictSnapshot {
  readonly verdict: Verdict;
  readonly attributes?: Readonly<Record<string, Json>>;
}

/** A test is called slower when it takes more than twice as long. */
export const SLOWER_FACTOR = 2;

/** Below this a test is noise: a factor of two of a tenth of a second says nothing. */
export const SLOWER_SECONDS_MIN = 1;

/** Compares test by test, by id where both have one (a renamed test is the same test), else by name. */
export const compareVerdicts = (before: VerdictSnapshot, after: VerdictSnapshot): Comparison => {
  const { pairs, added, removed } = pair(before.verdict.tests, after.verdict.tests);
  const pick = (change: Change): readonly ChangedTest[] =>
    pairs.filter((both) => changeOf(both) === change).map(toChange);
  return {
    before: summary(before.verdict),
    after: summary(after.verdict),
    newlyPassing: pick('newly-passing'),
    newlyFailing: pick('newly-failing'),
    failedToSkipped: pick('failed-to-skipped'),
    skippedToFailed: pick('skipped-to-failed'),
    otherwiseChanged: pick('otherwise'),
    added,
    removed,
    slower: pairs.flatMap(toSlower),
    capabilities: changedCapabilities(before.verdict, after.verdict),
    attributes: changedAttributes(before.attributes ?? {}, after.attributes ?? {}),
  };
};

type Pair = readonly [TestVerdict, TestVerdict];
type Change = 'newly-passing' | 'newly-failing' | 'failed-to-skipped' | 'skipped-to-failed' | 'otherwise' | 'none';

const changeOf = ([before, after]: Pair): Change => {
  if (before.outcome === after.outcome) return 'none';
  if (after.outcome === 'passed') return 'newly-passing';
  if (before.outcome === 'passed' && hasFailed(after)) return 'newly-failing';
  if (hasFailed(before) && after.outcome === 'skipped') return 'failed-to-skipped';
  if (before.outcome === 'skipped' && hasFailed(after)) return 'skipped-to-failed';
  return 'otherwise';
};

const hasFailed = ({ outcome }: TestVerdict): boolean => outcome === 'failed' || outcome === 'setup-failed';

const summary = ({ guideline, program, met, mustPass, claim }: Verdict): ComparedVerdict => ({
  guideline,
  program,
  met,
  mustPass,
  claim,
});

const toChange = ([before, after]: Pair): ChangedTest => ({
  name: after.test.key,
  before: before.outcome,
  after: after.outcome,
  reason: after.reason,
});

const toSlower = ([before, after]: Pair): readonly SlowerTest[] => {
  if (before.seconds === null || after.seconds === null) return [];
  if (after.seconds < SLOWER_SECONDS_MIN || after.seconds <= before.seconds * SLOWER_FACTOR) return [];
  return [{ name: after.test.key, before: before.seconds, after: after.seconds }];
};

/** By name first; what is left over on both sides by a common id. */
const pair = (
  before: readonly TestVerdict[],
  after: readonly TestVerdict[],
): { readonly pairs: readonly Pair[]; readonly added: readonly string[]; readonly removed: readonly string[] } => {
  const left = new Map(before.map((one) => [one.test.key, one]));
  const pairs: Pair[] = [];
  const unpaired: TestVerdict[] = [];
  for (const one of after) {
    const same = left.get(one.test.key);
    if (same) pairs.push([same, one]);
    else unpaired.push(one);
    left.delete(one.test.key);
  }
  const byId = new Map([...left.values()].flatMap((one) => one.test.ids.map((id) => [id, one] as const)));
  const added: string[] = [];
  for (const one of unpaired) {
    const renamed = one.test.ids.map((id) => byId.get(id)).find((other) => other && left.has(other.test.key));
    if (renamed) pairs.push([renamed, one]);
    else added.push(one.test.key);
    if (renamed) left.delete(renamed.test.key);
  }
  return { pairs, added, removed: [...left.keys()] };
};

const changedCapabilities = (before: Verdict, after: Verdict): readonly ChangedCapability[] => {
  const states = (verdict: Verdict): ReadonlyMap<string, CapabilityState> =>
    new Map(verdict.capabilities.map(({ name, state }) => [name, state]));
  const [then, now] = [states(before), states(after)];
  return [...new Set([...then.keys(), ...now.keys()])]
    .map((name) => ({ name, before: then.get(name) ?? null, after: now.get(name) ?? null }))
    .filter((one) => one.before !== one.after);
};

const changedAttributes = (
  before: Readonly<Record<string, Json>>,
  after: Readonly<Record<string, Json>>,
): readonly ChangedAttribute[] => {
  const [then, now] = [new Map(Object.entries(before)), new Map(Object.entries(after))];
  return [...new Set([...then.keys(), ...now.keys()])]
    .sort()
    .map((name) => ({ name, before: then.get(name), after: now.get(name) }))
    .filter((one) => !same(one.before, one.after));
};

const same = (one: Json | undefined, other: Json | undefined): boolean =>
  one === undefined || other === undefined ? one === other : sameJson(one, other);
