import type { CloudAccess, Goal, JsonObject, PreflightFinding, Refusal, SuiteCredentials, TestOutcome } from '#core';
import type { EvidenceFile } from './certification-store.js';
import type { Reach } from './jig.js';

/**
 * Which attempt speaks. The book takes the words of the newest fence it has seen for a certification, and those of older
 * ones no more: a worker that was believed dead cannot write over what its successor found.
 */
export interface CertificationTicket {
  readonly certification: string;
  readonly fence: number;
}

/** What there is to run. */
export interface CertificationOrder {
  readonly goals: readonly Goal[];
  /**
   * Full ids exactly as the suite lists them, in the order of the plan, without those that an earlier attempt of the same
   * run has ended: a run that was picked up goes on where it stopped.
   */
  readonly loadList: readonly string[];
  /** Workers of the suite; 0 lets it count processors. */
  readonly concurrency: number;
  /** A cloud that is not ours; null for the one of the deployment, which the run's attributes describe. */
  readonly access: CloudAccess | null;
  /** Settings of the suite that the plan asks for, by `section.key`; they win over what is known of the cloud. */
  readonly settings: Readonly<Record<string, string>>;
  /** Number of the first piece of the stream that this attempt writes. */
  readonly nextPiece: number;
  /** The nodes of the deployment that is tested, but for the tester: what is on them belongs to the evidence. */
  readonly nodes: readonly Reach[];
}

/** What a run was begun with, for the record; nothing in it is secret. */
export interface CertificationInputs {
  /** tempest.conf as it was written on the tester node, its secrets replaced. */
  readonly conf: string;
  /** Where each of its values came from, by `section.key`. */
  readonly provenance: Readonly<Record<string, string>>;
  /** As whom the suite is to run. */
  readonly credentials: SuiteCredentials;
  readonly findings: readonly PreflightFinding[];
  /** What the cloud said of itself: versions, services, extensions, hypervisors. */
  readonly cloud: JsonObject;
}

/** A test that has begun and not ended. */
export interface TestUnderWay {
  readonly name: string;
  readonly worker: string | null;
}

/** How a run ended. What was ordered and has no outcome by then is `not-run`. */
export type CertificationEnd =
  /** The suite ran to its end, whatever the tests said. `notes` tell what was wrong with its stream. */
  | { readonly kind: 'finished'; readonly seconds: number; readonly notes: readonly string[] }
  | { readonly kind: 'cancelled'; readonly seconds: number; readonly notes: readonly string[] }
  /** It could not be begun, or broke off by itself. */
  | { readonly kind: 'failed'; readonly seconds: number; readonly notes: readonly string[]; readonly reason: string };

/** What the outcomes come to, for a role that is to fail unless all must pass. */
export interface GoalClaim {
  readonly met: boolean;
  readonly claim: string;
}

export type Taken = 'written' | 'superseded';

/**
 * Where the tempest jig reads what it is to run, and writes what came of it, as it comes. Every call may be repeated: an
 * outcome is known by the certification and its name, a piece of the stream by its number. A run that ends without a word
 * here (its worker was killed, the node was lost) is known from the run's own row, and may be attempted again.
 */
export abstract class CertificationBook {
  /** Begins an attempt, or goes on with what an earlier one left. `wrong-state` when the certification has ended already. */
  abstract open(ticket: CertificationTicket): Promise<CertificationOrder | Refusal>;
  /** Tells what was written on the tester node, before the suite is started. */
  abstract prepared(ticket: CertificationTicket, inputs: CertificationInputs): Promise<Taken>;
  /** Outcomes that have become known, and all tests that are under way now: a few times a second. */
  abstract outcomes(
    ticket: CertificationTicket,
    ended: readonly TestOutcome[],
    underWay: readonly TestUnderWay[],
  ): Promise<Taken>;
  /** The next bytes of the raw stream. */
  abstract piece(ticket: CertificationTicket, number: number, bytes: Uint8Array): Promise<Taken>;
  /** Files of the evidence, as they were when the suite had ended. One that is written again takes the place of the first. */
  abstract evidence(ticket: CertificationTicket, files: readonly EvidenceFile[]): Promise<Taken>;
  /** The end; the verdict of each goal, or `superseded`. */
  abstract finished(ticket: CertificationTicket, end: CertificationEnd): Promise<readonly GoalClaim[] | 'superseded'>;
}
