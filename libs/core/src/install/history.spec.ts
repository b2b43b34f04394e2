import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRefusal } from '../base/refusal.js';
import { A_HOST_KEY, aPlannedInstall } from '#testkit';
import {
  armInstall,
  beginInstall,
  cancelInstall,
  expireInstall,
  failInstall,
  finishInstall,
  joinInstall,
  progressInstall,
  rebootInstall,
  seenBoot,
} from './decide.js';
import type { Install, InstallDecision } from './install.js';
import { INSTALL_PHASES, isOpenPhase } from './phase.js';

/** Whatever happens to an install, in whatever order, from whomever. */
type Happening =
  | { readonly what: 'arm'; readonly others: number }
  | { readonly what: 'reboot' | 'fail' | 'cancel' }
  | { readonly what: 'begin'; readonly via: 'ssh' | 'netboot' }
  | { readonly what: 'progress' | 'finish' | 'join'; readonly order: number; readonly boot: string }
  | { readonly what: 'boot'; readonly bootenv: string }
  | { readonly what: 'wait'; readonly seconds: number };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ what: fc.constant('arm' as const), others: fc.nat(25) }),
  fc.record({ what: fc.constantFrom('reboot' as const, 'reboot' as const, 'fail' as const, 'cancel' as const) }),
  fc.record({ what: fc.constant('begin' as const), via: fc.constantFrom('ssh' as const, 'netboot' as const) }),
  fc.record({
    what: fc.constantFrom('progress' as const, 'finish' as const, 'join' as const),
    // Which order's token is shown; mostly the newest.
    order: fc.constantFrom(0, 0, 0, 1, 2),
    boot: fc.constantFrom('boot-1', 'boot-2'),
  }),
  fc.record({ what: fc.constant('boot' as const), bootenv: fc.constantFrom('discovery', 'install', 'local') }),
  fc.record({ what: fc.constant('wait' as const), seconds: fc.constantFrom(1, 60, 700, 90_000) }),
);

/** As it goes when nothing goes wrong; histories begin with some of it, so that chance is tried from every phase. */
const SMOOTH: readonly Happening[] = [
  { what: 'arm', others: 0 },
  { what: 'reboot' },
  { what: 'begin', via: 'netboot' },
  { what: 'progress', order: 0, boot: 'boot-1' },
  { what: 'finish', order: 0, boot: 'boot-1' },
  { what: 'join', order: 0, boot: 'boot-2' },
];

const history = fc
  .tuple(fc.nat(SMOOTH.length), fc.array(happening, { minLength: 5, maxLength: 30 }))
  .map(([smooth, chance]) => [...SMOOTH.slice(0, smooth), ...chance]);

const digest = (kind: string, order: number): string => `${kind}${order}`.padEnd(64, '0');

class History {
  install = aPlannedInstall();
  bootenv = 'discovery';
  orders = 0;
  private now = 1_000_000;
  private boots = 0;

  apply(happening: Happening): InstallDecision | null {
    this.now += 1_000;
    const decision = this.decide(happening);
    if (decision === null || isRefusal(decision)) return null;
    this.install = decision.install;
    this.bootenv = decision.node.bootenv ?? this.bootenv;
    return decision;
  }

  private decide(happening: Happening) {
    const { install, now } = this;
    switch (happening.what) {
      case 'arm':
        return armInstall(install, { others: happening.others, max: 20, now });
      case 'reboot':
        return rebootInstall(install, now);
      case 'fail':
        return failInstall(install, 'it failed', now);
      case 'cancel':
        return cancelInstall(install, 'cancelled', now);
      case 'begin': {
        const order = this.orders + 1;
        const hashes = { token: digest('t', order), join: digest('j', order) };
        const begun = beginInstall(install, { via: happening.via, session: 's', hashes, now });
        if (!isRefusal(begun)) this.orders = order;
        return begun;
      }
      case 'progress':
      case 'finish': {
        const reporter = {
          tokenHash: digest('t', this.orders - happening.order),
          isTheMachine: null,
          bootId: happening.boot,
        };
        return happening.what === 'progress'
          ? progressInstall(install, reporter, { step: 'write', percent: 1, says: '', lines: [], disks: null }, now)
          : finishInstall(install, reporter, { outcome: 'succeeded', hostKey: A_HOST_KEY, lines: [] }, now);
      }
      case 'join': {
        const tokenHash = digest('j', this.orders - happening.order);
        return joinInstall(
          install,
          { tokenHash, isTheMachine: null, bootId: happening.boot, hostKey: A_HOST_KEY },
          now,
        );
      }
      case 'boot':
        this.boots += 1;
        return seenBoot(install, { session: `b${this.boots}`, bootenv: happening.bootenv, at: now, now });
      case 'wait':
        this.now += happening.seconds * 1_000;
        return expireInstall(install, this.now);
    }
  }
}

/** In which reports the tokens of an install count now. */
const counts = (install: Install, order: number): string[] => {
  const reporter = { tokenHash: digest('t', order), isTheMachine: null, bootId: null };
  const report = { step: 'x', percent: null, says: '', lines: [], disks: null };
  const join = { tokenHash: digest('j', order), isTheMachine: null, bootId: 'boot-9', hostKey: A_HOST_KEY };
  const progress = progressInstall(install, reporter, report, 1);
  const joined = joinInstall(install, join, 1);
  return [...(isRefusal(progress) ? [] : ['progress']), ...(joined === null || isRefusal(joined) ? [] : ['join'])];
};

describe('whatever happens to an install', () => {
  it('no phase is left backwards, no token counts in two phases, and no end boots an installer', () => {
    const reached = new Set<string>();
    fc.assert(
      fc.property(history, (happenings) => {
        const world = new History();
        let given = 0;
        for (const each of happenings) {
          const before = world.install;
          const decision = world.apply(each);
          const { install, bootenv, orders } = world;
          reached.add(install.phase);
          expect(INSTALL_PHASES.indexOf(install.phase)).toBeGreaterThanOrEqual(INSTALL_PHASES.indexOf(before.phase));
          if (!isOpenPhase(before.phase)) expect(install.phase).toBe(before.phase);
          // An order in somebody's hands: nothing that boots from then on can install.
          if (orders > given) expect(bootenv).toBe('local');
          given = orders;
          if (['installing', 'installed', 'joined'].includes(install.phase)) expect(bootenv).toBe('local');
          if (!isOpenPhase(install.phase)) expect(['local', 'discovery']).toContain(bootenv);
          if (decision?.run) expect(isOpenPhase(install.phase)).toBe(false);
          // Tokens: the newest order's alone, and each in one phase.
          for (let order = 1; order < orders; order += 1) expect(counts(install, order)).toEqual([]);
          const expected =
            install.phase === 'installing' ? ['progress'] : install.phase === 'installed' ? ['join'] : [];
          expect(counts(install, orders)).toEqual(expected);
        }
      }),
      { numRuns: 500 },
    );
    expect([...reached].sort()).toEqual([...INSTALL_PHASES].sort());
  });
});
