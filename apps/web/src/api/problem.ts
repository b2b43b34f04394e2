import type { Problem } from './types';

/** A refusal of the API (RFC 9457), as an error: `message` is the sentence that says what to do. */
export class ProblemError extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'ProblemError';
  }

  get status(): number {
    return this.problem.status;
  }

  get code(): string {
    return this.problem.code;
  }
}

/** What to tell a person about anything that was thrown. */
export const sentenceOf = (error: unknown): string => {
  if (error instanceof ProblemError) return error.message;
  if (error instanceof TypeError) return 'The server does not answer. What is shown may be old; it is tried again.';
  return error instanceof Error ? error.message : String(error);
};

export const isSignedOut = (error: unknown): boolean => error instanceof ProblemError && error.status === 401;
