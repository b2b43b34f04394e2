import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.js';

describe('the timeline of machines', () => {
  it('counts from the power, and the first time only', () => {
    let now = 1_000;
    const timeline = new Timeline(() => now);
    timeline.reached('one', 'on');
    now = 21_500;
    expect(timeline.reached('one', 'discovered')).toBe(true);
    now = 40_000;
    expect(timeline.reached('one', 'discovered')).toBe(false);
    expect(timeline.seconds('one', 'discovered')).toBe(20.5);
    expect(timeline.seconds('one', 'installed')).toBeNull();
  });

  it('shows what somebody reached, and a dash for who did not', () => {
    let now = 0;
    const timeline = new Timeline(() => now);
    for (const id of ['one', 'two']) timeline.reached(id, 'on');
    now = 12_000;
    timeline.reached('one', 'discovered');
    const lines = timeline
      .table(
        [
          { id: 'one', says: ['one', 'bios'] },
          { id: 'two', says: ['two', 'uefi'] },
        ],
        ['machine', 'firmware'],
      )
      .split('\n');
    expect(lines.find((line) => line.includes('machine'))).toMatch(/machine +│ firmware +│ discovered s/);
    expect(lines.find((line) => line.includes(' one '))).toMatch(/one +│ bios +│ 12 /);
    expect(lines.find((line) => line.includes(' two '))).toMatch(/two +│ uefi +│ - /);
  });
});
