import {
  AdoptMachines,
  AdvanceProvided,
  AdvanceRetirements,
  SystemClock,
  VETOES,
  type IdSource,
  type Log,
  type MachinePower,
  type NodeSession,
  type SealedAttribs,
  type SecretBox,
  type UnitOfWork,
} from '#app';
import { CloudDrivers, SshFirstLogin, SshInventory } from '#machine';
import { AjvValidator } from '#store';
import type { LeaderLoop } from './worker.js';

/** How often machines are asked that are to be adopted, in milliseconds. */
const ADOPT_PERIOD_MS = 3_000;
/** The same for those that are taken out of service: erasing takes hours. */
const RETIRE_PERIOD_MS = 5_000;
/** The same for those that are got from clouds, where nobody says that something happened. */
const PROVIDED_PERIOD_MS = 2_000;
/** Rest between two looks at them, in milliseconds: a cloud takes seconds for a step, and most news are not about it. */
const PROVIDED_REST_MS = 200;

/** Machines on their way in by hand, and on their way out. */
export const machineLoops = (parts: {
  readonly unitOfWork: UnitOfWork;
  readonly ids: IdSource;
  readonly session: NodeSession;
  readonly power?: MachinePower;
  readonly sealed?: SealedAttribs;
  /** Without one no machine is got from a cloud: there would be nowhere to keep its key. */
  readonly secrets?: SecretBox;
  readonly log: Log;
}): LeaderLoop[] => {
  const adopt = new AdoptMachines({
    ...parts,
    vetoes: VETOES,
    clock: new SystemClock(),
    asker: new SshInventory(parts.session),
  });
  const retire = new AdvanceRetirements(parts);
  const { secrets } = parts;
  const provided = secrets && providedLoop({ ...parts, secrets });
  return [
    ...(provided ? [provided] : []),
    { name: 'adoptions', periodMs: ADOPT_PERIOD_MS, work: () => adopt.execute() },
    { name: 'retirements', periodMs: RETIRE_PERIOD_MS, work: () => retire.execute() },
  ];
};

/** Machines that are got from clouds, and given back. */
const providedLoop = (parts: Parameters<typeof machineLoops>[0] & { readonly secrets: SecretBox }): LeaderLoop => {
  const advance = new AdvanceProvided({
    ...parts,
    vetoes: VETOES,
    schemas: new AjvValidator(),
    login: new SshFirstLogin(parts.session),
    drivers: new CloudDrivers(),
  });
  return {
    name: 'providers',
    periodMs: PROVIDED_PERIOD_MS,
    work: () => advance.execute(),
    onNews: true,
    restMs: PROVIDED_REST_MS,
  };
};
