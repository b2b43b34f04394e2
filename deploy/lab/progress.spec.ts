import { describe, expect, it } from 'vitest';
import { Progress } from './progress.js';

function screen(isTTY: boolean): { isTTY: boolean; text: string; write(text: string): void } {
  return {
    isTTY,
    text: '',
    write(text) {
      this.text += text;
    },
  };
}

describe('the progress of a deployment', () => {
  it('is a line for every change, with the time since the beginning', () => {
    const log = screen(false);
    let clock = 0;
    const progress = new Progress(log, () => clock);
    progress.expect('node-1', 'motd', 'todo');
    clock = 1_240;
    progress.show({ node: 'node-1', role: 'motd', from: 'todo', to: 'transition' });
    expect(log.text).toContain('   1.2 s  node-1             motd                   TODO -> TRANSITION\n');
  });

  it('has a bar that is full when all is active and names what is not', () => {
    const progress = new Progress(screen(false));
    for (const role of ['a', 'b', 'c']) progress.expect('node-1', role, 'blocked');
    progress.show({ node: 'node-1', role: 'a', from: 'transition', to: 'active' });
    progress.show({ node: 'node-1', role: 'b', from: 'todo', to: 'transition' });
    expect(progress.bar()).toBe(`[${'#'.repeat(10)}${'-'.repeat(20)}] 1 of 3 active, 1 in transition, 1 blocked`);
    for (const role of ['b', 'c']) progress.show({ node: 'node-1', role, from: 'transition', to: 'active' });
    expect(progress.bar()).toBe(`[${'#'.repeat(30)}] 3 of 3 active`);
  });

  it('redraws the bar in place on a terminal, and prints it once a tenth in a log', () => {
    const terminal = screen(true);
    const log = screen(false);
    for (const target of [terminal, log]) {
      const progress = new Progress(target);
      for (let role = 0; role < 100; role += 1) progress.expect('n', `r${role}`, 'todo');
      for (let role = 0; role < 100; role += 1)
        progress.show({ node: 'n', role: `r${role}`, from: 'todo', to: 'active' });
    }
    expect(terminal.text.split('\r\x1b[K').length - 1).toBe(100);
    expect(log.text.split('\n').filter((line) => line.includes('of 100 active'))).toHaveLength(11);
  });
});
