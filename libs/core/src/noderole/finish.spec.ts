import { describe, expect, it } from 'vitest';
import { drawn } from '#testkit';
import { idOf, type NodeRoleId } from '../base/ids.js';
import { BrokenInvariant } from '../base/invariant.js';
import { GraphDraft } from '../graph/draft.js';
import type { GraphRole, NodeRole } from '../graph/graph.js';
import { finishNodeRole, type Outcome } from './finish.js';
import {
  LOST_CONTACT_MAX,
  LOST_CONTACT_PAUSE_MS,
  NOT_YET_MAX,
  RETRY_PAUSE_MS_MAX,
  STATUS_LENGTH_MAX,
} from './limits.js';

const A = idOf<NodeRoleId>('A');
const NOW = 1_000_000;

const finished = (outcome: Outcome, role: Partial<GraphRole> = {}, nodeRole: Partial<NodeRole> = {}): NodeRole => {
  const draft = new GraphDraft(drawn('A transition', { roles: { A: role }, nodeRoles: { A: nodeRole } }));
  finishNodeRole(draft, A, outcome, NOW);
  return draft.nodeRole(A);
};
const failed: Outcome = { kind: 'failed', reason: 'exit 3', exitCode: 3 };
const notYet: Outcome = { kind: 'not-yet', reason: 'not yet', retryAfterMs: 5_000 };
const lost: Outcome = { kind: 'lost-contact', reason: 'the connection dropped' };
const retry = { retry: { max: 2, backoffMs: 1_000, exitCodes: [] } };

describe('the end of a run', () => {
  it('counts a success and clears what failed before', () => {
    expect(finished({ kind: 'succeeded' }, {}, { failures: 2, runCount: 4 })).toMatchObject({
      state: 'active',
      runCount: 5,
      failures: 0,
      runId: null,
    });
  });

  it('makes an error of a failure, with its reason cut to what fits beside a state', () => {
    expect(finished(failed)).toMatchObject({ state: 'error', failures: 1, status: 'exit 3', notBefore: null });
    expect(finished({ kind: 'failed', reason: 'x'.repeat(9_999) }).status).toHaveLength(STATUS_LENGTH_MAX);
  });

  it('makes an error of a cancelled run, whatever its retry policy', () => {
    expect(finished({ kind: 'cancelled', reason: 'by root' }, retry).state).toBe('error');
  });

  it.each([
    { failures: 0, state: 'todo', notBefore: NOW + 1_000 },
    { failures: 1, state: 'todo', notBefore: NOW + 2_000 },
    { failures: 2, state: 'error', notBefore: null },
  ])('follows the retry policy after $failures failures', ({ failures, state, notBefore }) => {
    expect(finished(failed, retry, { failures })).toMatchObject({ state, notBefore });
  });

  it('never waits longer than an hour between two tries', () => {
    const patient = { retry: { max: 40, backoffMs: 1_000, exitCodes: [] } };
    expect(finished(failed, patient, { failures: 30 }).notBefore).toBe(NOW + RETRY_PAUSE_MS_MAX);
  });

  it('retries only the exit codes that the policy names', () => {
    expect(finished(failed, { retry: { max: 2, backoffMs: 1, exitCodes: [7] } }).state).toBe('error');
    expect(finished(failed, { retry: { max: 2, backoffMs: 1, exitCodes: [3] } }).state).toBe('todo');
  });

  it('plans again what says that it cannot begin yet, and gives up after a long time', () => {
    expect(finished(notYet)).toMatchObject({ state: 'todo', notBefore: NOW + 5_000 });
    expect(finished(notYet, {}, { failures: NOT_YET_MAX }).state).toBe('error');
  });

  it('looks again a few times when the connection drops', () => {
    expect(finished(lost)).toMatchObject({ state: 'todo', notBefore: NOW + LOST_CONTACT_PAUSE_MS });
    expect(finished(lost, {}, { failures: LOST_CONTACT_MAX }).state).toBe('error');
  });

  it('never repeats destruction by itself, unless it says that it has not begun', () => {
    const destructive = { destructive: true, ...retry };
    expect(finished(failed, destructive).state).toBe('error');
    expect(finished(lost, destructive).state).toBe('error');
    expect(finished(failed, destructive, { doubted: true }).state).toBe('error');
    expect(finished(notYet, destructive)).toMatchObject({ state: 'todo', notBefore: NOW + 5_000 });
  });

  it('keeps a change that came while it ran', () => {
    expect(finished({ kind: 'succeeded' }, {}, { dirty: true })).toMatchObject({ state: 'active', dirty: true });
  });

  it('throws when no run owns the noderole', () => {
    const draft = new GraphDraft(drawn('A todo'));
    expect(() => finishNodeRole(draft, A, failed, NOW)).toThrow(BrokenInvariant);
  });
});
