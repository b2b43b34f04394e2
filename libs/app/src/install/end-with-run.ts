import { cancelInstall, failInstall, isOpenPhase, isRefusal, type Outcome } from '#core';
import type { Run } from '../ports/run-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { applyInstall } from './apply-install.js';

/**
 * Ends the install of a run that ends otherwise than by its installed system: whoever cancels it, gives it up or fails it
 * comes through here, so that its token is void and its machine boots something harmless in the transaction that ends the
 * run (R35).
 */
export const endInstallWith = async (tx: Transaction, run: Run, outcome: Outcome, now: number): Promise<void> => {
  const install = await tx.installs.lockOfRun(run.id);
  if (!install || !isOpenPhase(install.phase) || outcome.kind === 'succeeded') return;
  const end = outcome.kind === 'cancelled' ? cancelInstall : failInstall;
  const decision = end(install, outcome.reason, now);
  if (!isRefusal(decision)) await applyInstall(tx, decision, null);
};
