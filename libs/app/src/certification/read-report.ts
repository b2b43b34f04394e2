import {
  forEverybody,
  isRefusal,
  refuse,
  type CertificationReport,
  type Comparison,
  type Disclosure,
  type Refusal,
  type TestOutcome,
  type Verdict,
} from '#core';
import type { CertificationDetail, CertificationId } from '../ports/certification-store.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { WithinTransaction } from '../within-transaction.js';
import { certificationNamed } from './read-certifications.js';
import { CompareCertifications } from './weigh-certification.js';

export interface FullReport {
  readonly certification: CertificationDetail;
  readonly verdicts: readonly Verdict[];
  readonly disclosures: readonly Disclosure[];
  readonly outcomes: readonly TestOutcome[];
  /** With the certification before it, judged as this one. */
  readonly comparison: Comparison | null;
  readonly comparisonWith: CertificationId | null;
}

/** All that there is to say of a certification, in one consistent picture. */
export class ReadReport {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork }) {}

  execute(input: { readonly certification: string }): Promise<FullReport | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      return isRefusal(certification) ? certification : reportOn(tx, certification);
    });
  }
}

/** The same of one that was published, as everybody may have it. Whatever was not published is not there. */
export class ReadPublished {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork }) {}

  execute(input: { readonly certification: string }): Promise<CertificationReport | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const certification = await certificationNamed(tx, input.certification);
      if (isRefusal(certification) || !certification.public)
        return refuse('not-found', 'there is no published result of this name.');
      return forEverybody(printable(await reportOn(tx, certification)));
    });
  }
}

const reportOn = async (tx: Transaction, certification: CertificationDetail): Promise<FullReport> => {
  const verdicts = (await tx.certifications.verdicts(certification.id)).map(({ verdict }) => verdict);
  const before = certification.endedAt ? await tx.certifications.before(certification.id) : null;
  const comparison =
    before === null || certification.goals.length === 0
      ? null
      : await new CompareCertifications({ unitOfWork: new WithinTransaction(tx) }).execute({
          before,
          after: certification.id,
        });
  const compared = comparison !== null && !isRefusal(comparison);
  return {
    certification,
    verdicts,
    disclosures: Object.values(certification.disclosure ?? {}) as unknown as Disclosure[],
    outcomes: await tx.certifications.outcomes(certification.id),
    comparison: compared ? comparison : null,
    comparisonWith: compared ? before : null,
  };
};

/** What the printers of reports are given. */
export const printable = ({
  certification,
  verdicts,
  disclosures,
  outcomes,
  comparison,
}: FullReport): CertificationReport => ({
  id: certification.id,
  cloud: certification.cloud,
  state: certification.state,
  target: certification.target,
  note: certification.note,
  reason: certification.reason,
  suite: certification.suite,
  facts: certification.facts,
  counts: certification.counts,
  seconds: certification.seconds,
  startedAt: certification.startedAt?.toISOString() ?? null,
  endedAt: certification.endedAt?.toISOString() ?? null,
  official:
    certification.officialBy !== null && certification.officialAt
      ? { by: certification.officialBy, at: certification.officialAt.toISOString() }
      : null,
  notes: certification.notes,
  verdicts,
  disclosures,
  outcomes,
  comparison,
});
