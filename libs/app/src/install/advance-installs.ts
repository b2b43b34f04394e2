import {
  armInstall,
  checkInstallTable,
  expireInstall,
  failInstall,
  hinderInstall,
  installOrderJson,
  isRefusal,
  poweredInstall,
  rebootInstall,
  seenBoot,
  type Install,
  type InstallDecision,
  type InstallId,
  type Refusal,
} from '#core';
import { storeOutputs } from '../attrib/store-outputs.js';
import { FinishRun } from '../engine/finish-run.js';
import { WaitAcknowledged, type Acknowledged } from '../netboot/wait-acknowledged.js';
import type { Clock } from '../ports/clock.js';
import type { OpenInstall } from '../ports/install-store.js';
import type { Log } from '../ports/log.js';
import type { MachinePower, PowerResult } from '../ports/machine-power.js';
import type { ExecEnd, NodeSession } from '../ports/node-session.js';
import type { OrderTokens } from '../ports/order-tokens.js';
import { ENGINE, type UnitOfWork } from '../ports/unit-of-work.js';
import { readSetting } from '../setting/settings.js';
import { applyInstall } from './apply-install.js';
import { BeginInstall } from './begin-install.js';

/** The program in the discovery system that works an order off. It reads the order, detaches itself, and returns. */
export const INSTALL_PROGRAM = '/usr/sbin/anneal-install';
/** Where that program keeps the order that it works on. */
export const INSTALL_PROGRAM_ORDER = '/run/anneal/install/order.json';
/** Its exit code when another order is being worked off there. */
const BUSY_EXIT = 3;

/** How long one turn waits for netboot, in milliseconds; what was not acknowledged by then is looked at in the next. */
const ACKNOWLEDGED_WITHIN_MS = 1_000;
/** One question to a machine over SSH, in milliseconds. */
const ASK_MS = 15_000;
/** The handing over of an order, which returns when it was read, in milliseconds. */
const HAND_OVER_MS = 60_000;
/** For setting what is booted next, and for switching off and on again, in milliseconds; as `MachinePower` suggests. */
const POWER_MS = 20_000;
const CYCLE_MS = 60_000;
/** A machine that did not ask for its order this long after it was told to start is told once more, in milliseconds (R16). */
const POWER_AGAIN_MS = 600_000;
/** How often one is told at the most. */
const POWER_MAX = 2;
/** Pause before a machine that could not be handed its order is tried again, in milliseconds. */
const HAND_AGAIN_MS = 5_000;
/** Most installs that one turn admits: those that wait behind them, ten thousand perhaps, it does not even read. */
const ADMITTED_A_TURN_MAX = 100;
/** How often all that wait for room are looked at, in milliseconds; what they may wait is a day. */
const PLANNED_LOOK_MS = 10_000;

export interface AdvanceInstallsParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly tokens: OrderTokens;
  readonly log: Log;
  /** Where machines report, without trailing slash. */
  readonly apiUrl: string;
  /** Absent where no machine is reached: then every install begins with a boot from the network. */
  readonly session?: NodeSession | undefined;
  /** Absent where nobody can switch machines: then a person has to. */
  readonly power?: MachinePower | undefined;
}

/**
 * The loop of installs, run by the worker that leads. It looks at all that go on and at the first of the line that waits for
 * room, now and then at the whole line, and does what their rows ask for: admits, sets boot environments, waits for netboot,
 * hands orders over or asks for power, and ends what has waited too long. So a turn costs what goes on, not what waits.
 * What takes longer than a turn goes on beside it, one thing for each install; when this process vanishes, the next leader
 * finds the rows as they are. It decides nothing: the functions of core do, on locked rows.
 */
export class AdvanceInstalls {
  private readonly finishRun: FinishRun;
  private readonly begin: BeginInstall;
  private readonly acknowledged: WaitAcknowledged;
  /** What goes on beside the turns, by install. */
  private readonly beside = new Map<InstallId, Promise<void>>();
  /** Orders that this process saw taken by their machine. */
  private readonly handed = new Set<InstallId>();
  /** When a machine is tried again, by install. */
  private readonly notBefore = new Map<InstallId, number>();
  /** When all that wait for room are looked at next. */
  private plannedLookAt = 0;

  constructor(private readonly parts: AdvanceInstallsParts) {
    const wrong = checkInstallTable();
    if (wrong.length > 0) throw new Error(`the table of installs is wrong: ${wrong.join('; ')}`);
    this.finishRun = new FinishRun(parts.unitOfWork, parts.clock, storeOutputs);
    this.begin = new BeginInstall(parts);
    this.acknowledged = new WaitAcknowledged(parts.unitOfWork);
  }

