import { describe, expect, it } from 'vitest';
import { outcomeOf, tookOf, type Run } from './runs';

const run = (more: Partial<Run>): Run =>
  ({ started_at: null, finished_at: null, exit_code: null, reason: '', ...more }) as Run;

describe('a run', () => {
  it('took from its start to its end, or until now', () => {
    const started_at = '2026-01-02T03:00:00.000Z';
    expect(tookOf(run({}))).toBe('—');
    expect(tookOf(run({ started_at, finished_at: '2026-01-02T03:00:02.340Z' }))).toBe('2.3 s');
    expect(tookOf(run({ started_at }), Date.parse('2026-01-02T03:02:05.000Z'))).toBe('2 min 5 s');
    expect(tookOf(run({ started_at, finished_at: '2026-01-02T05:31:00.000Z' }))).toBe('2 h 31 min');
  });

  it('came out as its reason and its exit code say', () => {
    expect(outcomeOf(run({}))).toBe('—');
    expect(outcomeOf(run({ reason: 'no disk', exit_code: 3 }))).toBe('no disk, exit code 3');
  });
});
