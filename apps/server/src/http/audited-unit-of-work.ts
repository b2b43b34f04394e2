import { UnitOfWork, type Actor, type Transaction } from '#app';
import { isRefusal } from '#core';
import type { Audit } from './audit.js';

/** Lets the first transaction of a request that changes something write the request's row of the audit as well. */
export class AuditedUnitOfWork extends UnitOfWork {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly audit: Audit,
  ) {
    super();
  }

  override async write<Result>(actor: Actor, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    const entry = this.audit.pending();
    if (!entry) return this.unitOfWork.write(actor, work);
    const result = await this.unitOfWork.write(actor, async (tx) => {
      const done = await work(tx);
      if (!isRefusal(done)) await tx.access.audit(entry);
      return done;
    });
    if (!isRefusal(result)) this.audit.written();
    return result;
  }

  override read<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    return this.unitOfWork.read(work);
  }
}
