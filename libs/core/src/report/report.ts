import type { Comparison } from '../certification/compare-verdicts.js';
import type { CloudFacts } from '../certification/certification.js';
import type { Disclosure } from '../certification/disclosure.js';
import type { TestOutcome } from '../certification/outcome.js';
import type { Verdict } from '../certification/verdict.js';

/** All that a report of a certification is printed from. Times are RFC 3339. */
export interface CertificationReport {
  readonly id: string;
  readonly cloud: string;
  readonly state: string;
  readonly target: 'deployment' | 'endpoint' | 'import';
  readonly note: string;
  readonly reason: string;
  readonly suite: { readonly name: string; readonly version: string } | null;
  readonly facts: CloudFacts;
  readonly counts: {
    readonly total: number;
    readonly passed: number;
    readonly failed: number;
    readonly skipped: number;
    readonly setupFailed: number;
    readonly notRun: number;
  };
  readonly seconds: number | null;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  readonly official: { readonly by: string; readonly at: string } | null;
  /** What was odd about the run, a sentence each. */
  readonly notes: readonly string[];
  readonly verdicts: readonly Verdict[];
  readonly disclosures: readonly Disclosure[];
  readonly outcomes: readonly TestOutcome[];
  /** With the one before it. */
  readonly comparison: Comparison | null;
}

/**
 * The same for everybody: without what tells of the inside of a house, which are the names of its nodes and what is
 * installed on each, the values of its attributes, and what a failing test printed.
 */
export const forEverybody = (report: CertificationReport): CertificationReport => ({
  ...report,
  note: '',
  notes: [],
  reason: '',
  comparison: null,
  verdicts: report.verdicts.map((verdict) => ({
    ...verdict,
    tests: verdict.tests.map((test) => ({ ...test, reason: null })),
  })),
  disclosures: report.disclosures.map((sheet) => ({
    ...sheet,
    flagged: sheet.flagged.map(withoutReason),
    failed: sheet.failed.map(withoutReason),
    missing: sheet.missing.map(withoutReason),
    skipped: sheet.skipped.map(withoutReason),
    notRun: sheet.notRun.map(withoutReason),
    settings: sheet.settings.map((setting) => ({ ...setting, value: '' })),
    attributes: {},
    nodes: sheet.nodes.map((node, index) => ({ ...node, name: `node ${index + 1}`, packages: [], packageList: null })),
  })),
  outcomes: report.outcomes.map((outcome) => ({ ...outcome, worker: null, reason: null, traceback: null })),
});

const withoutReason = <Test extends { readonly reason: string | null }>(test: Test): Test => ({
  ...test,
  reason: null,
});
