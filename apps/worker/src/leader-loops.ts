import type { IdSource, UnitOfWork } from '#app';
import type { LeaderLoop } from './worker.js';

/** What only the leader does, beside planning, rescue and liveness. */
export const leaderLoops = (_unitOfWork: UnitOfWork, _ids: IdSource): LeaderLoop[] => [];
