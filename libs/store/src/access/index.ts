import type { Transaction } from '#app';
import type { PgTransaction } from '../unit-of-work.js';
import { PgOperationStore } from '../operation/operation-store.js';
import { PgAccessStore } from './access-store.js';

export { PgAccessRecords } from './access-records.js';

/** What the REST server's own side adds to a transaction. */
export const accessStores = ({ client }: Pick<PgTransaction, 'client'>): Partial<Transaction> => ({
  access: new PgAccessStore(client),
  operations: new PgOperationStore(client),
});
