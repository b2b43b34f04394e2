import { describe, expect, it } from 'vitest';
import { INSTALL_PHASES, OPEN_INSTALL_PHASES } from './phase.js';
import { printInstalls } from './print-installs.js';
import { checkInstallTable, INSTALL_COMMANDS, INSTALL_TRANSITIONS, installDestination } from './transitions.js';

describe('the table of installs', () => {
  it('is sound', () => {
    expect(checkInstallTable()).toEqual([]);
  });

  it('is not, whichever row is taken out of it, but for the fast track and the reports of progress', () => {
    const spare = new Set(['armed begin', 'installing progress']);
    for (const row of INSTALL_TRANSITIONS) {
      const without = INSTALL_TRANSITIONS.filter((other) => other !== row);
      const problems = checkInstallTable(without);
      // From `armed` there are two ways on.
      const isSpare = spare.has(`${row.from} ${row.command}`) || row.command === 'reboot';
      if (!isSpare) expect(problems, `${row.from} + ${row.command}`).not.toEqual([]);
    }
  });

  it('is not when an end is left, a phase goes backwards, or a pair has two rows', () => {
    expect(
      checkInstallTable([...INSTALL_TRANSITIONS, { from: 'joined' as 'installed', command: 'arm', to: 'failed' }]),
    ).toContain('joined is an end and yet arm leaves it');
    expect(checkInstallTable([...INSTALL_TRANSITIONS, { from: 'installing', command: 'arm', to: 'armed' }])).toContain(
      'arm leads from installing back to armed',
    );
    expect(checkInstallTable([...INSTALL_TRANSITIONS, INSTALL_TRANSITIONS[0]!])).toContain(
      'planned + arm has two rows',
    );
  });

  it('lets every open phase be failed and cancelled, and no ended one be moved', () => {
    for (const phase of OPEN_INSTALL_PHASES)
      expect([installDestination(phase, 'fail'), installDestination(phase, 'cancel')]).toEqual(['failed', 'cancelled']);
    for (const phase of ['joined', 'failed', 'cancelled'] as const)
      for (const command of Object.keys(INSTALL_COMMANDS) as (keyof typeof INSTALL_COMMANDS)[])
        expect(installDestination(phase, command)).toBeUndefined();
  });

  it('is printed with every phase, command and deadline', () => {
    const page = printInstalls();
    for (const phase of INSTALL_PHASES) expect(page).toContain(`| ${phase} |`);
    for (const { from, command, to } of INSTALL_TRANSITIONS) expect(page).toContain(`| ${from} | ${command} | ${to} |`);
  });
});
