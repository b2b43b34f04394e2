import { ENGINE, UnitOfWork, type Actor, type Transaction } from '#app';
import { PgEngineRecords } from '#store';

/**
 * Tells when the engine has nothing left to plan.
 *
 * A turn of the engine begins with a look at the number of the last event, and turns never overlap. So when it looks twice
 * and writes nothing in between, the first of these turns found everything as the one before had left it.
 */
export class Quiet {
  private looks = 0;
  private waiting: { readonly again: () => void; readonly quiet: () => void } | null = null;

  /** Resolves when it is so. `again` asks the engine for one more turn, so that its timer need not be waited for. */
  come(again: () => void): Promise<void> {
    this.looks = 0;
    return new Promise((quiet) => (this.waiting = { again, quiet }));
  }

  looked(): void {
    this.looks += 1;
    if (this.looks < 2) return this.waiting?.again();
    this.waiting?.quiet();
    this.waiting = null;
  }

  wrote(): void {
    this.looks = 0;
    this.waiting?.again();
  }
}

/** The engine's unit of work, watched. */
export class WatchedUnitOfWork extends UnitOfWork {
  constructor(
    private readonly inner: UnitOfWork,
    private readonly quiet: Quiet,
  ) {
    super();
  }

  override async write<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const result = await this.inner.write(actor, work);
    if (actor === ENGINE) this.quiet.wrote();
    return result;
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.inner.read(work);
  }
}

/** The engine's records, watched. */
export class WatchedRecords extends PgEngineRecords {
  constructor(
    dataSource: ConstructorParameters<typeof PgEngineRecords>[0],
    private readonly quiet: Quiet,
  ) {
    super(dataSource);
  }

  override lastEvent(): Promise<number> {
    this.quiet.looked();
    return super.lastEvent();
  }
}
