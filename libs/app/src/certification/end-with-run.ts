import { retryNodeRole, type GraphDraft, type Outcome } from '#core';
import type { Run } from '../ports/run-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { conclude } from './conclude.js';
import { orderedBy } from './order-noderole.js';

/** What carries certifications out. */
export const TEMPEST_JIG = 'tempest';

/**
 * Ends the certification of a run that ends otherwise than by its suite: cancelled before it began, given up by rescue, or
 * failed. Where the annealer tries again by itself, the certification goes on with what it has.
 */
export const endCertificationWith = async (
  tx: Transaction,
  run: Run,
  outcome: Outcome,
  { again, now }: { readonly again: boolean; readonly now: number },
): Promise<void> => {
  if (outcome.kind === 'succeeded' || again) return;
  const id = orderedBy(run.input);
  const record = id === null ? null : await tx.certifications.lock(id);
  if (!record || (record.state !== 'planned' && record.state !== 'running')) return;
  const at = new Date(now);
  await conclude(tx, record, {
    state: outcome.kind === 'cancelled' ? 'cancelled' : 'failed',
    at,
    seconds: record.startedAt && (now - record.startedAt.getTime()) / 1_000,
    notes: [],
    reason: outcome.reason,
  });
};

/**
 * Lets the noderole go on when the run that ended badly was another's: somebody ordered a certification while it came to its
 * end, and that order shall not wait for a person because of what came before it.
 */
export const takeUpNextOrder = async (tx: Transaction, draft: GraphDraft, run: Run): Promise<void> => {
  if (draft.nodeRole(run.nodeRoleId).state !== 'error') return;
  const open = await tx.certifications.openOf(run.nodeRoleId);
  if (open !== null && open !== orderedBy(run.input)) retryNodeRole(draft, run.nodeRoleId, { destroyAgain: false });
};