  /** One turn. */
  async execute(): Promise<void> {
    const { unitOfWork, clock } = this.parts;
    const open = await unitOfWork.read((tx) => tx.installs.open(this.plannedToRead()));
    const ids = new Set(open.map(({ install }) => install.id));
    for (const id of this.handed) if (!ids.has(id)) this.handed.delete(id);
    for (const id of this.notBefore.keys()) if (!ids.has(id)) this.notBefore.delete(id);
    if (open.length === 0) return;
    for (const { install, boot } of open) {
      const end = (now: Install) => unfitBoot(now, boot, clock.now()) ?? expireInstall(now, clock.now());
      if (end(install)) await this.decide(install.id, end);
    }
    await this.admit(open);
    const armed = await unitOfWork.read((tx) => tx.installs.open(0));
    if (armed.some(({ install }) => install.phase === 'armed')) await this.leaveArmed(armed);
    for (const each of armed) {
      if (each.install.phase === 'rebooting' && this.wantsPower(each.install))
        this.start(each.install, () => this.power(each.install));
      if (each.install.phase === 'installing' && this.isUnheard(each.install))
        this.start(each.install, () => this.handAgain(each));
    }
  }

  /** How many of those that wait for room this turn reads; undefined is all of them. */
  private plannedToRead(): number | undefined {
    const now = this.parts.clock.now();
    if (now < this.plannedLookAt) return ADMITTED_A_TURN_MAX;
    this.plannedLookAt = now + PLANNED_LOOK_MS;
    return undefined;
  }

  /** Waits for what goes on beside the turns; for tests, and for a process that stops. */
  async settled(): Promise<void> {
    await Promise.all(this.beside.values());
  }

  /** Oldest first, as many as there is room for (R37). */
  private async admit(open: readonly OpenInstall[]): Promise<void> {
    for (const { install } of open) {
      if (install.phase !== 'planned') continue;
      const armed = await this.parts.unitOfWork.write(ENGINE, async (tx) => {
        const locked = await tx.installs.lock(install.id);
        if (locked?.phase !== 'planned') return null;
        const decision = armInstall(locked, {
          others: await tx.installs.admitted(),
          max: await readSetting(tx, 'installs_at_once_max'),
          now: this.parts.clock.now(),
        });
        if (isRefusal(decision)) return decision;
        await applyInstall(tx, decision, this.finishRun);
        return null;
      });
      if (isRefusal(armed)) return;
    }
  }

  /** The ordering that everything rests on: boot files were acknowledged before anything restarts (R1, R8). */
  private async leaveArmed(open: readonly OpenInstall[]): Promise<void> {
    const said = await this.acknowledged.execute({ servers: 'booting', deadlineMs: ACKNOWLEDGED_WITHIN_MS });
    const armed = open.filter(({ install }) => install.phase === 'armed');
    if (said.kind !== 'acknowledged') return this.sayWaits(armed, waitsFor(said));
    for (const each of armed) if (this.isDue(each.install)) this.start(each.install, () => this.set(each));
  }

  /** Whoever looks at an install reads what it waits for; said once, however long it takes. */
  private async sayWaits(armed: readonly OpenInstall[], what: string): Promise<void> {
    for (const { install } of armed)
      if (install.says !== what && !this.beside.has(install.id))
        await this.decide(install.id, (now) => (now.phase === 'armed' ? hinderInstall(now, what) : null));
  }

  /**
   * Hands the order to a machine that can take it as it is, or restarts the machine. While netboot was waited for an earlier
   * turn may have done so: a second order would make the first one void under a machine that works by it.
   */
  private async set(open: OpenInstall): Promise<void> {
    const { install } = open;
    const now = await this.parts.unitOfWork.write(ENGINE, (tx) => tx.installs.lock(install.id));
    if (now?.phase !== 'armed') return;
    if (!install.plan.reboot && (await this.canTakeOrder(open))) return this.handOver(open, { again: false });
    const running = open.boot?.session ?? null;
    const rebooting = await this.decide(install.id, (now) => rebootInstall(now, this.parts.clock.now(), running));
    if (rebooting) await this.power(rebooting);
  }

  /** Whether the system that runs there is one that installs: an installed one has no such program. */
  private async canTakeOrder({ install, node }: OpenInstall): Promise<boolean> {
    const { session } = this.parts;
    if (!session || !node.alive || node.address === null || node.hostKey === null) return false;
    const end = await session.exec(reachOf(install, node), ['test', '-x', INSTALL_PROGRAM], { deadlineMs: ASK_MS });
    return end.kind === 'exited' && end.exitCode === 0;
  }

  private async handOver(open: OpenInstall, { again }: { readonly again: boolean }): Promise<void> {
    const { install, node } = open;
    const { session, apiUrl } = this.parts;
    const order = await this.begin.execute({
      ...{
        node: install.nodeId,
        via: 'ssh',
        again,
        session: open.boot?.session ?? null,
        apiUrl,
        address: node.address,
      },
    } as const);
    if (isRefusal(order)) return this.later(install, order.detail);
    const words: string[] = [];
    const end = await (session as NodeSession).exec(reachOf(install, node), [INSTALL_PROGRAM], {
      stdin: JSON.stringify(installOrderJson(order)),
      deadlineMs: HAND_OVER_MS,
      onLine: (_stream, line) => void words.push(line),
    });
    if (end.kind === 'exited' && end.exitCode === 0) return void this.handed.add(install.id);
    if (end.kind !== 'exited' || end.exitCode === BUSY_EXIT) return this.later(install, sentenceOf(end, words));
    await this.decide(install.id, (now) => failInstall(now, sentenceOf(end, words), this.parts.clock.now()));
  }

