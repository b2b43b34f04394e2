import { refuse, type Refusal } from '../base/refusal.js';
import { differenceOfDisks, type SeenDisk } from './choose-disks.js';
import { overdue } from './deadlines.js';
import {
  SAFE_BOOTENVS,
  type Install,
  type InstallDecision,
  type InstallPatch,
  type NodeEffect,
  type OrderWay,
  type RunEffect,
} from './install.js';
import { isOpenPhase } from './phase.js';
import { says } from './says.js';
import { installDestination, type InstallCommand } from './transitions.js';

/**
 * What may happen to an install, and what follows. Each function takes the row and facts and returns what is to be written,
 * or a refusal. `now` is milliseconds since the epoch, by a server's clock, never by a machine's (R38).
 */

/** Sets the boot environment of the install, when there is room. `others` is how many are admitted already (R37). */
export const armInstall = (
  install: Install,
  { others, max, now }: { readonly others: number; readonly max: number; readonly now: number },
): InstallDecision | Refusal => {
  if (install.phase === 'planned' && others >= max)
    return refuse(
      'unavailable',
      `${others} installs go on, as many as installs_at_once_max allows (${max}): it waits for one to end.`,
      { others, max },
    );
  const { bootenv } = install.plan;
  return move(install, 'arm', now, {}, { node: { bootenv }, log: [`armed: the machine will boot ${bootenv}`] });
};

/**
 * Every netboot server has acknowledged: the machine may be told to start again. `running` is the boot session that ends with
 * that: it is known by its name, because clocks of servers may jump.
 */
export const rebootInstall = (
  install: Install,
  now: number,
  running: string | null = null,
): InstallDecision | Refusal =>
  move(
    install,
    'reboot',
    now,
    { says: '', session: running },
    { log: ['rebooting: the machine is told to start from the network'] },
  );

/** What came of asking for power. Counted, so that a worker that takes over does not ask without end. */
export const poweredInstall = (
  install: Install,
  { what, now }: { readonly what: string; readonly now: number },
): InstallDecision | Refusal => {
  if (install.phase !== 'rebooting') return outOfPhase(install, 'reboot');
  const after = { ...install, poweredAt: now, powered: install.powered + 1, says: what };
  return { install: after, node: {}, log: [`power: ${what}`], events: [], run: null };
};

/** What keeps an open install from going on now; it is tried again. Null when that is known already. */
export const hinderInstall = (install: Install, what: string): InstallDecision | null =>
  !isOpenPhase(install.phase) || install.says === what
    ? null
    : { install: { ...install, says: what }, node: {}, log: [`not yet: ${what}`], events: [], run: null };

/**
 * A machine was seen to boot: its script was rendered or it reported itself, in a session of its own. Only some of these
 * mean something. Returns null when it is as it should be.
 */
export const seenBoot = (
  install: Install,
  boot: { readonly session: string; readonly bootenv: string; readonly at: number; readonly now: number },
): InstallDecision | null => {
  const { phase, session, phaseSince, plan } = install;
  if (boot.session === session || boot.at < phaseSince) return null;
  if (phase === 'rebooting' && boot.bootenv !== plan.bootenv)
    return failInstall(
      install,
      `the machine booted ${boot.bootenv} and not ${plan.bootenv}`,
      boot.now,
    ) as InstallDecision;
  // In its own boot environment it is the boot that fetched the order: there is no second one after that.
  if (phase === 'installing' && boot.bootenv !== plan.bootenv)
    return failInstall(
      install,
      'the machine started again while it was being installed: it may have lost power',
      boot.now,
    ) as InstallDecision;
  return null;
};

/** Digests of the two tokens of an order, hex. */
export interface TokenHashes {
  readonly token: string;
  readonly join: string;
}

/**
 * Gives the order out. From here on the boot environment is that of the local disk, in the same transaction: a second boot
 * starts the disk and can never install again (R19). An order is given once; only one that went over SSH into a machine that
 * never reported may be replaced there, by whoever means to (`again`), which makes the one before it void.
 */
