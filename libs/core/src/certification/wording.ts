import type { CloudFacts } from './certification.js';
import type { Guideline } from './guideline.js';
import type { Suite } from './suite.js';
import type { Verdict } from './verdict.js';

/**
 * The sentences that a verdict is told in, the same on the screen, in the CLI and in every export. None of them says that
 * anything or anybody was certified: that is for others to say.
 */
export const UNOFFICIAL_RESULTS = 'Unofficial results: a self-test of this cloud, approved by nobody.';

/** What is claimed, from the figures alone. Of a simulation it is never claimed that it meets anything. */
export const claimOf = (
  { title, guideline, mustPass }: { readonly title: string; readonly guideline: string } & Pick<Verdict, 'mustPass'>,
  facts: CloudFacts | null,
): string => {
  const { total, passed } = mustPass;
  const where = `${title}, guideline ${guideline}`;
  if (total === 0) return `Nothing to meet: ${where}, has no must-pass test`;
  const share = `passes ${passed} of ${total} must-pass tests (${percentText(passed, total)}) of ${where}`;
  if (isFake(facts)) return `In simulation ${share}`;
  if (passed === total) return `Meets all ${total} must-pass tests of ${where}`;
  return `P${share.slice(1)}`;
};

/** Of a whole, with one digit, rounded down: what is not complete never reads as 100 %. */
export const percentText = (part: number, whole: number): string =>
  `${(Math.floor((part * 1000) / whole) / 10).toString()} %`;

/** Nova's driver that only pretends to start guests. */
export const isFake = (facts: CloudFacts | null): boolean => facts?.hypervisor === 'fake';

/** What a reader has to know beside the figures, none of which it changes. */
export const qualifiersOf = (
  guideline: Guideline,
  facts: CloudFacts | null,
  suite: Suite | null,
  { retried }: { readonly retried: number },
): readonly string[] =>
  [
    UNOFFICIAL_RESULTS,
    guideline.kind === 'local' ? `${guideline.id} is a profile written by a site, not a published guideline.` : null,
    statusQualifier(guideline),
    releaseQualifier(guideline, facts),
    suiteQualifier(guideline, suite),
    isFake(facts)
      ? 'The compute service ran its fake driver: no guest was started, which says nothing of a hypervisor.'
      : null,
    ...(facts?.simulated ?? []).map((part) => `Simulated: ${part}.`),
    retried > 0 ? `${retried} of the tests passed only when tried again.` : null,
  ].filter((says) => says !== null);

const statusQualifier = ({ id, kind, status, replaces }: Guideline): string | null => {
  if (status === null || status === 'approved' || kind === 'local') return null;
  if (status === 'superseded') return `Guideline ${id} is superseded by a later one.`;
  return `Guideline ${id} is not approved (${status})${replaces ? `; the one before is ${replaces}` : ''}.`;
};

const releaseQualifier = ({ id, releases }: Guideline, facts: CloudFacts | null): string | null => {
  if (releases.length === 0) return null;
  const release = facts?.release?.toLowerCase() ?? null;
  if (release === null) return `The release of this cloud is not known; guideline ${id} names ${releases.join(', ')}.`;
  if (releases.includes(release)) return null;
  return `Guideline ${id} does not name ${capital(release)}; the result is informative.`;
};

const suiteQualifier = ({ id, suites }: Guideline, suite: Suite | null): string | null => {
  const reference = suites.find(({ name }) => name === suite?.name)?.reference ?? null;
  if (!suite || reference === null) return null;
  const wanted = numbersOf(reference);
  const had = numbersOf(suite.version.replace(/^\d+:/, '').replace(/[^\d.].*$/, ''));
  const made = `guideline ${id} was made for ${suite.name} ${reference}`;
  if (!wanted || !had) return `Run with ${suite.name} ${suite.version}; ${made}.`;
  const order = compareNumbers(had, wanted);
  if (order === 0) return null;
  return `Run with ${suite.name} ${suite.version}, which is ${order > 0 ? 'newer' : 'older'}: ${made}.`;
};

/** The numbers of a version; null of a commit. */
const numbersOf = (version: string): readonly number[] | null =>
  /^\d+(\.\d+)*$/.test(version) && version.length < 40 ? version.split('.').map(Number) : null;

/** To the length of the reference: 33.0.1 is the 33 that was asked for. */
const compareNumbers = (had: readonly number[], wanted: readonly number[]): number => {
  for (const [index, number] of wanted.entries()) {
    const difference = (had[index] ?? 0) - number;
    if (difference !== 0) return difference;
  }
  return 0;
};

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
