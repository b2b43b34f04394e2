import type { InstallId, Refusal } from '#core';
import { isId } from '../ports/model-ids.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';

/** What somebody tried with an order or a token that was not theirs, or not any more. */
export interface Attempted {
  readonly install: string;
  /** `order`, `progress`, `finish`, `join`. */
  readonly what: string;
  /** Where it came from; null where that is not known. */
  readonly address: string | null;
}

/** Whether a refusal is one that somebody should hear of. */
export const isReplay = (refusal: Refusal): boolean => refusal.fields?.['replayed'] === true;

/**
 * Tells the history that an order was asked for twice, or a token used that does not count (R19, R25). In a transaction of
 * its own, since the one that refused wrote nothing. Of an install that is not there nothing is told: who makes ids up
 * shall not fill the history.
 */
export const tellReplayed = async (unitOfWork: UnitOfWork, refusal: Refusal, attempted: Attempted): Promise<void> => {
  if (!isReplay(refusal) || !isId(attempted.install)) return;
  await unitOfWork.write(ENGINE, async (tx) => {
    const install = await tx.installs.lock(attempted.install as InstallId);
    if (!install) return;
    const { id, nodeId, nodeRoleId, runId, phase } = install;
    const { what, address } = attempted;
    tx.tell({
      kind: 'install.token_replayed',
      ...{ nodeId, nodeRoleId, runId },
      data: { install: id, phase, what, from: address, reason: refusal.detail },
    });
  });
};
