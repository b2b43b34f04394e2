import type { Install } from './install.js';
import type { OpenInstallPhase } from './phase.js';

/**
 * How long each wait of an install may take, in seconds. The attribute `install-deadlines` overrides them, field by field.
 */
export interface InstallDeadlines {
  /** For room under `installs_at_once_max`. A day: a rack of machines waits for the ones before it, not for a fault. */
  readonly planned: number;
  /** For the acknowledgement of netboot, which takes milliseconds; one that was restarted reads everything first. */
  readonly armed: number;
  /** From power to the request for the order: servers with much memory test it for a quarter of an hour. */
  readonly rebooting: number;
  /** From the order to its first report: the machine looks at its disks, and writes nothing before it was heard. */
  readonly taken: number;
  /** From the order to the end of the writing. */
  readonly installing: number;
  /** Between two reports of progress. */
  readonly silent: number;
  /** From the end of the writing to the report of the installed system: once more through the firmware. */
  readonly installed: number;
}

export const INSTALL_DEADLINES: InstallDeadlines = {
  planned: 86_400,
  armed: 120,
  rebooting: 1_800,
  taken: 300,
  installing: 3_600,
  silent: 600,
  installed: 1_800,
};

/** Longest that any of them may be set to, in seconds: a week. */
export const INSTALL_DEADLINE_MAX = 604_800;

/** Why a wait has run out, and what to look at; one sentence each, without times. */
const OVERDUE: Readonly<Record<keyof InstallDeadlines, string>> = {
  planned: 'there was no room for it under installs_at_once_max: raise the setting, or end installs that hang',
  armed:
    'its boot environment was not acknowledged by every netboot server, or its order could not be handed over: see `anneal netboot list`',
  rebooting:
    'the machine did not boot from the network and ask for its order: look at its console, its boot order and its power',
  taken: 'the machine was given its order and never reported: look at its console',
  installing: 'the machine did not finish in time: the last lines of its log say how far it came',
  silent: 'the machine stopped reporting while it was being installed: it may have lost power or its network',
  installed: 'the installed system did not report: look at the console of the machine, and whether it starts its disk',
};

export interface Overdue {
  readonly wait: keyof InstallDeadlines;
  readonly reason: string;
}

/** When the current wait of an open install runs out, in milliseconds since the epoch, and which wait that is. */
export const installDeadline = (install: Install): { readonly wait: keyof InstallDeadlines; readonly at: number } => {
  const { deadlines } = install.plan;
  const after = (wait: keyof InstallDeadlines, since: number) => ({ wait, at: since + deadlines[wait] * 1_000 });
  const whole = after(install.phase as OpenInstallPhase, install.phaseSince);
  if (install.phase !== 'installing') return whole;
  const next = install.heardAt === null ? after('taken', install.phaseSince) : after('silent', install.heardAt);
  return next.at < whole.at ? next : whole;
};

/** Why an open install has waited too long at `now` (milliseconds since the epoch); null while it has not. */
export const overdue = (install: Install, now: number): Overdue | null => {
  const { wait, at } = installDeadline(install);
  if (now < at) return null;
  // What was tried last, where it is we who try.
  const tried = (wait === 'armed' || wait === 'rebooting') && install.says !== '' ? ` (${install.says})` : '';
  return { wait, reason: `after ${install.plan.deadlines[wait]} s, ${OVERDUE[wait]}${tried}` };
};
