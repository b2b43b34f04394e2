import { describe, expect, it } from 'vitest';
import { askPerson, isPowerAction, powerMethodsFor, powerOffers, type PowerWays } from './choose.js';
import { POWER_ACTIONS } from './power.js';

const ways = (given: Partial<PowerWays> = {}): PowerWays => ({ bmc: [], ssh: false, machine: true, ...given });

describe('how a machine is switched', () => {
  it('a BMC is asked before the running system, and by Redfish before IPMI', () => {
    expect(powerMethodsFor('reset', ways({ bmc: ['ipmi', 'redfish'], ssh: true }))).toEqual([
      'redfish',
      'ipmi',
      'ssh',
      'manual',
    ]);
  });

  it('a running system cannot be asked to switch itself on, or to cut its own power and come back', () => {
    for (const action of ['on', 'cycle', 'boot-network', 'boot-disk'] as const)
      expect(powerMethodsFor(action, ways({ ssh: true }))).toEqual(['manual']);
  });

  it('a machine that nothing reaches is left to a person, but for its lamp', () => {
    const offers = powerOffers(ways());
    expect(offers.map(({ method }) => method)).toEqual(offers.map(() => 'manual'));
    expect(offers.map(({ action }) => action)).not.toContain('identify');
    expect(offers).toHaveLength(POWER_ACTIONS.length - 1);
  });

  it('what is no machine has no power', () => {
    expect(powerOffers(ways({ machine: false, bmc: ['ipmi'] }))).toEqual([]);
  });

  it('a person is told what to do with which machine', () => {
    for (const action of POWER_ACTIONS) expect(askPerson(action, 'n1.example')).toContain('n1.example');
  });

  it('words that are no action are known as such', () => {
    expect(isPowerAction('cycle')).toBe(true);
    expect(isPowerAction('explode')).toBe(false);
    expect(isPowerAction('constructor')).toBe(false);
  });
});
