import { describe } from 'vitest';
import { FakeSession } from '#testkit';
import { machineContract } from './machine.contract.js';

describe('machines without a network', () => {
  machineContract(async () => {
    const session = new FakeSession();
    const reach = session.addMachine('node1.test');
    return {
      session,
      reach,
      cut: () => session.cut(reach),
      mend: () => session.mend(reach),
      close: () => session.close(),
    };
  });
});
