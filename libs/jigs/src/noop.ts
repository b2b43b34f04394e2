import { Jig, type JigOutcome } from '#app';

const SUCCEEDED: Promise<JigOutcome> = Promise.resolve({ kind: 'succeeded' });

/** Succeeds at once and touches nothing: for roles that only stand for a point in the graph, and for measuring the engine. */
export class NoopJig extends Jig {
  readonly name = 'noop';

  run(): Promise<JigOutcome> {
    return SUCCEEDED;
  }
}
