import type { EffectLine } from './effects/effect-log.js';
import { checkHistory, type Violation } from './history-checker.js';
import type { Fault } from './faults.js';
import type { Storm } from './storm.js';

/** What a storm comes down to. Numbers are counted from what it left behind. */
export interface Report {
  readonly seed: number;
  readonly faults: Readonly<Record<string, number>>;
  readonly acts: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly violations: readonly Violation[];
  readonly complaints: readonly string[];
  readonly settled: boolean;
}

export const reportOf = (storm: Storm): Report => {
  const { history, faults } = storm;
  const count = (kind: string): number => history.events.filter((event) => event.kind === kind).length;
  const stalls = stallsOf(storm);
  const worst = stalls.reduce<{ kind: string; ms: number }>((most, stall) => (stall.ms > most.ms ? stall : most), {
    kind: '',
    ms: 0,
  });
  const effects = (what: EffectLine['what'], accepted: boolean): number =>
    history.effects.filter((line) => line.what === what && line.accepted === accepted).length;
  return {
    seed: storm.options.seed,
    faults: tally(faults.map(({ kind }) => kind)),
    acts: Object.fromEntries(storm.acts),
    metrics: {
      faults: faults.length,
      runs: history.runs.length,
      attempts: history.runs.reduce((sum, run) => sum + run.attempt, 0),
      rescued: count('run.rescued'),
      given_up: history.runs.filter(({ reason }) => reason.includes('its worker vanished')).length,
      stale_ends: count('run.stale_end'),
      effects: effects('begin', true),
      effects_refused: effects('begin', false) + effects('end', false),
      effects_displaced: effects('displaced', true),
      ...(storm.answers
        ? {
            requests_done: storm.answers.done,
            requests_refused: storm.answers.refused,
            requests_unanswered: storm.answers.unanswered,
          }
        : {}),
      events: history.events.length,
      node_roles: history.nodeRoles.length,
      stall_ms_max: Math.round(worst.ms),
      stall_ms_median: Math.round(median(stalls.map(({ ms }) => ms))),
      settle_ms: Math.round(storm.settleMs),
      seconds: Math.round(storm.tookMs / 1_000),
    },
    violations: checkHistory(history),
    complaints: storm.complaints,
    settled: storm.settled,
  };
};

/** For each fault, how long it took until the next run ended. Faults after the last end are left out. */
const stallsOf = ({ faults, history }: Storm): { kind: Fault['kind']; ms: number }[] => {
  const ends = history.events.filter(({ data }) => data['from'] === 'transition').map(({ at }) => Date.parse(at));
  ends.sort((a, b) => a - b);
  return faults.flatMap(({ kind, at }) => {
    const next = ends.find((end) => end > at);
    return next === undefined ? [] : [{ kind, ms: next - at }];
  });
};

const tally = (words: readonly string[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
};

const median = (numbers: readonly number[]): number =>
  [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Violations of one rule that are printed whole. */
const PRINTED_MAX = 5;

/** The report as a table for people. */
export const printReport = (report: Report): string => {
  const lines = [
    '',
    `seed ${report.seed}`,
    '',
    ...table('fault', report.faults),
    '',
    ...table('act', report.acts),
    '',
    ...table('figure', report.metrics),
    '',
  ];
  const byRule = new Map<string, string[]>();
  for (const { rule, sentence } of report.violations) byRule.set(rule, [...(byRule.get(rule) ?? []), sentence]);
  for (const [rule, sentences] of byRule) {
    lines.push(`VIOLATED ${rule}: ${sentences.length} times`);
    lines.push(...sentences.slice(0, PRINTED_MAX).map((sentence) => `  ${sentence}`));
  }
  for (const complaint of report.complaints) lines.push(`PROCESS ${complaint}`);
  if (!report.settled) lines.push('NOT SETTLED: what still moved or waited is named above');
  lines.push(passed(report) ? 'nothing was lost, nothing worked twice, nothing is left open' : 'FAILED');
  return lines.join('\n');
};

export const passed = (report: Report): boolean =>
  report.settled && report.violations.length === 0 && report.complaints.length === 0;

const table = (title: string, rows: Readonly<Record<string, number>>): string[] => {
  const width = Math.max(title.length, ...Object.keys(rows).map((name) => name.length));
  return [
    title.padEnd(width),
    ...Object.entries(rows).map(([name, value]) => `${name.padEnd(width)}  ${String(value).padStart(8)}`),
  ];
};
