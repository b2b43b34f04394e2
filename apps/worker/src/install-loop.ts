import { AdvanceInstalls, SystemClock, type Log, type MachinePower, type NodeSession, type UnitOfWork } from '#app';
import { RandomOrderTokens } from '#store';
import type { LeaderLoop } from './worker.js';

/** How often installs are looked at when nobody says that something happened, in milliseconds: deadlines are minutes. */
const INSTALL_PERIOD_MS = 1_000;
/** Rest between two looks, in milliseconds: a step of an install takes seconds, and most news are not about installs. */
const INSTALL_REST_MS = 50;

export interface InstallLoopParts {
  readonly unitOfWork: UnitOfWork;
  readonly session: NodeSession;
  readonly power?: MachinePower;
  readonly log: Log;
  /** Where machines report. */
  readonly apiUrl: string;
}

/** Brings installs from one phase to the next. */
export const installLoop = (parts: InstallLoopParts): LeaderLoop => {
  const installs = new AdvanceInstalls({ ...parts, clock: new SystemClock(), tokens: new RandomOrderTokens() });
  return {
    name: 'installs',
    periodMs: INSTALL_PERIOD_MS,
    work: () => installs.execute(),
    onNews: true,
    restMs: INSTALL_REST_MS,
  };
};