export const beginInstall = (
  install: Install,
  given: {
    readonly via: OrderWay;
    readonly again?: boolean;
    readonly session: string | null;
    readonly hashes: TokenHashes;
    readonly now: number;
  },
): InstallDecision | Refusal => {
  const { via, again = false, session, hashes, now } = given;
  const tokens = { tokenHash: hashes.token, joinHash: hashes.join };
  const unheard = install.phase === 'installing' && install.via === 'ssh' && install.heardAt === null;
  if (again && via === 'ssh' && unheard)
    return {
      install: { ...install, ...tokens, session },
      node: {},
      log: ['the order is handed over again: nobody had reported with the one before, which is void now'],
      events: [says(install, 'install.order_replaced')],
      run: null,
    };
  const fresh = ['planned', 'armed', 'rebooting'].includes(install.phase);
  if (!fresh)
    return refuse(
      'conflict',
      `the order of this install was given out already: it is ${install.phase}. The machine starts its disk.`,
      { replayed: true, phase: install.phase },
    );
  if (via === 'netboot' && install.phase !== 'rebooting' && install.phase !== 'armed')
    return outOfPhase(install, 'begin');
  if (via === 'ssh' && install.phase !== 'armed') return outOfPhase(install, 'begin');
  return move(
    install,
    'begin',
    now,
    { via, session: session ?? install.session, ...tokens, says: '', step: '', percent: null },
    {
      node: { bootenv: SAFE_BOOTENVS.local },
      log: [`installing: the order was given out ${via === 'ssh' ? 'over SSH' : 'to the machine that booted for it'}`],
      data: { via },
    },
  );
};

/** What the machine says of itself with each report; what it leaves out is not looked at. */
export interface InstallReporter {
  /** SHA-256 of the token it reports with, hex. */
  readonly tokenHash: string;
  /** Whether what it says of itself is the machine that the install is for; null when it says nothing of it. */
  readonly isTheMachine: boolean | null;
  readonly bootId: string | null;
}

export interface InstallProgress {
  readonly step: string;
  readonly percent: number | null;
  readonly says: string;
  readonly lines: readonly string[];
  /** The granted disks as it found them, with the first report. */
  readonly disks: readonly SeenDisk[] | null;
}

/** Lines of the machine's log that are kept with the install itself. */
export const LOG_TAIL_MAX = 50;

export const progressInstall = (
  install: Install,
  reporter: InstallReporter,
  progress: InstallProgress,
  now: number,
): InstallDecision | Refusal => {
  const wrong = refuseReporter(install, reporter, install.phase === 'installing');
  if (wrong) return wrong;
  const { step, percent, says: words, lines, disks } = progress;
  const different = disks === null ? null : differenceOfDisks(install.plan.disks, disks);
  if (different !== null)
    return failInstall({ ...install, heardAt: now }, `nothing was written, because ${different}`, now);
  const changed = step !== install.step || install.heardAt === null;
  return {
    install: {
      ...install,
      ...{ heardAt: now, step, percent, says: words },
      bootId: install.bootId ?? reporter.bootId,
      logTail: tail(install, lines),
    },
    node: {},
    log: [...lines, ...(changed ? [`installing: ${step}${words === '' ? '' : `, ${words}`}`] : [])],
    events: changed ? [says(install, 'install.progress', { step, percent })] : [],
    run: null,
  };
};

export type InstallFinish =
  | { readonly outcome: 'succeeded'; readonly hostKey: string; readonly lines: readonly string[] }
  | { readonly outcome: 'failed'; readonly reason: string; readonly lines: readonly string[] };

/**
 * The machine has written its disk, or could not. A repetition of a finish that counted is answered like the first: the
 * answer may have been lost. `null`: nothing is to be written.
 */
export const finishInstall = (
  install: Install,
  reporter: InstallReporter,
  finish: InstallFinish,
  now: number,
): InstallDecision | Refusal | null => {
  const again = install.phase === 'installed' && finish.outcome === 'succeeded' && finish.hostKey === install.hostKey;
  const wrong = refuseReporter(install, reporter, install.phase === 'installing' || again);
  if (wrong) return wrong;
  if (again) return null;
  const logTail = tail(install, finish.lines);
  if (finish.outcome === 'failed') {
    const failed = failInstall({ ...install, logTail }, finish.reason, now);
    return 'refused' in failed ? failed : { ...failed, log: [...finish.lines, ...failed.log] };
  }
  return move(
    install,
    'finish',
    now,
    {
      ...{ heardAt: now, percent: 100, hostKey: finish.hostKey, logTail },
      bootId: install.bootId ?? reporter.bootId,
    },
    {
      node: { bootenv: SAFE_BOOTENVS.local },
      log: [...finish.lines, 'installed: the disk is written; the machine starts it'],
    },
  );
};

/** What the installed system says, once, when it has come up. */
export interface InstallJoin {
  readonly tokenHash: string;
  readonly isTheMachine: boolean | null;
  readonly bootId: string;
  readonly hostKey: string;
}

/**
 * The installed system reports. It must be the install that is open, in another boot than the one that wrote the disk, and
 * show the host key that was written there: then, and only then, the install has succeeded (P4). `null`: it said so before.
 */
