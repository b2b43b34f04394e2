/**
 * The phases of an install, from the intent to a system that has reported. What may follow what is a table; deadlines and
 * reasons are beside it.
 */
export const INSTALL_PHASES = [
  'planned',
  'armed',
  'rebooting',
  'installing',
  'installed',
  'joined',
  'failed',
  'cancelled',
] as const;

export type InstallPhase = (typeof INSTALL_PHASES)[number];
