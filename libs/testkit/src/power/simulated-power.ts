import type { DriverReading, DriverResult, PowerDriver, PowerOptions } from '#app';
import type { PowerAction } from '#core';
import type { BmcMachine } from '../redfish/machine.js';

/** What may go wrong with a simulated BMC; all of it may be changed while it is used. */
export interface SimulatedFaults {
  /** Nothing answers. */
  silent: boolean;
  /** The login is refused. */
  refuses: boolean;
  /** Takes everything and does nothing. */
  ignores: boolean;
}

/**
 * A BMC of the simulated fleet: a call and no packet. It keeps the same contract as the real drivers, so that what works
 * on the fleet works on machines. It waits for nothing, because on a virtual clock there is nothing to wait for.
 */
export class SimulatedPower implements PowerDriver {
  readonly method = 'redfish';
  readonly faults: SimulatedFaults = { silent: false, refuses: false, ignores: false };
  lit = false;

  constructor(private readonly machine: BmcMachine) {}

  async state(): Promise<DriverReading> {
    const { silent, refuses } = this.faults;
    if (silent || refuses) return { kind: 'failed', reason: this.why() };
    return { kind: 'read', state: (await this.machine.isOn()) ? 'on' : 'off' };
  }

  async act(action: PowerAction, options: PowerOptions): Promise<DriverResult> {
    if (this.faults.silent || this.faults.refuses) return { kind: 'failed', reason: this.why(), effect: 'none' };
    if (options.signal?.aborted) return { kind: 'failed', reason: 'it was no longer waited for', effect: 'none' };
    const wasOn = await this.machine.isOn();
    switch (action) {
      case 'on':
      case 'off':
        if (wasOn === (action === 'on')) return { kind: 'done', says: `was ${action} already` };
        await this.doing(() => this.machine.switch(action));
        return this.ended((await this.machine.isOn()) === (action === 'on'), `is ${action}`);
      case 'cycle':
        if (wasOn) await this.doing(() => this.machine.switch('off'));
        await this.doing(() => this.machine.switch('on'));
        return this.ended(!this.faults.ignores && (await this.machine.isOn()), 'was switched off and on again');
      case 'reset':
        if (!wasOn) return { kind: 'failed', reason: 'the machine is off; switch it on instead', effect: 'none' };
        await this.doing(() => this.machine.switch('reset'));
        return { kind: 'done', says: 'was reset; that it starts again is seen when it reports' };
      case 'identify':
        this.lit = (options.identifySeconds ?? 60) > 0;
        return { kind: 'done', says: this.lit ? 'its lamp lights' : 'its lamp is out' };
      case 'boot-network':
      case 'boot-disk': {
        const from = action === 'boot-network' ? 'network' : 'disk';
        await this.doing(() => this.machine.bootOnce(from));
        return this.ended(!this.faults.ignores, `starts from ${from} next`);
      }
    }
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  private async doing(what: () => Promise<void>): Promise<void> {
    if (!this.faults.ignores) await what();
  }

  private ended(seen: boolean, says: string): DriverResult {
    return seen
      ? { kind: 'done', says }
      : { kind: 'failed', reason: 'its BMC took the wish and did nothing', effect: 'unknown' };
  }

  private why(): string {
    return this.faults.silent ? 'nothing answers' : 'the BMC does not let us in: look at user and password';
  }
}
