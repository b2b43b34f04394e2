import { describe, expect, it } from 'vitest';
import { isRefusal, type Refusal } from '../base/refusal.js';
import { A_HOST_KEY, aPlannedInstall } from '#testkit';
import {
  armInstall,
  beginInstall,
  cancelInstall,
  expireInstall,
  failInstall,
  finishInstall,
  hinderInstall,
  joinInstall,
  poweredInstall,
  progressInstall,
  rebootInstall,
  seenBoot,
  type InstallProgress,
} from './decide.js';
import { INSTALL_DEADLINES, installDeadline, overdue } from './deadlines.js';
import type { Install, InstallDecision } from './install.js';
import { installWait } from './wait.js';

const done = (decision: InstallDecision | Refusal | null): InstallDecision => {
  if (decision === null || isRefusal(decision)) throw new Error(decision?.detail ?? 'nothing was decided');
  return decision;
};
const refused = (decision: InstallDecision | Refusal | null): Refusal => {
  if (!isRefusal(decision)) throw new Error('it was not refused');
  return decision;
};

const HASHES = { token: 't'.repeat(64), join: 'j'.repeat(64) };
const MACHINE = { tokenHash: HASHES.token, isTheMachine: null, bootId: null };
const BOOTS = { installer: 'boot-1', installed: 'boot-2' };
const progress = (different: Partial<InstallProgress> = {}): InstallProgress => ({
  ...{ step: 'write', percent: 10, says: '', lines: [], disks: null },
  ...different,
});
const FINISH = { outcome: 'succeeded', hostKey: A_HOST_KEY, lines: [] } as const;
const JOIN = { tokenHash: HASHES.join, isTheMachine: null, bootId: BOOTS.installed, hostKey: A_HOST_KEY };

const planned = aPlannedInstall();
const at = (now: number) => ({ others: 0, max: 20, now });
const armed = done(armInstall(planned, at(2_000_000))).install;
const rebooting = done(rebootInstall(armed, 3_000_000)).install;
const begun = (via: 'ssh' | 'netboot', from: Install): InstallDecision =>
  done(beginInstall(from, { via, session: 's1', hashes: HASHES, now: 4_000_000 }));
const installing = begun('netboot', rebooting).install;
const heard = done(progressInstall(installing, { ...MACHINE, bootId: BOOTS.installer }, progress(), 4_100_000)).install;
const installed = done(finishInstall(heard, MACHINE, FINISH, 5_000_000) as InstallDecision).install;
const joined = done(joinInstall(installed, JOIN, 6_000_000) as InstallDecision).install;
const ALL = { planned, armed, rebooting, installing, installed, joined };

describe('an install is armed', () => {
  it('with the boot environment that gives its order out', () => {
    expect(armInstall(planned, at(1))).toMatchObject({ install: { phase: 'armed' }, node: { bootenv: 'install' } });
  });

  it('when there is room, and waits while there is none (R37)', () => {
    expect(refused(armInstall(planned, { others: 20, max: 20, now: 1 })).detail).toContain('20 installs go on');
    expect(isRefusal(armInstall(planned, { others: 19, max: 20, now: 1 }))).toBe(false);
  });
});

describe('an order is given out', () => {
  it('with the local disk as the next boot in the same decision (R19)', () => {
    expect(begun('netboot', rebooting)).toMatchObject({
      install: { phase: 'installing', tokenHash: HASHES.token, joinHash: HASHES.join, via: 'netboot' },
      node: { bootenv: 'local' },
    });
  });

  it('without a reboot to a machine that runs discovery', () => {
    expect(begun('ssh', armed).install).toMatchObject({ phase: 'installing', via: 'ssh', session: 's1' });
  });

  it('once: a machine that asks again is told of and gets nothing', () => {
    for (const from of [installing, heard, installed, joined])
      expect(
        refused(beginInstall(from, { via: 'netboot', session: 's2', hashes: HASHES, now: 1 })).fields,
      ).toMatchObject({ replayed: true });
  });

  it('not before netboot has acknowledged, and not over SSH to a machine that is being restarted', () => {
    expect(isRefusal(beginInstall(planned, { via: 'netboot', session: null, hashes: HASHES, now: 1 }))).toBe(true);
    expect(isRefusal(beginInstall(planned, { via: 'ssh', session: null, hashes: HASHES, now: 1 }))).toBe(true);
    expect(isRefusal(beginInstall(rebooting, { via: 'ssh', session: null, hashes: HASHES, now: 1 }))).toBe(true);
  });

  it('again over SSH alone, as long as nobody has reported with the one before, which is void then', () => {
    const lost = begun('ssh', armed).install;
    const other = { token: 'u'.repeat(64), join: 'v'.repeat(64) };
    const asked = { via: 'ssh', session: 's1', hashes: other, now: 1 } as const;
    expect(beginInstall(lost, asked)).toMatchObject({ code: 'conflict' });
    const again = done(beginInstall(lost, { ...asked, again: true }));
    expect(again).toMatchObject({ install: { phase: 'installing', tokenHash: other.token }, events: [{}] });
    expect(isRefusal(progressInstall(again.install, MACHINE, progress(), 1))).toBe(true);
    const taken = done(progressInstall(lost, MACHINE, progress(), 1)).install;
    expect(isRefusal(beginInstall(taken, { ...asked, again: true }))).toBe(true);
  });
});

