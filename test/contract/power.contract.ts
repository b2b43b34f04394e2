import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DriverResult, PowerDriver, PowerOptions } from '#app';
import type { PowerAction } from '#core';

/** A bound on waiting for ever, with room for a busy machine: what is not told to stop waits for a minute. */
const WELL_BELOW_A_MINUTE_MS = 30_000;

/** A machine, the driver that reaches its power, and what a test may look at behind its back. */
export interface PowerUnderTest {
  readonly driver: PowerDriver;
  isOn(): boolean | Promise<boolean>;
  setOn(on: boolean): void;
  /** What the next boot was told to start from. */
  bootWish(): 'network' | 'disk' | null;
  /** How often it was reset. */
  resets(): number;
  /** The same BMC, asked with a wrong password. */
  withWrongPassword(): PowerDriver;
  /** A BMC that nothing answers for. */
  unreachable(): PowerDriver;
  close(): Promise<void>;
}

/** What every way of switching a machine must do. */
export const powerContract = (start: () => Promise<PowerUnderTest>): void => {
  let machine: PowerUnderTest;
  beforeAll(async () => {
    machine = await start();
  });
  afterAll(() => machine?.close());
  beforeEach(() => machine.setOn(false));

  const act = (
    action: PowerAction,
    options: Partial<PowerOptions> = {},
    driver = machine.driver,
  ): Promise<DriverResult> => driver.act(action, { deadlineMs: 15_000, ...options });

  it('says whether the machine is on', async () => {
    expect(await machine.driver.state(5_000)).toEqual({ kind: 'read', state: 'off' });
    machine.setOn(true);
    expect(await machine.driver.state(5_000)).toEqual({ kind: 'read', state: 'on' });
  });

  it.each(['on', 'off'] as const)('switches %s, and it is so when it says done', async (wanted) => {
    machine.setOn(wanted === 'off');
    expect(await act(wanted)).toMatchObject({ kind: 'done' });
    expect(await machine.isOn()).toBe(wanted === 'on');
  });

  it.each(['on', 'off'] as const)('does %s twice harmlessly', async (wanted) => {
    machine.setOn(wanted === 'on');
    expect(await act(wanted)).toMatchObject({ kind: 'done', says: expect.stringContaining('already') as string });
    expect(await machine.isOn()).toBe(wanted === 'on');
  });

  it('a cycle ends with the machine on, wherever it began', async () => {
    for (const before of [true, false]) {
      machine.setOn(before);
      expect(await act('cycle')).toMatchObject({ kind: 'done' });
      expect(await machine.isOn()).toBe(true);
    }
  });

  it('resets a machine that is on, once', async () => {
    machine.setOn(true);
    const before = machine.resets();
    expect(await act('reset')).toMatchObject({ kind: 'done' });
    expect(machine.resets()).toBe(before + 1);
    expect(await machine.isOn()).toBe(true);
  });

  it('does not reset a machine that is off, and says what to do instead', async () => {
    const before = machine.resets();
    expect(await act('reset')).toMatchObject({
      kind: 'failed',
      effect: 'none',
      reason: expect.stringContaining('switch it on') as string,
    });
    expect(machine.resets()).toBe(before);
  });

  it.each(['network', 'disk'] as const)('has the machine start from %s once, seen by reading it back', async (from) => {
    expect(await act(`boot-${from}`)).toMatchObject({ kind: 'done' });
    expect(machine.bootWish()).toBe(from);
  });

  it('lights the lamp and puts it out', async () => {
    expect(await act('identify', { identifySeconds: 5 })).toMatchObject({ kind: 'done' });
    expect(await act('identify', { identifySeconds: 0 })).toMatchObject({ kind: 'done' });
  });

  describe('where it cannot be done', () => {
    it('a wrong password is told as such, and nothing is done', async () => {
      const driver = machine.withWrongPassword();
      expect(await driver.state(8_000)).toMatchObject({
        kind: 'failed',
        reason: expect.stringContaining('let us in') as string,
      });
      expect(await act('on', { deadlineMs: 8_000 }, driver)).toMatchObject({ kind: 'failed', effect: 'none' });
      expect(await machine.isOn()).toBe(false);
      await driver.close();
    });

    it('silence ends with the deadline, and nothing was done', async () => {
      const driver = machine.unreachable();
      const before = performance.now();
      expect(await act('on', { deadlineMs: 1_500 }, driver)).toMatchObject({ kind: 'failed', effect: 'none' });
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_A_MINUTE_MS);
      await driver.close();
    });

    it('waiting stops when it is told to', async () => {
      const driver = machine.unreachable();
      const before = performance.now();
      expect(await act('on', { deadlineMs: 60_000, signal: AbortSignal.timeout(200) }, driver)).toMatchObject({
        kind: 'failed',
      });
      expect(performance.now() - before).toBeLessThan(WELL_BELOW_A_MINUTE_MS);
      await driver.close();
    });
  });
};
