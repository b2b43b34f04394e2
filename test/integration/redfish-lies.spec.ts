import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BmcLogin } from '#app';
import { RedfishPower, RedfishService } from '#machine';
import { MemoryMachine, RedfishEmulator, type Lies } from '#testkit';

let bmc: RedfishEmulator;
let machine: MemoryMachine;
let drivers: RedfishPower[] = [];

const start = async (lies: Partial<Lies> = {}): Promise<void> => {
  await bmc?.stop();
  machine = new MemoryMachine();
  bmc = await RedfishEmulator.start({ machine, user: 'admin', password: 'secret', lies });
};
const driver = (more: Partial<BmcLogin> = {}, uuid: string | null = null): RedfishPower => {
  const login: BmcLogin = {
    ...{ protocols: ['redfish'], address: '127.0.0.1', redfishPort: bmc.port, ipmiPort: 623, user: 'admin' },
    ...{ password: 'secret', certificate: bmc.identity.sha256, system: null, cipherSuite: 3, ...more },
  };
  const made = new RedfishPower(new RedfishService(login, uuid, () => Promise.resolve(true)), {
    uefi: true,
    offMs: 10,
  });
  drivers.push(made);
  return made;
};

beforeEach(() => start());
afterEach(async () => {
  await Promise.all(drivers.map((each) => each.close()));
  drivers = [];
  await bmc.stop();
});

describe('a BMC that speaks Redfish in its own way', () => {
  it('a session is ended when the work is', async () => {
    const power = driver();
    await power.state(5_000);
    expect(bmc.sessionCount).toBe(1);
    await power.close();
    expect(bmc.sessionCount).toBe(0);
  });

  it('a full table of sessions keeps nobody out who has the password', async () => {
    bmc.fillSessions();
    expect(await driver().act('on', { deadlineMs: 10_000 })).toMatchObject({ kind: 'done' });
    expect(machine.on).toBe(true);
  });

  it('a session that the BMC forgot is made anew', async () => {
    const power = driver();
    await power.state(5_000);
    bmc.forgetSessions();
    expect(await power.state(5_000)).toEqual({ kind: 'read', state: 'off' });
  });

  it('errors that pass are outlived', async () => {
    bmc.lies.failNext = 2;
    expect(await driver().act('on', { deadlineMs: 10_000 })).toMatchObject({ kind: 'done' });
  });

  it('a BMC that takes power wishes and does nothing is found out', async () => {
    bmc.lies.ignores.push('power');
    const result = await driver().act('on', { deadlineMs: 2_000 });
    expect(result).toMatchObject({
      kind: 'failed',
      effect: 'unknown',
      reason: expect.stringContaining('says off') as string,
    });
  });

  it('a boot wish that is taken and forgotten is found out', async () => {
    bmc.lies.ignores.push('boot');
    const result = await driver().act('boot-network', { deadlineMs: 1_500 });
    expect(result).toMatchObject({ kind: 'failed', reason: expect.stringContaining('does not show it') as string });
  });

  it('a lamp that does not light is told', async () => {
    bmc.lies.ignores.push('led');
    expect(await driver().act('identify', { deadlineMs: 1_500 })).toMatchObject({ kind: 'failed' });
  });

  it('a reset that is done and answered with an error is not done twice, and nobody claims to know', async () => {
    machine.on = true;
    bmc.lies.resetErrsAfterEffect = true;
    expect(await driver().act('reset', { deadlineMs: 5_000 })).toMatchObject({ kind: 'failed', effect: 'unknown' });
    expect(machine.done).toEqual(['reset']);
  });

  it('a switch that is done and answered with an error is seen to be done', async () => {
    bmc.lies.resetErrsAfterEffect = true;
    expect(await driver().act('on', { deadlineMs: 5_000 })).toMatchObject({ kind: 'done' });
    expect(machine.done).toEqual(['on']);
  });

  it('an ETag that was overtaken is read again', async () => {
    bmc.lies.etagRequired = true;
    bmc.lies.etagRestless = 5;
    expect(await driver().act('boot-network', { deadlineMs: 8_000 })).toMatchObject({ kind: 'done' });
    expect(bmc.seen.filter(({ method }) => method === 'PATCH').length).toBeGreaterThan(1);
  });

  it('a PATCH carries the mode where the BMC would fall back without, and leaves it out where it is refused with', async () => {
    const modes = async (lies: Partial<Lies>): Promise<unknown> => {
      await start(lies);
      expect(await driver().act('boot-network', { deadlineMs: 5_000 })).toMatchObject({ kind: 'done' });
      const patch = bmc.seen.find(({ method }) => method === 'PATCH');
      return (patch!.body['Boot'] as Record<string, unknown>)['BootSourceOverrideMode'];
    };
    expect(await modes({ vendor: 'Supermicro', bootMode: 'required' })).toBe('UEFI');
    expect(await modes({ vendor: 'HPE', bootMode: 'read-only' })).toBeUndefined();
    expect(bmc.bootOverride.mode).toBe('UEFI');
  });

  it('a machine without a lamp has no such action', async () => {
    await start({ lamp: 'none' });
    expect(await driver().act('identify', { deadlineMs: 5_000 })).toEqual({ kind: 'unsupported' });
  });

  it('among several machines of one service the right one is found by its UUID, or nothing is switched', async () => {
    await bmc.stop();
    bmc = await RedfishEmulator.start({ machine, user: 'admin', password: 'secret', otherSystems: 2 });
    expect(await driver({}, bmc.uuid).act('on', { deadlineMs: 5_000 })).toMatchObject({ kind: 'done' });
    expect(await driver({}, '11111111-1111-4111-8111-111111111111').act('off', { deadlineMs: 5_000 })).toMatchObject({
      kind: 'failed',
      effect: 'none',
      reason: expect.stringContaining('--system') as string,
    });
    expect(machine.on).toBe(true);
  });

  it('a stranger on its address is told neither user nor password', async () => {
    expect(await driver({ certificate: 'ab'.repeat(32) }).state(5_000)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('another certificate') as string,
    });
    expect(bmc.seen).toEqual([]);
  });
});
