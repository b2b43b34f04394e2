import { ENGINE, UnitOfWork, type Actor, type Transaction } from '#app';
import { isRefusal } from '#core';

/**
 * A unit of work that tells when the engine has nothing left to plan. It changes nothing of what is written.
 *
 * The engine's passes never overlap, and one that begins takes in all that was committed before. So when two passes in a
 * row write no event, and nothing else of the engine does in between, the first found nothing to do, and what it may have
 * left for later in its turn was done as well.
 */
export class WatchedUnitOfWork extends UnitOfWork {
  private quietPasses = 0;
  private onQuiet: ((passes: number) => void) | null = null;

  constructor(private readonly inner: UnitOfWork) {
    super();
  }

  /** Resolves after two quiet passes in a row. `again` asks the engine for one more. */
  twiceQuiet(again: () => void): Promise<void> {
    this.quietPasses = 0;
    return new Promise((resolve) => {
      this.onQuiet = (passes) => {
        if (passes < 2) return again();
        this.onQuiet = null;
        resolve();
      };
    });
  }

  override async write<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    let seen: Transaction | undefined;
    let plans = false;
    const result = await this.inner.write(actor, (tx) => {
      seen = tx;
      plans = false;
      const { engine } = tx;
      const holdLease = engine.holdLease.bind(engine);
      // Only who plans holds the lease.
      engine.holdLease = (lease) => {
        plans = true;
        return holdLease(lease);
      };
      return work(tx);
    });
    if (actor === ENGINE && !isRefusal(result)) this.see(plans, seen?.news !== null);
    return result;
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.inner.read(work);
  }

  private see(plans: boolean, wroteEvents: boolean): void {
    if (wroteEvents) this.quietPasses = 0;
    else if (plans) this.onQuiet?.((this.quietPasses += 1));
  }
}