  /** An order that went out over SSH, of which this process does not know whether it arrived. */
  private async handAgain(open: OpenInstall): Promise<void> {
    const { install, node } = open;
    const { session } = this.parts;
    if (!session) return;
    const end = await session.exec(reachOf(install, node), ['grep', '-q', install.id, INSTALL_PROGRAM_ORDER], {
      deadlineMs: ASK_MS,
    });
    if (end.kind === 'exited' && end.exitCode === 0) return void this.handed.add(install.id);
    if (end.kind !== 'exited') return this.later(install, sentenceOf(end, []));
    return this.handOver(open, { again: true });
  }

  private isUnheard(install: Install): boolean {
    const { via, heardAt, id } = install;
    return via === 'ssh' && heardAt === null && !this.handed.has(id) && this.isDue(install);
  }

  private wantsPower({ poweredAt, powered }: Install): boolean {
    if (poweredAt === null) return true;
    return powered < POWER_MAX && this.parts.clock.now() - poweredAt > POWER_AGAIN_MS;
  }

  /** Network boot for the next time, where that can be asked for, and off and on again (R14, R17). */
  private async power(install: Install): Promise<void> {
    const { power, clock } = this.parts;
    const what = power
      ? [
          `start from the network next: ${wordsOf(await power.act(install.nodeId, 'boot-network', { deadlineMs: POWER_MS }))}`,
          `off and on: ${wordsOf(await power.act(install.nodeId, 'cycle', { deadlineMs: CYCLE_MS }))}`,
        ].join('; ')
      : 'nobody here can switch the machine: restart it from the network by hand';
    await this.decide(install.id, (now) => poweredInstall(now, { what, now: clock.now() }));
  }

  private isDue({ id }: Install): boolean {
    return this.parts.clock.now() >= (this.notBefore.get(id) ?? 0);
  }

  private async later(install: Install, why: string): Promise<void> {
    this.notBefore.set(install.id, this.parts.clock.now() + HAND_AGAIN_MS);
    this.parts.log.warn('an order was not handed over, and will be tried again', { install: install.id, why });
    await this.decide(install.id, (now) => hinderInstall(now, why));
  }

  /** At most one thing at a time for each install. */
  private start(install: Install, work: () => Promise<void>): void {
    const { id } = install;
    if (this.beside.has(id)) return;
    const done = work()
      .catch((cause: unknown) => this.parts.log.error('an install was left to its next turn', cause, { install: id }))
      .finally(() => this.beside.delete(id));
    this.beside.set(id, done);
  }

  /** Decides on the locked row and writes; gives the install as it is then, or null when nothing was to be done. */
  private async decide(
    id: InstallId,
    decision: (install: Install) => InstallDecision | Refusal | null,
  ): Promise<Install | null> {
    const written = await this.parts.unitOfWork.write(ENGINE, async (tx) => {
      const install = await tx.installs.lock(id);
      const decided = install && decision(install);
      if (!decided || isRefusal(decided)) return null;
      await applyInstall(tx, decided, this.finishRun);
      return decided.install;
    });
    return written;
  }
}

/** Without numbers that change from turn to turn: each sentence is a line of the run's log. */
const waitsFor = (said: Exclude<Acknowledged, { readonly kind: 'acknowledged' }>): string =>
  said.kind === 'no-server'
    ? `no netboot server runs that could answer this machine${said.stopped.length === 0 ? '' : ` (told to stop: ${said.stopped.join(', ')})`}: start one, and see \`anneal netboot list\``
    : 'netboot has not taken in its boot environment on every server: see `anneal netboot list`';

/** A machine that starts again while its disk is being written has lost its order: that ends now, not at a deadline. */
const unfitBoot = (install: Install, boot: OpenInstall['boot'], now: number): InstallDecision | null =>
  boot && seenBoot(install, { session: boot.session, bootenv: boot.bootenv, at: boot.begunAt, now });

const reachOf = ({ nodeId }: Install, { name, address, sshPort, hostKey }: OpenInstall['node']) => ({
  ...{ nodeId, name, address, sshPort, hostKey },
});

const wordsOf = (result: PowerResult): string => {
  switch (result.kind) {
    case 'done':
    case 'asked':
      return `${result.says} (${result.method})`;
    case 'failed':
      return `failed, ${result.reason} (${result.method})`;
    case 'unsupported':
      return 'this machine has no way to do that';
  }
};

const sentenceOf = (end: ExecEnd, words: readonly string[]): string => {
  const last = words.at(-1);
  switch (end.kind) {
    case 'exited':
      return `${INSTALL_PROGRAM} did not take the order: it exited ${end.exitCode}${last === undefined ? '' : `: ${last}`}`;
    case 'unreachable':
    case 'lost-contact':
      return end.reason;
    case 'stopped':
      return `${INSTALL_PROGRAM} did not take the order within ${HAND_OVER_MS / 1_000} s`;
    case 'signalled':
      return `${INSTALL_PROGRAM} was ended by SIG${end.signal}`;
  }
};
