/**
 * What is wrong with a barclamp, said so that its author can go to the line and mend it. Problems are values: a loader
 * collects all of them and answers once, because an author who mends ten lines at a time is done ten times sooner.
 */

/** Where in the barclamp's files. Lines and columns count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export const PROBLEM_CODES = [
  'no-document',
  'several-documents',
  'yaml',
  'too-large',
  'too-deep',
  'too-many',
  'not-json',
  'mixed-shape',
  'unknown-key',
  'missing-key',
  'wrong-type',
  'wrong-value',
  'bad-name',
  'reserved-name',
  'duplicate',
  'taken',
  'unresolved',
  'cycle',
  'bad-schema',
  'bad-default',
  'flags-contradict',
  'requires-conflict',
  'no-script',
  'does-nothing',
  'bad-path',
  'not-text',
  'ignored-file',
  'not-carried-over',
  'bad-archive',
] as const;
export type ProblemCode = (typeof PROBLEM_CODES)[number];

export interface Problem extends Place {
  /** A warning does not keep the barclamp out. */
  readonly level: 'error' | 'warning';
  readonly code: ProblemCode;
  readonly message: string;
  /** What to write instead, as a sentence. */
  readonly suggestion?: string;
}

/** One line for a terminal or a log: `barclamp.yml:4:3: error: … (did you mean "requires"?)`. */
export const describeProblem = (problem: Problem): string =>
  `${problem.file}:${problem.line}:${problem.column}: ${problem.level}: ${problem.message}` +
  (problem.suggestion ? ` (${problem.suggestion})` : '');

/** More than this helps nobody, and a hostile file could ask for millions. */
const PROBLEMS_MAX = 100;

/** Collects what is found while a barclamp is read. */
export class ProblemList {
  private readonly found: Problem[] = [];
  private left = 0;

  error(at: Place, code: ProblemCode, message: string, suggestion?: string): void {
    this.add('error', at, code, message, suggestion);
  }

  warn(at: Place, code: ProblemCode, message: string, suggestion?: string): void {
    this.add('warning', at, code, message, suggestion);
  }

  /** Takes over what another list holds, at other places. */
  take(other: ProblemList, move: (at: Place) => Place): void {
    for (const problem of other.found) {
      this.add(problem.level, move(placeOf(problem)), problem.code, problem.message, problem.suggestion);
    }
    this.left += other.left;
  }

  get hasErrors(): boolean {
    return this.found.some((problem) => problem.level === 'error');
  }

  /** Everything found, in the order of the files, with a last line that says how many were left out. */
  all(): Problem[] {
    const sorted = [...this.found].sort(
      (a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column,
    );
    if (this.left > 0) {
      const last = sorted[sorted.length - 1]!;
      const level = this.hasErrors ? 'error' : 'warning';
      sorted.push({ ...placeOf(last), level, code: 'too-many', message: `${this.left} more problems are not listed` });
    }
    return sorted;
  }

  private add(level: Problem['level'], at: Place, code: ProblemCode, message: string, suggestion?: string): void {
    const room = this.found.length < PROBLEMS_MAX;
    const makesItFail = level === 'error' && !this.hasErrors;
    if (!room && !makesItFail) {
      this.left += 1;
      return;
    }
    this.found.push({ level, ...placeOf(at), code, message, ...(suggestion === undefined ? {} : { suggestion }) });
  }
}

const placeOf = ({ file, line, column }: Place): Place => ({ file, line, column });

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
