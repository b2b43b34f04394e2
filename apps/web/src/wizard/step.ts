import type { Draft } from './draft';

/** What each step is given: what was said so far, and how to say more. */
export interface StepProps {
  readonly draft: Draft;
  readonly set: (change: Partial<Draft>) => void;
}
