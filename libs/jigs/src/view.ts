import { Jig, type Acknowledged, type JigOutcome, type JigRun } from '#app';
import { causeOf } from './abort.js';

/**
 * How long the netboot servers have to take in what is true when a run begins, in milliseconds. They take milliseconds;
 * one that was just started reads everything first.
 */
const DEADLINE_MS = 60_000;

export interface ViewJigOptions {
  /** Waits until every netboot server has acknowledged what the history says now. Without it there are none. */
  readonly acknowledged?: (wish: {
    readonly deadlineMs: number;
    readonly signal: AbortSignal;
  }) => Promise<Acknowledged>;
  readonly deadlineMs?: number;
}

/**
 * For roles that stand for what netboot answers from: the machines that DHCP knows, the names of DNS. It writes nothing
 * anywhere; the rows are the truth and netboot follows them by itself. It succeeds when every netboot server has taken in
 * the history as it was at the start of the run, and fails with their names when that does not come to pass. Where no
 * netboot server belongs to the installation there is nobody to wait for: it says so and succeeds.
 */
export class ViewJig extends Jig {
  readonly name = 'view';

  constructor(private readonly options: ViewJigOptions) {
    super();
  }

  async run(run: JigRun): Promise<JigOutcome> {
    if (run.signal.aborted) return { kind: 'aborted', cause: causeOf(run.signal) };
    const { acknowledged, deadlineMs = DEADLINE_MS } = this.options;
    const said = (await acknowledged?.({ deadlineMs, signal: run.signal })) ?? { kind: 'no-server', generation: 0 };
    switch (said.kind) {
      case 'acknowledged':
        run.log(`generation ${said.generation} is acknowledged by netboot on ${said.hosts.join(', ')}`, 'anneal');
        return { kind: 'succeeded' };
      case 'no-server':
        run.log('no netboot server belongs to this installation: there is nobody to wait for', 'anneal');
        return { kind: 'succeeded' };
      case 'late':
        return { kind: 'failed', reason: `after ${deadlineMs / 1_000} s, ${said.detail}` };
      case 'aborted':
        return { kind: 'aborted', cause: causeOf(run.signal) };
    }
  }
}
