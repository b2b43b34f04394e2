import { describe, expect, it } from 'vitest';
import { layOut, marksOf, type Entry } from './lay-out';

const at = (second: number): string => new Date(1_000_000_000_000 + second * 1_000).toISOString();
const entry = (second: number, kind: string, more: Partial<Entry> = {}): Entry => ({
  at: at(second),
  until: null,
  kind,
  node: 'n1',
  node_role: 'a@n1',
  run_id: 'r1',
  actor: '',
  data: {},
  ...more,
});

describe('a timeline', () => {
  it('has a lane for each node, and rows for runs at the same time', () => {
    const entries = [
      entry(0, 'run.succeeded', { until: at(10) }),
      entry(5, 'run.failed', { until: at(8), run_id: 'r2', data: { reason: 'exit 1' } }),
      entry(20, 'run.succeeded', { until: at(30), run_id: 'r3' }),
      entry(3, 'node.dead', { node: 'n2', run_id: null }),
    ];
    const { lanes, from, until } = layOut(entries, Date.parse(at(100)));
    expect(lanes.map(({ node, rows }) => [node, rows.map((row) => row.length)])).toEqual([
      ['n1', [2, 1]],
      ['n2', []],
    ]);
    expect(lanes[1]?.points[0]?.kind).toBe('node.dead');
    expect(lanes[0]?.rows[1]?.[0]).toMatchObject({ outcome: 'bad', says: 'failed, exit 1' });
    expect([from, until]).toEqual([Date.parse(at(0)), Date.parse(at(30))]);
  });

  it('draws the phases of an install one after the other, the last one until now', () => {
    const entries = [
      entry(0, 'run.running'),
      entry(1, 'install.planned'),
      entry(2, 'install.armed'),
      entry(5, 'install.rebooting'),
    ];
    const bars = layOut(entries, Date.parse(at(60))).lanes[0]?.rows.flat() ?? [];
    expect(
      bars.filter(({ kind }) => kind === 'phase').map(({ label, from, until }) => [label, (until - from) / 1_000]),
    ).toEqual([
      ['planned', 1],
      ['armed', 3],
      ['rebooting', 55],
    ]);
    expect(bars.find(({ kind }) => kind === 'run')).toMatchObject({ open: true, until: Date.parse(at(60)) });
  });

  it('has round marks, and few of them', () => {
    expect(marksOf(0, 60_000)).toEqual([0, 10_000, 20_000, 30_000, 40_000, 50_000, 60_000]);
    expect(marksOf(1, 86_400_000).length).toBeLessThanOrEqual(9);
  });
});