describe('a report of progress', () => {
  it('is kept, and told when the step changes', () => {
    const first = done(progressInstall(installing, MACHINE, progress({ lines: ['a'] }), 10));
    expect(first).toMatchObject({ install: { heardAt: 10, step: 'write', percent: 10, logTail: ['a'] } });
    expect(first.events).toHaveLength(1);
    expect(done(progressInstall(first.install, MACHINE, progress({ percent: 20 }), 11)).events).toEqual([]);
  });

  it('is refused with another token, from another machine, from another boot, and told of', () => {
    const refusals = [
      progressInstall(heard, { ...MACHINE, tokenHash: 'x' }, progress(), 1),
      progressInstall(heard, { ...MACHINE, isTheMachine: false }, progress(), 1),
      progressInstall(heard, { ...MACHINE, bootId: 'boot-9' }, progress(), 1),
    ];
    for (const refusal of refusals) expect(refused(refusal).fields).toMatchObject({ replayed: true });
  });

  it('is refused in every other phase, with the token that was good before', () => {
    for (const phase of ['planned', 'armed', 'rebooting', 'installed', 'joined'] as const)
      expect(isRefusal(progressInstall(ALL[phase], MACHINE, progress(), 1)), phase).toBe(true);
  });

  it('ends the install when the disks are not those that were granted', () => {
    const wrong = progress({ disks: [{ id: 'serial:VDA', bytes: 1, serial: 'VDA' }] });
    expect(progressInstall(installing, MACHINE, wrong, 1)).toMatchObject({
      install: { phase: 'failed', tokenHash: null },
      node: { bootenv: 'discovery' },
      run: { kind: 'failed', reason: expect.stringContaining('nothing was written') },
    });
  });
});

describe('the end of the writing', () => {
  it('closes the token; the same again is answered like the first', () => {
    expect(installed).toMatchObject({ phase: 'installed', hostKey: A_HOST_KEY });
    expect(finishInstall(installed, MACHINE, FINISH, 1)).toBeNull();
    expect(isRefusal(progressInstall(installed, MACHINE, progress(), 1))).toBe(true);
  });

  it('with another host key is not the same again', () => {
    expect(isRefusal(finishInstall(installed, MACHINE, { ...FINISH, hostKey: 'ssh-rsa BBBB' }, 1))).toBe(true);
  });

  it('may be a failure, with the machine’s reason', () => {
    expect(finishInstall(heard, MACHINE, { outcome: 'failed', reason: 'no space', lines: ['x'] }, 1)).toMatchObject({
      install: { phase: 'failed', reason: 'no space', logTail: ['x'] },
      node: { bootenv: 'discovery' },
      run: { kind: 'failed', reason: 'no space' },
    });
  });

  it('is refused where nothing is being written', () => {
    for (const phase of ['planned', 'armed', 'rebooting', 'joined'] as const)
      expect(isRefusal(finishInstall(ALL[phase], MACHINE, FINISH, 1)), phase).toBe(true);
  });
});

describe('the installed system', () => {
  it('ends the install, and is what is reached from then on (P4, R36)', () => {
    expect(joinInstall(installed, JOIN, 1)).toMatchObject({
      install: { phase: 'joined' },
      node: { bootenv: 'local', joined: { hostKey: A_HOST_KEY, bootId: BOOTS.installed } },
      run: { kind: 'succeeded' },
    });
  });

  it('may say so twice, from the same boot', () => {
    expect(joinInstall(joined, JOIN, 1)).toBeNull();
    expect(refused(joinInstall(joined, { ...JOIN, bootId: 'boot-3' }, 1)).fields).toMatchObject({ replayed: true });
  });

  it.each([
    ['an old system on another disk, with another token (R17, R18)', { tokenHash: 'x' }],
    ['the order’s own token', { tokenHash: HASHES.token }],
    ['the system that wrote the disk', { bootId: BOOTS.installer }],
    ['a system with another host key', { hostKey: 'ssh-ed25519 BBBB' }],
    ['another machine', { isTheMachine: false }],
  ])('is not %s', (_says, different) => {
    expect(refused(joinInstall(installed, { ...JOIN, ...different }, 1)).fields).toMatchObject({ replayed: true });
  });

  it('is asked to wait while the machine has not been heard to finish', () => {
    expect(refused(joinInstall(installing, JOIN, 1)).fields).toEqual({ again: true });
  });
});

