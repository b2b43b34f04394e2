import { byFields, type Look } from '../output/printer.js';

/** A certification as the API shows it, as far as commands look at it. */
export interface Certification extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly cloud: string;
  readonly state: string;
  readonly reason: string;
  readonly ended_at: string | null;
  readonly goals: readonly { readonly guideline: string; readonly program: string }[];
  readonly counts: Readonly<Record<'total' | 'passed' | 'failed' | 'skipped' | 'setup_failed' | 'not_run', number>>;
  readonly under_way: readonly { readonly name: string; readonly worker: string | null }[];
  readonly verdicts: readonly { readonly met: boolean; readonly claim: string }[];
}

export const CERTIFICATION_LOOK: Look = {
  columns: [
    { field: 'id' },
    { field: 'cloud' },
    { field: 'measured' },
    { field: 'state' },
    { field: 'result' },
    { field: 'created_at', head: 'AGE' },
    { field: 'tester', wide: true },
    { field: 'public', wide: true },
    { field: 'created_by', head: 'BY', wide: true },
    { field: 'note' },
  ],
  nameOf: byFields('id'),
};

/** With the columns that are worked out of others; for tables alone. */
export const withColumns = (certification: Certification): Record<string, unknown> => ({
  ...certification,
  measured: certification.goals.map(({ guideline, program }) => `${guideline}/${program}`).join(' '),
  result:
    certification.ended_at === null
      ? doneText(certification)
      : certification.verdicts.map(({ claim }) => claim).join('; ') || certification.reason,
});

/** `12 of 217, 1 failed` */
export const doneText = ({ counts }: Certification): string => {
  const failed = counts.failed + counts.setup_failed;
  const done = counts.passed + counts.skipped + failed;
  return `${done} of ${counts.total}${failed > 0 ? `, ${failed} failed` : ''}${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`;
};
