import type { DataSource } from 'typeorm';
import { UnitOfWork, type Actor, type Transaction } from '#app';
import { modelStores, openDatabase, PgUnitOfWork } from '#store';

/** Connections of one netboot process: one that reads, one that acknowledges, one that copies leases. */
const CONNECTIONS_MAX = 4;

/**
 * The database, opened when it is first needed and again after it could not be: netboot starts and serves while it is
 * away. Once it has been reached, its pool makes lost connections anew by itself.
 */
export class DatabaseWhenThere extends UnitOfWork {
  private opening: Promise<DataSource> | null = null;
  private closed = false;

  constructor(private readonly url: string) {
    super();
  }

  override async write<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return (await this.unitOfWork()).write(actor, work);
  }

  override async read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return (await this.unitOfWork()).read(work);
  }

  async close(): Promise<void> {
    this.closed = true;
    const dataSource = await this.opening?.catch(() => null);
    if (dataSource?.isInitialized) await dataSource.destroy();
  }

  private async unitOfWork(): Promise<UnitOfWork> {
    if (this.closed) throw new Error('netboot stops');
    this.opening ??= openDatabase({
      url: this.url,
      applicationName: 'anneal netboot',
      connectionsMax: CONNECTIONS_MAX,
      byIndex: true,
    }).catch((error: unknown) => {
      this.opening = null;
      throw error;
    });
    return new PgUnitOfWork(await this.opening, modelStores);
  }
}
