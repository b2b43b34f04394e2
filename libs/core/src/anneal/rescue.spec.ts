import { describe, expect, it } from 'vitest';
import { RESCUE_LIMITS as limits, rescueRun, type RunInFlight } from './rescue.js';

const run = (says: Partial<RunInFlight>): RunInFlight => ({
  state: 'running',
  attempt: 1,
  destructive: false,
  sinceDispatchMs: 0,
  sinceHeartbeatMs: 0,
  overdueMs: null,
  ...says,
});
const silent = { sinceHeartbeatMs: limits.silenceMsMax + 1 };

describe('a run whose worker may be gone', () => {
  it.each<[string, Partial<RunInFlight>, string]>([
    [
      'is left alone while it waits its turn',
      { state: 'queued', sinceDispatchMs: limits.queuedMsMax, sinceHeartbeatMs: null },
      'leave',
    ],
    [
      'goes through the queue once more when nobody began it',
      { state: 'queued', sinceDispatchMs: limits.queuedMsMax + 1 },
      'dispatch-again',
    ],
    ['is left alone while its worker speaks', { sinceHeartbeatMs: limits.silenceMsMax }, 'leave'],
    ['is tried anew when its worker fell silent', silent, 'new-attempt'],
    ['is tried anew when no worker ever spoke', { sinceHeartbeatMs: null }, 'new-attempt'],
    ['is given up when it destroys', { ...silent, destructive: true }, 'give-up'],
    ['is given up when it outlived too many workers', { ...silent, attempt: limits.attemptsMax }, 'give-up'],
    ['may end by itself shortly after its deadline', { overdueMs: limits.overdueMsMax }, 'leave'],
    ['is given up when its worker ignores the deadline', { overdueMs: limits.overdueMsMax + 1 }, 'give-up'],
    ['waits for the node as long as there is time', { state: 'waiting', sinceHeartbeatMs: null }, 'leave'],
    ['is given up when the node did not report back in time', { state: 'waiting', overdueMs: 1 }, 'give-up'],
  ])('%s', (_name, says, kind) => {
    expect(rescueRun(run(says), limits).kind).toBe(kind);
  });

  it('tells a person what to do about destruction that stopped half-way', () => {
    expect(rescueRun(run({ ...silent, destructive: true }), limits)).toMatchObject({
      reason: expect.stringContaining('then retry'),
    });
  });
});
