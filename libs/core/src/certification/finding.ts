/**
 * What was seen to be wrong with a cloud before a long run was begun, and who can mend it. `stops` says that nearly every
 * test would fail of it; the others are told and the run goes on.
 */
export interface PreflightFinding {
  /** A stable word: `token`, `versions`, `image`, `external-network`, `port`, `floating-range`. */
  readonly check: string;
  readonly severity: 'stops' | 'warns';
  /** The role to look at: `keystone`, `glance`, `neutron-server`. */
  readonly role: string;
  /** What was seen and what to do, in a sentence. */
  readonly says: string;
}
