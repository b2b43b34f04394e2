import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';

/** A worker says by which key it logs in to nodes, so that machines that enrol let it in. Said at every start. */
export class KeepWorkerKey {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  execute(host: string, publicKey: string): Promise<void> {
    return this.unitOfWork.write(ENGINE, (tx) => tx.machines.keepWorkerKey(host, publicKey));
  }
}
