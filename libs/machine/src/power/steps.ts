import type { DriverReading, DriverResult, PowerOptions } from '#app';
import type { PowerState } from '#core';
import { Deadline } from './until.js';

/**
 * Switching a machine as every BMC is switched, whatever it speaks: ask, then look until it is so. `on` and `off` may be
 * asked for again when a BMC forgot them, because asking twice does no more than asking once. `reset` is asked for once:
 * a second one would cut what the first one started.
 */
export interface Switch {
  read(deadline: Deadline): Promise<DriverReading>;
  /** Null when the BMC took it; else why not, and whether the machine was certainly left as it was. */
  ask(what: 'on' | 'off' | 'reset', deadline: Deadline): Promise<NotTaken | null>;
}

export interface NotTaken {
  readonly reason: string;
  readonly effect: 'none' | 'unknown';
  /** Asking again cannot help: the login was refused, there is no such action. */
  readonly final?: boolean;
}

/** Between two looks at the power, in milliseconds: BMCs are slow, and some forget sessions when asked too often. */
const LOOK_EVERY_MS = 500;
/** How long a BMC may take to show what it was asked for before it is asked again. Servers take up to ten seconds to go off. */
const ASK_AGAIN_MS = 12_000;
/** The power stays off for this long in a cycle, in milliseconds, so that capacitors empty and a BMC notices. */
const OFF_MS = 2_000;

export const switchPower = async (
  way: Switch,
  action: 'on' | 'off' | 'cycle' | 'reset',
  { deadlineMs, signal }: PowerOptions,
  offMs = OFF_MS,
): Promise<DriverResult> => {
  const deadline = new Deadline(deadlineMs, signal);
  const before = await way.read(deadline);
  if (before.kind === 'failed') return { kind: 'failed', reason: before.reason, effect: 'none' };

  switch (action) {
    case 'on':
    case 'off':
      return before.state === action ? { kind: 'done', says: `was ${action} already` } : reach(way, action, deadline);
    case 'cycle': {
      if (before.state === 'off') return reach(way, 'on', deadline);
      const off = await reach(way, 'off', deadline);
      if (off.kind !== 'done') return off;
      await deadline.pause(offMs);
      const on = await reach(way, 'on', deadline);
      return on.kind === 'done' ? { kind: 'done', says: 'was switched off and on again' } : touched(on);
    }
    case 'reset': {
      if (before.state === 'off')
        return { kind: 'failed', reason: 'the machine is off; switch it on instead', effect: 'none' };
      const refused = await way.ask('reset', deadline);
      if (refused) return { kind: 'failed', ...refused };
      const after = await way.read(deadline);
      const isOff = after.kind === 'read' && after.state === 'off';
      return isOff
        ? { kind: 'failed', reason: 'the machine is off after it was reset', effect: 'unknown' }
        : { kind: 'done', says: 'was reset; that it starts again is seen when it reports' };
    }
  }
};

/** Asks, looks until it is so, and asks again when nothing happens. */
const reach = async (way: Switch, wanted: 'on' | 'off', deadline: Deadline): Promise<DriverResult> => {
  let last: PowerState | null = null;
  let why = '';
  let touchedIt = false;
  while (!deadline.isOver) {
    const refused = await way.ask(wanted, deadline);
    if (refused) why = refused.reason;
    if (refused?.final)
      return { kind: 'failed', reason: refused.reason, effect: touchedIt ? 'unknown' : refused.effect };
    if (refused?.effect !== 'none') touchedIt = true;
    const patience = deadline.within(refused ? LOOK_EVERY_MS * 2 : ASK_AGAIN_MS);
    while (!patience.isOver) {
      const now = await way.read(patience);
      if (now.kind === 'failed') why = now.reason;
      else if (now.state === wanted) return { kind: 'done', says: `is ${wanted}` };
      else last = now.state;
      await patience.pause(LOOK_EVERY_MS);
    }
  }
  const seen = last === null ? 'its power could not be read' : `the BMC says ${last}`;
  return {
    kind: 'failed',
    reason: `it was told to go ${wanted}, and in the end ${seen}${why === '' ? '' : ` (${why})`}`,
    effect: touchedIt ? 'unknown' : 'none',
  };
};

/** After the first half of a cycle nothing is as it was. */
const touched = (result: DriverResult): DriverResult =>
  result.kind === 'failed' ? { ...result, effect: 'unknown' } : result;