describe('an install that does not go on', () => {
  it.each(['planned', 'armed', 'rebooting', 'installing', 'installed'] as const)(
    'fails from %s with its tokens void and a boot that installs nothing',
    (phase) => {
      for (const [end, name] of [
        [failInstall, 'failed'],
        [cancelInstall, 'cancelled'],
      ] as const) {
        const decision = done(end(ALL[phase], 'why', 9));
        expect(decision).toMatchObject({
          install: { phase: name, reason: 'why', tokenHash: null, joinHash: null },
          node: { bootenv: 'discovery' },
          run: { kind: name, reason: 'why' },
        });
        expect(isRefusal(end(decision.install, 'again', 10))).toBe(true);
        expect(isRefusal(joinInstall(decision.install, JOIN, 10))).toBe(true);
        expect(isRefusal(progressInstall(decision.install, MACHINE, progress(), 10))).toBe(true);
      }
    },
  );

  it('runs out of the time of each wait, and says which (R21)', () => {
    const late = (install: Install) => overdue(install, 1e15)?.wait;
    expect([planned, armed, rebooting, installing, heard, installed].map(late)).toEqual([
      'planned',
      'armed',
      'rebooting',
      'taken',
      'silent',
      'installed',
    ]);
    const busy: Install = { ...heard, heardAt: heard.phaseSince + INSTALL_DEADLINES.installing * 1_000 - 1 };
    expect(late(busy)).toBe('installing');
    expect(expireInstall(armed, installDeadline(armed).at - 1)).toBeNull();
    expect(expireInstall(armed, installDeadline(armed).at)).toMatchObject({ install: { phase: 'failed' } });
    expect(expireInstall(joined, 1e15)).toBeNull();
  });

  it('ends at once when the machine starts again in the middle of it', () => {
    const boot = { session: 's9', bootenv: 'discovery', at: 4_500_000, now: 4_500_001 };
    expect(seenBoot(heard, boot)).toMatchObject({ run: { reason: expect.stringContaining('started again') } });
    expect(seenBoot(rebooting, boot)).toMatchObject({
      run: { reason: 'the machine booted discovery and not install' },
    });
  });

  it('takes no offence at the boot that it asked for, at one before it, or at that of the installed system', () => {
    const boot = { session: 's9', bootenv: 'install', at: 4_500_000, now: 4_500_001 };
    for (const install of [rebooting, heard, installed, planned]) expect(seenBoot(install, boot)).toBeNull();
    expect(seenBoot(heard, { ...boot, session: 's1', bootenv: 'discovery' })).toBeNull();
    expect(seenBoot(heard, { ...boot, bootenv: 'discovery', at: 1 })).toBeNull();
  });

  it('takes no offence at the boot that was to end, even if the clock of the servers went back since', () => {
    const restarted = done(rebootInstall(armed, 3_000_000, 's0')).install;
    const before = { session: 's0', bootenv: 'discovery', at: 3_500_000, now: 3_000_001 };
    expect(seenBoot(restarted, before)).toBeNull();
    const fetched = done(beginInstall(restarted, { via: 'netboot', session: null, hashes: HASHES, now: 3_100_000 }));
    expect(seenBoot(fetched.install, before)).toBeNull();
    expect(seenBoot(fetched.install, { ...before, session: 's1' })).toMatchObject({ install: { phase: 'failed' } });
  });
});

describe('what keeps an install from going on', () => {
  it('is said once, and again with the reason when its time has run out', () => {
    const hindered = done(hinderInstall(armed, 'nobody serves images')).install;
    expect(hinderInstall(hindered, 'nobody serves images')).toBeNull();
    expect(hinderInstall(joined, 'too late')).toBeNull();
    expect(installWait(hindered)).toContain('armed (nobody serves images)');
    expect(overdue(hindered, 1e15)?.reason).toContain('(nobody serves images)');
  });
});

describe('power', () => {
  it('is counted, and only while the machine is to be restarted', () => {
    expect(poweredInstall(rebooting, { what: 'done', now: 7 })).toMatchObject({
      install: { powered: 1, poweredAt: 7, says: 'done' },
    });
    expect(isRefusal(poweredInstall(installing, { what: 'done', now: 7 }))).toBe(true);
  });
});

describe('what an install waits for', () => {
  it('is said with who moves it', () => {
    expect(installWait(heard)).toContain('the install of debian-12 is installing (10 %); what moves it is the machine');
    expect(installWait(planned)).toContain('installs_at_once_max');
  });
});
