import type { Transaction } from '#app';
import type { PgTransaction } from '../unit-of-work.js';
import { PgAccessStore } from './access-store.js';

export { PgAccessRecords } from './access-records.js';

/** What the access side adds to a transaction. */
export const accessStores = ({ client }: Pick<PgTransaction, 'client'>): Partial<Transaction> => ({ access: new PgAccessStore(client) });
