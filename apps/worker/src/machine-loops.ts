import {
  AdoptMachines,
  AdvanceRetirements,
  SystemClock,
  VETOES,
  type IdSource,
  type Log,
  type MachinePower,
  type NodeSession,
  type SealedAttribs,
  type UnitOfWork,
} from '#app';
import { SshInventory } from '#machine';
import type { LeaderLoop } from './worker.js';

/** How often machines are asked that are to be adopted, in milliseconds. */
const ADOPT_PERIOD_MS = 3_000;
/** The same for those that are taken out of service: erasing takes hours. */
const RETIRE_PERIOD_MS = 5_000;

/** Machines on their way in by hand, and on their way out. */
export const machineLoops = (parts: {
  readonly unitOfWork: UnitOfWork;
  readonly ids: IdSource;
  readonly session: NodeSession;
  readonly power?: MachinePower;
  readonly sealed?: SealedAttribs;
  readonly log: Log;
}): LeaderLoop[] => {
  const adopt = new AdoptMachines({
    ...parts,
    vetoes: VETOES,
    clock: new SystemClock(),
    asker: new SshInventory(parts.session),
  });
  const retire = new AdvanceRetirements(parts);
  return [
    { name: 'adoptions', periodMs: ADOPT_PERIOD_MS, work: () => adopt.execute() },
    { name: 'retirements', periodMs: RETIRE_PERIOD_MS, work: () => retire.execute() },
  ];
};
