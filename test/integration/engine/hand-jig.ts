import { Jig, type JigOutcome, type JigRun } from '#app';

type Work = (run: JigRun) => JigOutcome | Promise<JigOutcome>;

/**
 * A jig in the hands of a test: it notes every run that it gets, does what it was told for the role, and succeeds where
 * nothing was told.
 */
export class HandJig extends Jig {
  override readonly name = 'test';
  readonly runs: JigRun[] = [];
  private readonly works = new Map<string, Work>();
  private readonly watchers = new Set<() => void>();

  /** What a role does from now on. */
  tell(roleName: string, work: Work): void {
    this.works.set(roleName, work);
  }

  /** A role that works until the test ends it; `begun` resolves with the run. Aborted, it lets go. */
  hold(roleName: string): { begun: Promise<JigRun>; end: (outcome: JigOutcome) => void } {
    let end: (outcome: JigOutcome) => void = () => undefined;
    const held = new Promise<JigOutcome>((resolve) => (end = resolve));
    this.tell(roleName, (run) => Promise.race([held, aborted(run)]));
    return { begun: this.begun(roleName), end };
  }

  /** The next run of a role, or the first one that already was. */
  async begun(roleName: string, count = 1): Promise<JigRun> {
    for (;;) {
      const run = this.runs.filter((each) => each.roleName === roleName)[count - 1];
      if (run) return run;
      await new Promise<void>((resolve) => this.watchers.add(resolve));
    }
  }

  countOf(roleName: string): number {
    return this.runs.filter((run) => run.roleName === roleName).length;
  }

  override async run(run: JigRun): Promise<JigOutcome> {
    this.runs.push(run);
    for (const resolve of this.watchers) resolve();
    this.watchers.clear();
    return (await this.works.get(run.roleName)?.(run)) ?? { kind: 'succeeded' };
  }
}

/** Resolves when the run is aborted. */
export const aborted = (run: JigRun): Promise<JigOutcome> =>
  new Promise((resolve) => {
    const letGo = (): void => resolve({ kind: 'aborted', cause: run.signal.reason as 'cancelled' });
    if (run.signal.aborted) letGo();
    else run.signal.addEventListener('abort', letGo, { once: true });
  });
