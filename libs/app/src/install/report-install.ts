import {
  finishInstall,
  isRefusal,
  joinInstall,
  progressInstall,
  refuse,
  type Install,
  type InstallDecision,
  type InstallFinish,
  type InstallId,
  type InstallPhase,
  type InstallProgress,
  type Refusal,
} from '#core';
import { storeOutputs } from '../attrib/store-outputs.js';
import { FinishRun } from '../engine/finish-run.js';
import { WaitAcknowledged } from '../netboot/wait-acknowledged.js';
import type { Clock } from '../ports/clock.js';
import { isId } from '../ports/model-ids.js';
import type { OrderTokens } from '../ports/order-tokens.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { applyInstall } from './apply-install.js';
import { reporterOf, type ReportGiven } from './reports.js';
import { tellReplayed } from './tell-replayed.js';

export interface ReportInstallParts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
  readonly tokens: OrderTokens;
}

/** What is answered: how the install stands now. */
export interface InstallReported {
  readonly install: InstallId;
  readonly phase: InstallPhase;
}

/**
 * How long an answer to a finish waits for netboot, in milliseconds: less than machines wait for an answer. They ask again,
 * and the same finish twice is one.
 */
const ACKNOWLEDGED_WITHIN_MS = 15_000;

/** How the machine says that it ended. */
export interface FinishGiven {
  readonly outcome: 'succeeded' | 'failed';
  readonly reason?: string | undefined;
  readonly hostKey: string | null;
  readonly lines: readonly string[];
}

/** What is common to what machines report: the token decides, and who has a wrong one is told of. */
abstract class Report<Given extends ReportGiven> {
  protected readonly finishRun: FinishRun;

  constructor(
    protected readonly parts: ReportInstallParts,
    private readonly what: string,
  ) {
    this.finishRun = new FinishRun(parts.unitOfWork, parts.clock, storeOutputs);
  }

  protected abstract decide(tx: Transaction, install: Install, given: Given): Promise<InstallDecision | Refusal | null>;

  protected async report(given: Given): Promise<InstallReported | Refusal> {
    const { unitOfWork } = this.parts;
    const reported = await unitOfWork.write('install', async (tx) => {
      await tx.bindings.keepShape();
      const install = isId(given.install) ? await tx.installs.lock(given.install as InstallId) : null;
      // Whether there is such an install is not told: a token in wrong hands shall not find out what there is.
      if (!install) return refuse('forbidden', 'this token does not speak for this install.');
      const decision = await this.decide(tx, install, given);
      if (isRefusal(decision)) return decision;
      if (decision) await applyInstall(tx, decision, this.finishRun);
      return { install: install.id, phase: decision?.install.phase ?? install.phase };
    });
    if (isRefusal(reported))
      await tellReplayed(unitOfWork, reported, { install: given.install, what: this.what, address: given.address });
    return reported;
  }
}

/** The machine tells how far it is. The first report is what lets it write. */
export class ProgressInstall extends Report<ReportGiven & InstallProgress> {
  constructor(parts: ReportInstallParts) {
    super(parts, 'progress');
  }

  async execute(given: ReportGiven & InstallProgress): Promise<InstallReported | Refusal> {
    const reported = await this.report(given);
    // The install has just failed of this very report: the machine must not take it for a go-ahead.
    if (!isRefusal(reported) && reported.phase !== 'installing')
      return refuse('conflict', 'the disks are not those that were granted: nothing may be written.');
    return reported;
  }

  protected async decide(tx: Transaction, install: Install, given: ReportGiven & InstallProgress) {
    const reporter = await reporterOf(tx, this.parts.tokens, install, given);
    return progressInstall(install, reporter, given, this.parts.clock.now());
  }
}

/**
 * The machine has written its disk, or failed. A good end is answered when every netboot server would start that disk, and
 * not before: then the machine may restart.
 */
export class FinishInstall extends Report<ReportGiven & { readonly end: InstallFinish }> {
  private readonly acknowledged: WaitAcknowledged;

  constructor(parts: ReportInstallParts) {
    super(parts, 'finish');
    this.acknowledged = new WaitAcknowledged(parts.unitOfWork);
  }

  async execute(
    given: ReportGiven,
    { outcome, reason, hostKey, lines }: FinishGiven,
    signal?: AbortSignal,
  ): Promise<InstallReported | Refusal> {
    if (outcome === 'succeeded' && hostKey === null)
      return refuse(
        'invalid',
        'say the host_key of the installed system: without it nobody could be sure to reach it.',
        {
          field: 'host_key',
        },
      );
    const end: InstallFinish =
      outcome === 'succeeded'
        ? { outcome, hostKey: hostKey as string, lines }
        : { outcome, reason: reason ?? 'the machine reported a failure and no reason', lines };
    const reported = await this.report({ ...given, end });
    if (isRefusal(reported) || reported.phase !== 'installed') return reported;
    const said = await this.acknowledged.execute({
      deadlineMs: ACKNOWLEDGED_WITHIN_MS,
      ...(signal ? { signal } : {}),
    });
    if (said.kind === 'acknowledged' || said.kind === 'no-server') return reported;
    return refuse(
      'unavailable',
      `it is written down, and not every netboot server knows of it yet: report again before you restart${said.kind === 'late' ? ` (${said.detail})` : ''}.`,
    );
  }

  protected async decide(tx: Transaction, install: Install, given: ReportGiven & { readonly end: InstallFinish }) {
    const reporter = await reporterOf(tx, this.parts.tokens, install, given);
    return finishInstall(install, reporter, given.end, this.parts.clock.now());
  }
}

/** The installed system reports itself: the end of the install, and of its run. */
export class JoinInstall extends Report<ReportGiven & { readonly bootId: string; readonly hostKey: string }> {
  constructor(parts: ReportInstallParts) {
    super(parts, 'join');
  }

  execute(
    given: ReportGiven & { readonly bootId: string; readonly hostKey: string },
  ): Promise<InstallReported | Refusal> {
    return this.report(given);
  }

  protected async decide(
    tx: Transaction,
    install: Install,
    given: ReportGiven & { readonly bootId: string; readonly hostKey: string },
  ) {
    const { tokenHash, isTheMachine } = await reporterOf(tx, this.parts.tokens, install, given);
    const { bootId, hostKey } = given;
    return joinInstall(install, { tokenHash, isTheMachine, bootId, hostKey }, this.parts.clock.now());
  }
}

/** What machines may report, for a server. */
export class InstallReports {
  readonly progress: ProgressInstall;
  readonly finish: FinishInstall;
  readonly join: JoinInstall;

  constructor(parts: ReportInstallParts) {
    this.progress = new ProgressInstall(parts);
    this.finish = new FinishInstall(parts);
    this.join = new JoinInstall(parts);
  }
}
