import { vi } from 'vitest';
import type { InstallPhase } from '#core';
import { FleetSite, type FleetReporter, type FleetSiteOptions, type SimulatedMachine } from '#testkit';

/** A site with one machine that was switched on. */
export const begin = async (
  options: FleetSiteOptions = {},
): Promise<{ site: FleetSite; machine: SimulatedMachine; to: (phase: InstallPhase) => Promise<void> }> => {
  const site = new FleetSite(options);
  const machine = await site.addMachine('m1.example.com');
  await machine.switch('on');
  return { site, machine, to: (phase) => site.until(() => site.install(machine)?.phase === phase) };
};

/** An install that begins with a boot from the network. */
export const REBOOT: FleetSiteOptions = { attribs: { 'install-reboot': true } };

/** Waits that the product makes by the clock of this computer take no time. */
export const withoutWaiting = (): void => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }).setTimerTickMode('nextTimerAsync');
};

export const reporterOf = (machine: SimulatedMachine, token: string, bootId: string): FleetReporter => ({
  ...{ token, bootId, address: machine.address, uuid: machine.uuid, macs: [machine.mac] },
});
