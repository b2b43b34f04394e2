import 'reflect-metadata';
import { DataSource, type EntityTarget, type ObjectLiteral } from 'typeorm';
import { hideSecret } from './hide-secret.js';
import { ROWS } from './rows.js';

export interface DatabaseOptions {
  /** `postgres://user:password@host:port/database`. */
  readonly url: string;
  /** Connections kept at the most. */
  readonly connectionsMax?: number;
  /** Shown in pg_stat_activity. */
  readonly applicationName?: string;
  /** Rows beyond those of this library. */
  /**
   * Plan by index wherever there is one. For the engine: its statements touch a few rows by key, are prepared while tables
   * may still be empty, and a plan that reads a whole table, kept until the next ANALYZE, costs milliseconds each time.
   * Statements that are sent together also travel together then, without waiting for one another's answer. And a prepared
   * statement is planned once on a connection, not at each of its first five uses and whenever the planner thinks that
   * this list of keys deserves another plan than the last: there is one good plan, and it takes longer to find than to use.
   */
  readonly byIndex?: boolean;
  /** Instead of IDLE_IN_TRANSACTION_MS_MAX, or of the engine's. */
  readonly idleInTransactionMsMax?: number;
  readonly entities?: readonly EntityTarget<ObjectLiteral>[];
}

/** Enough for the loops of one process and some requests beside them. */
export const CONNECTIONS_MAX = 12;

/** How long to wait for a connection, in milliseconds, before saying that the database cannot be reached. */
export const CONNECT_TIMEOUT_MS = 10_000;

/** A statement that takes longer than this, in milliseconds, is a fault; it is ended so that its locks are. */
export const STATEMENT_TIMEOUT_MS = 60_000;

/**
 * How long a process may stand still in the middle of a transaction, in milliseconds: it is paused, or its host is gone
 * without a word. The database then ends the transaction, and its locks with it. Deciding about a very large deployment
 * takes some seconds.
 */
export const IDLE_IN_TRANSACTION_MS_MAX = 60_000;

/** The same for the engine, whose locks (the leader's lease among them) must hold up others no longer than its silence does. */
export const ENGINE_IDLE_IN_TRANSACTION_MS_MAX = 10_000;

/** Opens the database. The schema is made by migrations, never by TypeORM. */
export const openDatabase = async (options: DatabaseOptions): Promise<DataSource> => {
  const idleInTransactionMsMax =
    options.idleInTransactionMsMax ??
    (options.byIndex ? ENGINE_IDLE_IN_TRANSACTION_MS_MAX : IDLE_IN_TRANSACTION_MS_MAX);
  const dataSource = new DataSource({
    type: 'postgres',
    url: options.url,
    entities: [...ROWS, ...(options.entities ?? [])] as never[],
    synchronize: false,
    logging: false,
    applicationName: options.applicationName ?? 'anneal',
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      max: options.connectionsMax ?? CONNECTIONS_MAX,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: idleInTransactionMsMax,
      keepAlive: true,
      ...(options.byIndex
        ? { options: '-c enable_seqscan=off -c plan_cache_mode=force_generic_plan', pipeline: true }
        : {}),
    },
    poolErrorHandler: () => undefined,
  });
  try {
    return await dataSource.initialize();
  } catch (cause) {
    throw new Error(`open the database ${hideSecret(options.url)}`, { cause });
  }
};
