import { UnitOfWork, type Actor, type Transaction } from '#app';
import { isRefusal } from '#core';
import type { MemoryRows } from './memory-rows.js';

/**
 * Transactions over rows in memory, one after the other: whoever writes is alone, so that the same calls give the same
 * history. What returns a refusal or throws was never there.
 */
export class MemoryUnitOfWork extends UnitOfWork {
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly rows: MemoryRows,
    private readonly transaction: Transaction,
    /** Called before each transaction that was written is kept; may throw, as a database that is gone. */
    private readonly beforeKeep: () => void = () => undefined,
    /** Called before each transaction that writes, when its turn has come: a store may take its time. */
    private readonly beforeWork: () => void = () => undefined,
  ) {
    super();
  }

  override write<Result>(_actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.alone(async () => {
      this.beforeWork();
      try {
        const result = await work(this.transaction);
        if (isRefusal(result)) this.rows.takeBack();
        else this.beforeKeep();
        this.rows.keep();
        return result;
      } catch (cause) {
        this.rows.takeBack();
        throw cause;
      }
    });
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.alone(() => work(this.transaction));
  }

  private alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
