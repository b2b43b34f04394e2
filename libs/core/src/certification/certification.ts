import type { Scope } from './resolution.js';

/**
 * One execution of a suite against a cloud: planned by a person or by automation, carried out as a run of the noderole
 * `openstack-certify` on a tester node, finished with outcomes. Append-only: what is tried again is a child.
 */
export type CertificationState = 'planned' | 'running' | 'finished' | 'cancelled' | 'failed' | 'imported';

/** A guideline, the program of it, and so what the verdict is about. */
export interface Goal {
  readonly guideline: string;
  readonly program: string;
}

export interface CertificationPlan {
  readonly goals: readonly Goal[];
  readonly scope: Scope;
  /** Workers of the suite; 0 lets it count processors. */
  readonly concurrency: number;
}

/** A fact about the cloud under test that qualifies what was found, never changes its figures. */
export interface CloudFacts {
  /** Release of OpenStack in lower case, null when not known. */
  readonly release: string | null;
  /** `kvm`, `qemu`, `fake`; null when not known. */
  readonly hypervisor: string | null;
  readonly simulated: readonly string[];
}
