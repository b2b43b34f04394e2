import {
  compareVerdicts,
  fits,
  isRefusal,
  judge,
  refuse,
  type Comparison,
  type Fit,
  type Json,
  type Refusal,
  type Verdict,
} from '#core';
import { noGuideline } from '../guideline/import-guideline.js';
import { parsed } from '../guideline/parsed-guidelines.js';
import { missing } from '../named.js';
import type { CertificationDetail } from '../ports/certification-store.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { runsOf } from './conclude.js';
import { certificationNamed } from './read-certifications.js';
import { suiteOf } from './suite-of.js';

/** What a certification comes to by other measures than its goals: any guideline, all of them, or another certification. */

interface Parts {
  readonly unitOfWork: UnitOfWork;
}

/** How far the cloud comes by every program of every guideline that was imported. */
export class FitCertification {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly certification: string }): Promise<readonly Fit[] | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await certificationNamed(tx, input.certification);
      if (isRefusal(found)) return found;
      const guidelines = [];
      for (const view of await tx.guidelines.latest()) guidelines.push(await parsed(tx, view));
      return fits({ guidelines, ...(await evidenceOf(tx, found)) });
    });
  }
}

/** The verdict by any program, whether it was a goal or not. Nothing is kept of it. */
export class JudgeCertification {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly certification: string;
    readonly guideline: string;
    readonly program: string;
  }): Promise<Verdict | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const found = await certificationNamed(tx, input.certification);
      return isRefusal(found) ? found : verdictOf(tx, found, input);
    });
  }
}

/** What changed from one certification to another by the same program: two runs of a cloud, or two clouds. */
export class CompareCertifications {
  constructor(private readonly parts: Parts) {}

  execute(input: {
    readonly before: string;
    readonly after: string;
    /** The first goal of the later one when absent. */
    readonly guideline?: string;
    readonly program?: string;
  }): Promise<Comparison | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const before = await certificationNamed(tx, input.before);
      if (isRefusal(before)) return before;
      const after = await certificationNamed(tx, input.after);
      if (isRefusal(after)) return after;
      const [goal] = after.goals;
      const by = {
        guideline: input.guideline ?? goal?.guidelineId ?? '',
        program: input.program ?? goal?.program ?? '',
      };
      const [then, now] = [await verdictOf(tx, before, by), await verdictOf(tx, after, by)];
      if (isRefusal(then)) return then;
      if (isRefusal(now)) return now;
      return compareVerdicts(
        { verdict: then, attributes: attributesOf(before) },
        { verdict: now, attributes: attributesOf(after) },
      );
    });
  }
}

const evidenceOf = async (tx: Transaction, found: CertificationDetail) => ({
  runs: await runsOf(tx, found),
  suite: found.suite && (await suiteOf(tx, found.suite.id)),
  facts: found.facts,
});

const verdictOf = async (
  tx: Transaction,
  found: CertificationDetail,
  { guideline: key, program }: { readonly guideline: string; readonly program: string },
): Promise<Verdict | Refusal> => {
  if (!found.endedAt)
    return refuse('wrong-state', `certification ${found.id} is ${found.state}: it is judged when it has ended.`, {
      state: found.state,
    });
  const view = await tx.guidelines.find(key);
  if (!view) return noGuideline(key);
  const verdict = judge({ guideline: await parsed(tx, view), program, ...(await evidenceOf(tx, found)) });
  return isRefusal(verdict)
    ? missing('program', program, `guideline ${view.name} has ${view.programs.map(({ name }) => name).join(', ')}`)
    : verdict;
};

/** As they were disclosed at its end. */
const attributesOf = ({ disclosure }: CertificationDetail): Readonly<Record<string, Json>> => {
  const [sheet] = Object.values(disclosure ?? {}) as { readonly attributes?: Readonly<Record<string, Json>> }[];
  return sheet?.attributes ?? {};
};
