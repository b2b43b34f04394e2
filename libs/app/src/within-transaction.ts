import { UnitOfWork, type Actor, type Transaction } from './ports/unit-of-work.js';

/**
 * A unit of work inside of another one: use cases that are given it share the transaction that is open already, and are
 * kept or undone with it. Whoever runs several of them passes on the first refusal, so that nothing is half done.
 */
export class WithinTransaction extends UnitOfWork {
  constructor(private readonly tx: Transaction) {
    super();
  }

  override write<Result>(_actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return work(this.tx);
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return work(this.tx);
  }
}
