/** What may be forgotten. Each call deletes at most `limit` rows and says how many, so that no transaction grows long. */
export interface CleaningStore {
  /** Answers of requests that a client can no longer want repeated. */
  idempotencyKeys(olderThan: Date, limit: number): Promise<number>;
  /** Events that are older and that every active hook has dealt with. */
  events(olderThan: Date, limit: number): Promise<number>;
  /** Ended runs with their logs; the last one of each noderole stays. */
  runs(olderThan: Date, limit: number): Promise<number>;
  /** Log lines of ended runs; those of each noderole's last one stay. */
  runLogs(olderThan: Date, limit: number): Promise<number>;
  /** Workers that nobody has heard of since; one that was told to stop is gone already. */
  workers(olderThan: Date, limit: number): Promise<number>;
  audit(olderThan: Date, limit: number): Promise<number>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly cleaning: CleaningStore;
  }
}
