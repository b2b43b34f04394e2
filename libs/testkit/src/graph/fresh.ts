import type { NodeRole } from '#core';

/** A noderole of which nothing happened yet, beside what it is and where it stands. */
export const FRESH: Omit<NodeRole, 'id' | 'roleId' | 'nodeId' | 'deploymentId' | 'state' | 'cohort' | 'unmet'> = {
  doubted: false,
  rerun: false,
  dirty: false,
  kept: false,
  held: false,
  available: true,
  runCount: 0,
  failures: 0,
  notBefore: null,
  runId: null,
  status: '',
};
