import type { Json, JsonObject } from '#core';
import { Jig, type Effect, type EffectSink, type JigOutcome, type JigRun } from '#app';
import { causeOf } from './abort.js';
import { checkOutputs } from './outputs.js';

/**
 * The attributes that tell the test jig what to do. Each may be absent; without any it succeeds at once. These belong to
 * nodes. A role can be told apart from what else is on its node by an attribute of its own that begins with the role's
 * name instead of `test`: `web-fail` for the role `web`. It comes first.
 */
export const TEST_ATTRIBS = {
  /** Milliseconds the work takes. */
  delay: 'test-delay',
  /** Fails with this message, every time. */
  fail: 'test-fail',
  /** Fails in the first so many attempts of a run. */
  failTimes: 'test-fail-times',
  /** A map of outputs to hand back. */
  outputs: 'test-outputs',
  /** Says "not yet"; the value is the seconds after which to try again. */
  notYet: 'test-not-yet',
  /** Leaves the run open for the node's own report; the value is the seconds until the deadline. */
  wait: 'test-wait',
  /** A list of lines for the log, or a number of them. */
  lines: 'test-lines',
  /** True when the role wants a reboot after it. */
  reboot: 'test-reboot',
} as const;

export interface TestJigOptions {
  /** Is told when work begins and ends; plays the node's part of the fence. */
  readonly effects?: EffectSink;
  readonly now?: () => Date;
}

/**
 * Does what a run's attributes ask for, on no machine at all: scenarios, the chaos test and the end-to-end tests are
 * written with it. It keeps nothing between runs, so what happens depends on the attributes and the attempt alone.
 */
export class TestJig extends Jig {
  readonly name = 'test';

  constructor(private readonly options: TestJigOptions = {}) {
    super();
  }

  async run(run: JigRun): Promise<JigOutcome> {
    const { effects } = this.options;
    if (!effects) return this.work(run);
    const effect: Effect = { runId: run.runId, attempt: run.attempt, fence: run.fence, nodeId: run.node.nodeId };
    if ((await effects.begin(effect)) === 'superseded') {
      run.log('a newer attempt was seen on this node; nothing was done', 'anneal');
      return { kind: 'aborted', cause: 'superseded' };
    }
    try {
      return await this.work(run);
    } finally {
      await effects.end(effect);
    }
  }

  private async work(run: JigRun): Promise<JigOutcome> {
    for (const line of linesOf(told(run, 'lines'))) run.log(line);
    const delayMs = numberOf(told(run, 'delay')) ?? 0;
    if (run.signal.aborted || (delayMs > 0 && !(await passed(delayMs, run.signal)))) {
      return { kind: 'aborted', cause: causeOf(run.signal) };
    }
    return this.outcome(run);
  }

  private outcome(run: JigRun): JigOutcome {
    const { outputs, problems } = checkOutputs(writtenBy(told(run, 'outputs')), run.outputs);

    const notYetSeconds = numberOf(told(run, 'notYet'));
    if (notYetSeconds !== null) {
      return {
        kind: 'not-yet',
        reason: 'the role was told to say "not yet"',
        retryAfterMs: notYetSeconds * 1_000,
        outputs,
      };
    }
    const message = told(run, 'fail');
    if (message !== undefined && message !== null && message !== false) {
      return { kind: 'failed', reason: typeof message === 'string' ? message : 'the role was told to fail', outputs };
    }
    const failTimes = numberOf(told(run, 'failTimes')) ?? 0;
    if (run.attempt <= failTimes) {
      return {
        kind: 'failed',
        reason: `the role was told to fail ${failTimes} times; this is attempt ${run.attempt}`,
        outputs,
      };
    }
    if (problems.length > 0) return { kind: 'failed', reason: problems.join('; '), outputs };
    const waitSeconds = numberOf(told(run, 'wait'));
    if (waitSeconds !== null) {
      const now = this.options.now?.() ?? new Date();
      return { kind: 'waiting', deadlineAt: new Date(now.getTime() + waitSeconds * 1_000) };
    }
    return { kind: 'succeeded', outputs, ...(told(run, 'reboot') === true ? { rebootNeeded: true } : {}) };
  }
}

/** Waits; false when the signal was aborted first. */
function passed(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (whole: boolean): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      resolve(whole);
    };
    const onAbort = (): void => end(false);
    const timer = setTimeout(() => end(true), ms);
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

/** What the role itself was told, else what its node was. */
const told = ({ roleName, attribs }: JigRun, word: keyof typeof TEST_ATTRIBS): Json | undefined =>
  attribs[TEST_ATTRIBS[word].replace('test', roleName)] ?? attribs[TEST_ATTRIBS[word]];

const numberOf = (value: Json | undefined): number | null => (typeof value === 'number' && value >= 0 ? value : null);

function linesOf(value: Json | undefined): readonly string[] {
  if (typeof value === 'number') return Array.from({ length: value }, (_, number) => `line ${number + 1}`);
  return Array.isArray(value) ? value.map(String) : [];
}

const writtenBy = (value: Json | undefined): { name: string; value: Json }[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.entries(value as JsonObject).map(([name, written]) => ({ name, value: written }))
    : [];
