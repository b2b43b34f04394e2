import { PROVIDER_STEPS, STEP_SAYS, type ProviderStep, type StepAnswer } from './steps.js';

/** One step of one node, as a site answered it. */
export interface AnsweredStep {
  readonly step: ProviderStep;
  readonly answer: StepAnswer;
  readonly says: string;
  readonly seconds: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** The node that was asked for. */
  readonly node: string;
}

export interface ReportedStep {
  readonly step: ProviderStep;
  readonly says: string;
  /** What the site answered last; null when it was never asked. */
  readonly answer: StepAnswer | null;
  readonly reason: string;
  readonly node: string | null;
  readonly at: number | null;
  readonly yes: number;
  readonly partial: number;
  readonly no: number;
  /** Median over all that did not fail; null without any. */
  readonly seconds: number | null;
}

/** What a site answered over all nodes that were asked for: a line a step, in their order. */
export const reportOf = (answered: readonly AnsweredStep[]): ReportedStep[] =>
  PROVIDER_STEPS.map((step) => {
    const mine = answered.filter((each) => each.step === step).sort((a, b) => a.at - b.at);
    const last = mine.at(-1);
    const count = (answer: StepAnswer): number => mine.filter((each) => each.answer === answer).length;
    return {
      step,
      says: STEP_SAYS[step],
      answer: last?.answer ?? null,
      reason: last?.says ?? '',
      node: last?.node ?? null,
      at: last?.at ?? null,
      yes: count('yes'),
      partial: count('partial'),
      no: count('no'),
      seconds: medianOf(mine.filter(({ answer }) => answer !== 'no').map(({ seconds }) => seconds)),
    };
  });

const medianOf = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return null;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
};
