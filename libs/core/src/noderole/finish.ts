import { invariant } from '../base/invariant.js';
import type { NodeRoleId } from '../base/ids.js';
import type { GraphDraft } from '../graph/draft.js';
import type { GraphRole, NodeRole, RetryPolicy } from '../graph/graph.js';
import { lead } from './decide.js';
import {
  LOST_CONTACT_MAX,
  LOST_CONTACT_PAUSE_MS,
  NOT_YET_MAX,
  RETRY_PAUSE_MS_MAX,
  STATUS_LENGTH_MAX,
} from './limits.js';
import { moveTo } from './ripple.js';

/** How a run ended, as far as the graph is concerned. */
export type Outcome =
  | { readonly kind: 'succeeded' }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode?: number }
  | { readonly kind: 'not-yet'; readonly reason: string; readonly retryAfterMs: number }
  | { readonly kind: 'lost-contact'; readonly reason: string }
  | { readonly kind: 'cancelled'; readonly reason: string };

/**
 * Applies the end of the run that owns a noderole: the one place where an outcome becomes a state.
 * The caller has checked that the outcome comes from the attempt that owns it (fencing). `now` is in milliseconds.
 */
export const finishNodeRole = (draft: GraphDraft, id: NodeRoleId, outcome: Outcome, now: number): void => {
  const nodeRole = draft.nodeRole(id);
  invariant(nodeRole.state === 'transition', `the run of ${draft.nameOf(id)} ended, yet it is ${nodeRole.state}`);
  const role = draft.role(nodeRole.roleId);
  const pauseMs = pauseBeforeNextTry(role, nodeRole, outcome);
  const ended = { runId: null, doubted: false, rerun: false } as const;

  if (outcome.kind === 'succeeded') {
    const to = leadOrThrow(draft, id, 'succeed');
    moveTo(draft, id, to, { ...ended, runCount: nodeRole.runCount + 1, failures: 0, notBefore: null, status: '' });
    return;
  }
  const failures = nodeRole.failures + 1;
  const status = outcome.reason.slice(0, STATUS_LENGTH_MAX);
  const why = { outcome: outcome.kind, reason: status };
  if (pauseMs !== null) {
    const to = leadOrThrow(draft, id, 'defer');
    // A re-run that is put off is still wanted.
    const dirty = nodeRole.dirty || to === 'active';
    moveTo(draft, id, to, { ...ended, dirty, failures, notBefore: now + pauseMs, status }, why);
    return;
  }
  const to = leadOrThrow(draft, id, 'fail');
  moveTo(draft, id, to, { ...ended, failures: to === 'error' ? failures : 0, notBefore: null, status }, why);
};

/**
 * Milliseconds until the annealer may try again by itself, or null when it may not. A destructive noderole is never tried
 * again by itself, unless it said itself that it has not begun (not yet).
 */
export const pauseBeforeNextTry = (role: GraphRole, nodeRole: NodeRole, outcome: Outcome): number | null => {
  switch (outcome.kind) {
    case 'succeeded':
    case 'cancelled':
      return null;
    case 'not-yet':
      return nodeRole.failures < NOT_YET_MAX ? outcome.retryAfterMs : null;
    case 'lost-contact':
      return !role.destructive && nodeRole.failures < LOST_CONTACT_MAX ? LOST_CONTACT_PAUSE_MS : null;
    case 'failed':
      return !role.destructive && role.retry ? retryPause(role.retry, nodeRole.failures, outcome.exitCode) : null;
    default:
      return outcome satisfies never;
  }
};

const retryPause = (policy: RetryPolicy, failures: number, exitCode: number | undefined): number | null => {
  const covered = policy.exitCodes.length === 0 || (exitCode !== undefined && policy.exitCodes.includes(exitCode));
  if (!covered || failures >= policy.max) return null;
  return Math.min(policy.backoffMs * 2 ** failures, RETRY_PAUSE_MS_MAX);
};

const leadOrThrow = (draft: GraphDraft, id: NodeRoleId, command: 'succeed' | 'fail' | 'defer') => {
  const to = lead(draft, id, command);
  invariant(to, `no row of the table ends the run of ${draft.nameOf(id)} with ${command}`);
  return to;
};
