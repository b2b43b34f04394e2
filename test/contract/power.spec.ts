import { createSocket, type Socket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { BmcLogin } from '#app';
import { IpmiPower, RedfishPower, RedfishService } from '#machine';
import {
  IPMI_SIM_PATHS,
  MemoryMachine,
  PRODUCTS,
  RedfishEmulator,
  SimulatedPower,
  startIpmiSim,
  type ProductName,
} from '#testkit';
import { powerContract } from './power.contract.js';

/** Milliseconds that a machine stays off in a cycle here: files and memory have no capacitors. */
const OFF_MS = 10;
/** Longer than ipmitool waits for an answer when it is not told. */
const SLOW_SECONDS = 1.5;

const login = (port: number, user: string, password: string, more: Partial<BmcLogin> = {}): BmcLogin => ({
  protocols: ['redfish', 'ipmi'],
  address: '127.0.0.1',
  redfishPort: port,
  ipmiPort: port,
  user,
  password,
  certificate: null,
  system: null,
  cipherSuite: 3,
  ...more,
});

const there = IPMI_SIM_PATHS.every((path) => existsSync(path));
describe.skipIf(!there)('IPMI, by ipmitool against the simulator of OpenIPMI', () => {
  powerContract(async () => {
    const sim = await startIpmiSim();
    const silent = await silentUdp();
    const make = (port: number, password: string): IpmiPower =>
      new IpmiPower(login(port, sim.user, password), { uefi: false, offMs: OFF_MS });
    return {
      driver: make(sim.port, sim.password),
      isOn: () => sim.isOn(),
      setOn: (on) => sim.setOn(on),
      bootWish: () => ({ pxe: 'network' as const, default: 'disk' as const })[sim.boot()] ?? null,
      resets: () => sim.done().filter((line) => line.startsWith('reset')).length,
      withWrongPassword: () => make(sim.port, 'wrong'),
      unreachable: () => make(silent.address().port, sim.password),
      close: async () => {
        silent.close();
        await sim.stop();
      },
    };
  });

  it('asks a BMC that takes its time to do a thing once, not again for every second of it', async () => {
    const sim = await startIpmiSim();
    try {
      sim.setOn(true);
      sim.setSlow(SLOW_SECONDS);
      const driver = new IpmiPower(login(sim.port, sim.user, sim.password), { uefi: false, offMs: OFF_MS });
      expect(await driver.act('reset', { deadlineMs: 30_000 })).toMatchObject({ kind: 'done' });
      expect(sim.done().filter((line) => line.startsWith('reset'))).toHaveLength(1);
    } finally {
      await sim.stop();
    }
  });
});

describe.each(Object.keys(PRODUCTS) as ProductName[])('Redfish, against an emulated BMC: %s', (product) => {
  powerContract(async () => {
    const machine = new MemoryMachine();
    const bmc = await RedfishEmulator.start({ machine, user: 'admin', password: 'right', lies: PRODUCTS[product] });
    const silent = await silentTcp();
    const make = (port: number, password: string): RedfishPower => {
      const bound = login(port, 'admin', password, { certificate: bmc.identity.sha256 });
      return new RedfishPower(new RedfishService(bound, bmc.uuid, () => Promise.resolve(true)), {
        uefi: true,
        offMs: OFF_MS,
      });
    };
    const driver = make(bmc.port, 'right');
    return {
      driver,
      isOn: () => machine.on,
      setOn: (on) => {
        machine.on = on;
        bmc.forgetThePast();
      },
      bootWish: () => machine.boot,
      resets: () => machine.done.filter((what) => what === 'reset').length,
      withWrongPassword: () => make(bmc.port, 'wrong'),
      unreachable: () => make((silent.address() as AddressInfo).port, 'right'),
      close: async () => {
        await driver.close();
        await bmc.stop();
        await new Promise((resolve) => silent.close(resolve));
      },
    };
  });
});

describe('the simulated driver', () => {
  powerContract(async () => {
    const machine = new MemoryMachine();
    const broken = (fault: 'silent' | 'refuses'): SimulatedPower => {
      const driver = new SimulatedPower(machine);
      driver.faults[fault] = true;
      return driver;
    };
    return {
      driver: new SimulatedPower(machine),
      isOn: () => machine.on,
      setOn: (on) => (machine.on = on),
      bootWish: () => machine.boot,
      resets: () => machine.done.filter((what) => what === 'reset').length,
      withWrongPassword: () => broken('refuses'),
      unreachable: () => broken('silent'),
      close: async () => {},
    };
  });
});

const silentUdp = (): Promise<Socket> =>
  new Promise((resolve) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1', () => resolve(socket));
  });

/** Takes connections and says nothing. */
const silentTcp = (): Promise<Server> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.resume().on('error', () => {})).listen(0, '127.0.0.1', () =>
      resolve(server),
    );
  });
