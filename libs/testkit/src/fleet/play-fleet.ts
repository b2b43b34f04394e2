import { idOf, retryNodeRole, type NodeRoleId } from '#core';
import { Chance } from '../world/chance.js';
import { FleetSite } from './fleet-site.js';
import type { SimulatedMachine } from './machine.js';

export interface FleetGame {
  readonly nodes: number;
  readonly seed: number;
  readonly installsAtOnce: number;
  /** Most runs at once beside the installs; ten where it is not given. */
  readonly runsAtOnce?: number;
  /**
   * Lost packets, power that fails, BMCs that lie or do nothing, disks that are called otherwise, clocks of the servers and of
   * netboot that jump, a store that takes its time.
   */
  readonly faults: boolean;
  /** Called with the site before anything happens. */
  readonly watch?: (site: FleetSite) => void;
}

export interface FleetPlayed {
  readonly site: FleetSite;
  readonly machines: readonly SimulatedMachine[];
  /** From the first power-on until the last machine was ACTIVE, in seconds of the virtual clock. */
  readonly activeSeconds: number;
  /** How often a person had to say that something be tried again. */
  readonly retries: number;
}

/** Milliseconds between two looks of the person who operates the fleet. */
const PERSON_MS = 60_000;
/** Longest that a game may take, in seconds of the virtual clock. */
const GAME_SECONDS_MAX = 7 * 86_400;
const LOST = 0.02;
/** Among how many machines one has each kind of mishap. */
const ONE_IN = 10;
/** Within which a power failure comes, in seconds after the machine was switched on. */
const POWER_FAILS_WITHIN = 400;
/** How often a BMC that lies says that it switched, at the most: more often than a leader asks. */
const LIES_MAX = 3;
/** Seconds between two jumps of a clock, at the most, and by how far it is wrong then, in milliseconds either way. */
const CLOCK_JUMPS_WITHIN = 900;
const CLOCK_WRONG_MS = 600_000;
/** Among how many transactions one is slow, and by how much at the most, in milliseconds. */
const SLOW_ONE_IN = 200;
const SLOW_MS = 3_000;

/** From power-on to ACTIVE for a whole fleet; the same seed gives the same history. */
export const playFleet = async (game: FleetGame): Promise<FleetPlayed> => {
  const { nodes, seed, installsAtOnce, runsAtOnce, faults, watch } = game;
  const site = new FleetSite({ seed });
  const chance = new Chance(seed + 1);
  site.rows.settings.set('installs_at_once_max', installsAtOnce);
  if (runsAtOnce !== undefined) site.rows.settings.set('runs_at_once_max', runsAtOnce);
  watch?.(site);
  const machines: SimulatedMachine[] = [];
  for (let at = 0; at < nodes; at += 1) machines.push(await site.addMachine(`m${at}.fleet.example`));
  if (faults) disturb(site, chance);
  const began = site.clock.now();
  for (const machine of machines) {
    site.schedule.after(chance.below(60_000), () => machine.switch('on'));
    if (faults) beset(site, machine, chance);
  }
  let retries = 0;
  const waiting = new Set(machines);
  while (waiting.size > 0) {
    if (site.clock.now() - began > GAME_SECONDS_MAX * 1_000)
      throw new Error(`${waiting.size} of ${nodes} machines did not become active`);
    await site.run(PERSON_MS / 1_000);
    for (const machine of waiting) {
      if (site.nodeRole('workload', machine).state === 'active') waiting.delete(machine);
      if (site.nodeRole('os-install', machine).state !== 'error') continue;
      retries += 1;
      // A machine that hangs at its console is switched off and on by whoever looks after it, and its BMC restarted.
      machine.faults.stuck = 0;
      site.powers.get(site.idOf(machine))!.faults.ignores = false;
      if (!site.node(machine).alive) machine.losePower();
      await site.decide(machine, (draft) =>
        retryNodeRole(draft, idOf<NodeRoleId>(`os-install@${machine.name}`), { destroyAgain: false }),
      );
    }
  }
  return { site, machines, activeSeconds: (site.clock.now() - began) / 1_000, retries };
};

/** The history as text: a line for each event, with its time and all that was told. */
export const historyOf = (site: FleetSite): string => [...historyLines(site)].join('');

/** The same line by line, for histories that are too long for one string. */
export function* historyLines(site: FleetSite): Generator<string> {
  for (const event of site.rows.events) yield `${JSON.stringify(event)}\n`;
}

const beset = (site: FleetSite, machine: SimulatedMachine, chance: Chance): void => {
  machine.faults.lost = LOST;
  if (chance.below(ONE_IN) === 0) {
    site.schedule.after(60_000 + chance.below(POWER_FAILS_WITHIN * 1_000), () => machine.losePower());
  }
  if (chance.below(ONE_IN) === 0)
    site.schedule.after(chance.below(POWER_FAILS_WITHIN * 1_000), () => machine.renumber());
  if (chance.below(ONE_IN) === 0) {
    // Only an install that begins with a restart asks its BMC for anything.
    site.attribsOf.set(site.idOf(machine), { 'install-reboot': true });
    if (chance.below(2) === 0) site.powers.get(site.idOf(machine))!.faults.ignores = true;
    else site.schedule.after(60_000, () => void (machine.faults.stuck = 1 + chance.below(LIES_MAX)));
  }
};

/** What befalls the servers: their clocks, and what keeps their rows. */
const disturb = (site: FleetSite, chance: Chance): void => {
  const wrong = (): number => chance.below(2 * CLOCK_WRONG_MS) - CLOCK_WRONG_MS;
  const jumpAgain = (): void =>
    site.schedule.after(chance.below(CLOCK_JUMPS_WITHIN * 1_000), () => {
      if (chance.below(2) === 0) site.aheadMs = wrong();
      else site.netboot.skewMs = wrong();
      jumpAgain();
    });
  jumpAgain();
  site.beforeWork = () => {
    if (chance.below(SLOW_ONE_IN) === 0) site.clock.advance(chance.below(SLOW_MS));
  };
};
