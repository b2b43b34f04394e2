import { describe } from 'vitest';
import { BmcBook, type BmcPlanner, type PowerFacts, type Reach } from '#app';
import { idOf, type NodeId } from '#core';
import { HardwareJig } from '#jigs';
import { NodeFirmware, NodePower } from '#machine';
import { FakeSession, MemoryMachine, RedfishEmulator, stageRun, type StagedRun } from '#testkit';
import { jigContract } from './jig.contract.js';

const node: Reach = {
  nodeId: idOf<NodeId>('0c5d7a1e-0000-4000-8000-000000000001'),
  name: 'node1.test',
  address: null,
  sshPort: 22,
  hostKey: null,
};

/** BIOS attributes by an emulated BMC; BMC, RAID and the rest are tried in test/integration/jigs/hardware.spec.ts. */
describe('the hardware jig', () => {
  jigContract(async () => {
    const machine = new MemoryMachine();
    machine.on = true;
    const bmc = await RedfishEmulator.start({ machine, user: 'admin', password: 'secret' });
    class Book extends BmcBook {
      override factsOf(): Promise<PowerFacts> {
        const login = {
          ...{ protocols: ['redfish' as const], address: '127.0.0.1', redfishPort: bmc.port, ipmiPort: 623 },
          ...{ user: 'admin', password: 'secret', certificate: bmc.identity.sha256, system: null, cipherSuite: 3 },
        };
        return Promise.resolve({
          ...{ name: node.name, ways: { bmc: ['redfish'], ssh: false, machine: true }, bmc: login, unusable: null },
          ...{ reach: node, firmware: 'uefi', uuid: null },
        });
      }
      override pin(): Promise<boolean> {
        return Promise.resolve(true);
      }
    }
    const book = new Book();
    const firmware = new NodeFirmware(book);
    const power = new NodePower(book, null);
    const planner = null as unknown as BmcPlanner;
    const stageWatts = (watts: number): StagedRun =>
      stageRun({ node, roleName: 'bios-settings', attribs: { 'bios-attributes': { PowerLimitWatts: watts } } });
    return {
      jig: new HardwareJig({ session: new FakeSession(), hardware: { planner, power, firmware, lookEveryMs: 50 } }),
      work: () => {
        bmc.lies.ignores = [];
        return stageWatts(400);
      },
      done: { kind: 'succeeded' },
      trace: () => `limit: ${String(bmc.biosNow['PowerLimitWatts'])}`,
      expected: 'limit: 400',
      // The machine does not start again, so that the settings are never taken over.
      long: () => {
        bmc.lies.ignores = ['power'];
        const run = stageWatts(300);
        return { run, underWay: run.saw('restarted by') };
      },
      stopped: { kind: 'aborted', cause: 'cancelled' },
      isWorking: () => bmc.sessionCount > 0,
      // Wished for the next start, which nobody asked for any more.
      crash: async () => {
        await firmware.wishBios(node.nodeId, { PowerLimitWatts: 200 }, { deadlineMs: 5_000 });
      },
      close: () => bmc.stop(),
    };
  });
});