export const joinInstall = (install: Install, join: InstallJoin, now: number): InstallDecision | Refusal | null => {
  if (install.joinHash === null || join.tokenHash !== install.joinHash) return notYours();
  if (join.isTheMachine === false) return otherMachine();
  if (join.hostKey !== install.hostKey && install.hostKey !== null)
    return refuse('conflict', 'the host key is not the one that was installed: another system reports.', {
      replayed: true,
    });
  if (install.phase === 'joined')
    return join.bootId === install.bootId ? null : closed(install, 'it has joined already');
  if (install.phase === 'installing')
    return refuse('wrong-state', 'the install has not reported that it finished: try again shortly.', { again: true });
  if (install.phase !== 'installed') return closed(install, `it is ${install.phase}`);
  if (join.bootId === install.bootId)
    return refuse('conflict', 'this is still the system that wrote the disk: the installed one has to report.', {
      replayed: true,
    });
  return move(
    install,
    'join',
    now,
    { heardAt: now, bootId: join.bootId },
    {
      node: {
        bootenv: SAFE_BOOTENVS.local,
        joined: { hostKey: join.hostKey, bootId: join.bootId },
      },
      log: ['joined: the installed system has reported'],
      run: { kind: 'succeeded' },
    },
  );
};

/** Ends it with a reason: tokens are void, and what the machine boots next is harmless. */
export const failInstall = (install: Install, reason: string, now: number): InstallDecision | Refusal =>
  move(
    install,
    'fail',
    now,
    { reason, tokenHash: null, joinHash: null },
    {
      node: { bootenv: SAFE_BOOTENVS.discovery },
      log: [`failed while ${install.phase}: ${reason}`],
      data: { reason, phase: install.phase },
      run: { kind: 'failed', reason },
    },
  );

/** The same when a person ended it (R35). */
export const cancelInstall = (install: Install, reason: string, now: number): InstallDecision | Refusal =>
  move(
    install,
    'cancel',
    now,
    { reason, tokenHash: null, joinHash: null },
    {
      node: { bootenv: SAFE_BOOTENVS.discovery },
      log: [`cancelled while ${install.phase}: ${reason}`],
      data: { reason, phase: install.phase },
      run: { kind: 'cancelled', reason },
    },
  );

/** Ends it when its wait has run out; null while it has not. */
export const expireInstall = (install: Install, now: number): InstallDecision | null => {
  if (!isOpenPhase(install.phase)) return null;
  const late = overdue(install, now);
  return late && (failInstall(install, late.reason, now) as InstallDecision);
};

interface Follows {
  readonly node?: NodeEffect;
  readonly log: readonly string[];
  readonly data?: Readonly<Record<string, string>>;
  readonly run?: RunEffect;
}

const move = (
  install: Install,
  command: InstallCommand,
  now: number,
  patch: InstallPatch,
  { node = {}, log, data = {}, run }: Follows,
): InstallDecision | Refusal => {
  const phase = installDestination(install.phase, command);
  if (!phase) return outOfPhase(install, command);
  const after: Install = { ...install, ...patch, phase, phaseSince: now, times: { ...install.times, [phase]: now } };
  return { install: after, node, log, events: [says(after, `install.${phase}`, data)], run: run ?? null };
};

const outOfPhase = (install: Install, command: InstallCommand): Refusal =>
  refuse('wrong-state', `the install is ${install.phase}: ${command} does not follow from there.`, {
    phase: install.phase,
  });

/** Whoever has the wrong token learns nothing about the install. */
const notYours = (): Refusal => refuse('forbidden', 'this token does not speak for this install.', { replayed: true });

const otherMachine = (): Refusal => refuse('forbidden', 'this token was given to another machine.', { replayed: true });

const closed = (install: Install, why: string): Refusal =>
  refuse('conflict', `this install takes no more reports: ${why}.`, { replayed: true, phase: install.phase });

const refuseReporter = (install: Install, reporter: InstallReporter, isOpen: boolean): Refusal | null => {
  if (install.tokenHash === null || reporter.tokenHash !== install.tokenHash) return notYours();
  if (reporter.isTheMachine === false) return otherMachine();
  if (!isOpen) return closed(install, `it is ${install.phase}`);
  if (reporter.bootId !== null && install.bootId !== null && reporter.bootId !== install.bootId)
    return refuse('conflict', 'another boot of the machine began this install: it is not continued.', {
      replayed: true,
    });
  return null;
};

const tail = (install: Install, lines: readonly string[]): readonly string[] =>
  [...install.logTail, ...lines].slice(-LOG_TAIL_MAX);
