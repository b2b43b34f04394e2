import type { GuidelineProblem } from '../guideline.js';
import { GUIDELINE_PROBLEMS_MAX, GUIDELINE_WARNINGS_MAX } from './limits.js';

/** Gathers what is wrong with a file, so that its author mends everything in one go. */
export class Notes {
  private readonly problems: GuidelineProblem[] = [];
  private readonly warnings: GuidelineProblem[] = [];
  private untold = 0;
  private untoldWarnings = 0;

  /** Something that the reading cannot do without: the file is refused. */
  problem(at: string, says: string): void {
    if (this.problems.length < GUIDELINE_PROBLEMS_MAX) this.problems.push({ at, says });
    else this.untold++;
  }

  /** Something that was bent or left out; the file is read. */
  warn(at: string, says: string): void {
    if (this.warnings.length < GUIDELINE_WARNINGS_MAX) this.warnings.push({ at, says });
    else this.untoldWarnings++;
  }

  get refused(): boolean {
    return this.problems.length > 0;
  }

  allProblems(): readonly GuidelineProblem[] {
    if (this.untold === 0) return this.problems;
    return [...this.problems, { at: '', says: `and ${this.untold} more; mend these first` }];
  }

  allWarnings(): readonly GuidelineProblem[] {
    if (this.untoldWarnings === 0) return this.warnings;
    return [...this.warnings, { at: '', says: `and ${this.untoldWarnings} more` }];
  }
}

/** A JSON pointer one step further (RFC 6901 §3: `~` and `/` in a name are escaped). */
export const pointTo = (at: string, step: string | number): string =>
  `${at}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;
