import type { PoolClient } from 'pg';
import type { DataSource, EntityManager } from 'typeorm';
import { isRefusal, type EventDraft } from '#core';
import { UnitOfWork, type Actor, type How, type Transaction } from '#app';
import { appendEvents } from './events/append.js';
import { PgEngineStore } from './engine/engine-store.js';
import { PgGraphStore } from './graph/graph-store.js';
import { PgRunStore } from './runs/run-store.js';

/** How often a transaction that lost a deadlock or a serialization conflict is repeated before the error is passed on. */
export const REPEATS_MAX = 5;

const CONFLICTS = new Set(['40001', '40P01']);

/** A transaction with its connection, for the stores of this library. */
export interface PgTransaction extends Transaction {
  readonly client: PoolClient;
  readonly manager: EntityManager;
}

/** The stores that a transaction offers beside graph and runs; each subject adds its own (stores.ts). */
export type StoreFactory = (tx: Pick<PgTransaction, 'client' | 'manager' | 'actor' | 'tell'>) => Partial<Transaction>;

export class PgUnitOfWork extends UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly moreStores: StoreFactory = () => ({}),
  ) {
    super();
  }

  override async write<Result>(
    actor: Actor,
    work: (tx: Transaction) => Promise<Result>,
    how: How = {},
  ): Promise<Result> {
    for (let repeat = 0; ; repeat += 1) {
      try {
        return await this.once(actor, 'READ COMMITTED', work, how);
      } catch (error) {
        if (repeat >= REPEATS_MAX || !isConflict(error)) throw error;
      }
    }
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.once('', 'REPEATABLE READ READ ONLY', work);
  }

  private async once<Result>(
    actor: Actor,
    mode: string,
    work: (tx: Transaction) => Promise<Result>,
    how: How = {},
  ): Promise<Result> {
    const runner = this.dataSource.createQueryRunner();
    const client = (await runner.connect()) as PoolClient;
    const events: EventDraft[] = [];
    const tell = (event: EventDraft): void => void events.push(event);
    try {
      const begun = client.query(`BEGIN ISOLATION LEVEL ${mode}`);
      // Whoever does not wait for it here waits for it before it writes.
      begun.catch(() => undefined);
      if (!how.locksFirst) await begun;
      const context = { client, manager: runner.manager, actor, tell };
      const tx = {
        ...context,
        graph: new PgGraphStore(client, tell),
        runs: new PgRunStore(client),
        engine: new PgEngineStore(client, tell, begun),
        news: null,
        ...this.moreStores(context),
      } as Writable<PgTransaction>;
      const result = await work(tx);
      if (isRefusal(result)) {
        await client.query('ROLLBACK');
        return result;
      }
      // Sent together: when the events cannot be written, the commit finds a failed transaction and undoes it.
      const [news] = await Promise.all([appendEvents(client, actor, events), client.query('COMMIT')]);
      tx.news = news;
      return result;
    } catch (error) {
      // A connection that broke cannot roll back; the server does it then.
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }
}

type Writable<Type> = { -readonly [Key in keyof Type]: Type[Key] };

const isConflict = (error: unknown): boolean => {
  const code =
    (error as { code?: unknown; driverError?: { code?: unknown } }).code ??
    (error as { driverError?: { code?: unknown } }).driverError?.code;
  return typeof code === 'string' && CONFLICTS.has(code);
};
