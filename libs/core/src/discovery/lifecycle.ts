/**
 * Where a machine stands in its life, for people. It is derived from what the rows say and nobody sets it; whether the
 * machine can be reached is another matter (`alive`), so that a machine that installs is not taken for one that is lost.
 */
export const LIFECYCLES = [
  'declared',
  'waiting',
  'discovering',
  'discovered',
  'debugging',
  'installing',
  'installed',
  'lost',
  'decommissioning',
  'decommissioned',
] as const;
export type Lifecycle = (typeof LIFECYCLES)[number];

export interface LifecycleFacts {
  readonly retirement: 'none' | 'under-way' | 'done';
  readonly isInstalling: boolean;
  readonly isDebugging: boolean;
  readonly alive: boolean;
  /** A person must commit it before anything is done on it. */
  readonly isWaiting: boolean;
  /** Its boot session; null before it had one. */
  readonly session: {
    /** What it is that runs: a system in memory, or one from its own disk. */
    readonly system: 'memory' | 'disk';
    /** Whether it was reached in this session. */
    readonly wasAlive: boolean;
  } | null;
}

/** The first that applies. A machine that is lost while it installs still installs: the install has a deadline of its own. */
export const lifecycleOf = (facts: LifecycleFacts): Lifecycle => {
  const { retirement, session, alive } = facts;
  if (retirement !== 'none') return retirement === 'done' ? 'decommissioned' : 'decommissioning';
  if (facts.isInstalling) return 'installing';
  if (facts.isDebugging) return 'debugging';
  if (facts.isWaiting) return 'waiting';
  if (!session) return 'declared';
  if (!alive) return session.wasAlive ? 'lost' : session.system === 'memory' ? 'discovering' : 'installed';
  return session.system === 'memory' ? 'discovered' : 'installed';
};
