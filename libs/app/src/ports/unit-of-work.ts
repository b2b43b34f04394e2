import type { EventDraft } from '#core';
import type { GraphStore } from './graph-store.js';
import type { RunStore } from './run-store.js';

/** Who does something: shown in events and in the audit. `anneal` itself is `engine`. */
export type Actor = string;
export const ENGINE: Actor = 'engine';

/**
 * What can be reached inside a transaction, and nothing else can. Stores of one subject each; adapters extend this
 * interface with theirs by declaration merging in the port's own file.
 */
export interface Transaction {
  readonly actor: Actor;
  readonly graph: GraphStore;
  readonly runs: RunStore;
  /** Appends facts to the history. They get their sequence numbers when the transaction commits, in this order. */
  tell(event: EventDraft): void;
}

/** How a transaction is opened. */
export interface How {
  /**
   * The work begins with `tx.engine.holdLease` or `tx.engine.settle`, which may be sent together with the BEGIN: they lock
   * and read, and wait for it to have been done before they write.
   */
  readonly locksFirst?: boolean;
}

/**
 * The only way to write. `work` sees one transaction (READ COMMITTED, rows that it decides about are locked by the store
 * that loads them). When it returns a refusal, or throws, nothing is written. A deadlock or a serialization failure repeats
 * it a few times, so `work` must have no effect outside of the transaction.
 */
export abstract class UnitOfWork {
  abstract write<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>, how?: How): Promise<Result>;
  /** A consistent picture (REPEATABLE READ, read only). */
  abstract read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result>;
}
