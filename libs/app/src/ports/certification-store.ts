import type {
  Branded,
  CertificationState,
  CloudFacts,
  DeploymentId,
  Goal,
  JsonObject,
  NodeRoleId,
  Refusal,
  RunId,
  Scope,
  TestOutcome,
  TestStatus,
  Verdict,
} from '#core';
import type { CertificationInputs, TestUnderWay } from './certification-book.js';
import type { GuidelineId } from './guideline-store.js';
import type { ListQuery, Page } from './page.js';

export type CertificationId = Branded<'certification'>;
export type SuiteId = Branded<'suite'>;

/** A goal with the very file that it is about. */
export interface PlannedGoal extends Goal {
  readonly guidelineId: GuidelineId;
  readonly revision: number;
  readonly digest: string;
}

export interface CertificationCounts {
  /** Tests that were ordered; those of results that were brought. */
  readonly total: number;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly setupFailed: number;
  readonly notRun: number;
}

/** Where a cloud that is not ours answers; nothing of it is secret. */
export interface CloudAddress {
  readonly identityUrl: string;
  readonly region: string;
  readonly endpointType: 'public' | 'internal' | 'admin';
}

/** What a goal came to, in one line. */
export interface VerdictLine {
  readonly guidelineId: GuidelineId;
  readonly guideline: string;
  readonly revision: number;
  readonly program: string;
  readonly rules: number;
  readonly met: boolean;
  readonly mustPassTotal: number;
  readonly mustPassPassed: number;
  readonly claim: string;
}

export interface CertificationView {
  readonly id: CertificationId;
  readonly parentId: CertificationId | null;
  /** The first of its line. */
  readonly rootId: CertificationId;
  readonly state: CertificationState;
  readonly target: 'deployment' | 'endpoint' | 'import';
  /** What people call the cloud. */
  readonly cloud: string;
  readonly deploymentId: DeploymentId | null;
  readonly endpoint: CloudAddress | null;
  readonly nodeRoleId: NodeRoleId | null;
  readonly tester: string | null;
  readonly runId: RunId | null;
  readonly goals: readonly PlannedGoal[];
  readonly scope: Scope;
  readonly concurrency: number;
  readonly note: string;
  readonly suite: {
    readonly id: SuiteId;
    readonly name: string;
    readonly version: string;
    readonly digest: string;
  } | null;
  readonly facts: CloudFacts;
  readonly counts: CertificationCounts;
  readonly underWay: readonly TestUnderWay[];
  readonly seconds: number | null;
  readonly reason: string;
  readonly notes: readonly string[];
  readonly verdicts: readonly VerdictLine[];
  readonly public: boolean;
  readonly officialBy: string | null;
  readonly officialAt: Date | null;
  readonly streamBytes: number;
  readonly streamGoneAt: Date | null;
  readonly createdBy: string;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
  readonly version: number;
}

/** With what only one is asked for. */
export interface CertificationDetail extends CertificationView {
  /** Settings of the suite that the plan asks for, by `section.key`. */
  readonly settings: Readonly<Record<string, string>>;
  /** Full ids as ordered; null before a suite was known. */
  readonly loadList: readonly string[] | null;
  readonly inputs: CertificationInputs | null;
  readonly disclosure: JsonObject | null;
}

export interface NewCertification {
  readonly id: CertificationId;
  readonly parentId: CertificationId | null;
  readonly rootId: CertificationId;
  readonly state: 'planned' | 'imported';
  readonly target: CertificationView['target'];
  readonly cloud: string;
  readonly deploymentId: DeploymentId | null;
  readonly endpoint: CloudAddress | null;
  readonly accessSealed: string | null;
  readonly nodeRoleId: NodeRoleId | null;
  readonly tester: string | null;
  readonly goals: readonly PlannedGoal[];
  readonly scope: Scope;
  readonly concurrency: number;
  readonly settings: Readonly<Record<string, string>>;
  readonly note: string;
  readonly facts: CloudFacts;
  readonly createdBy: string;
}

/** What a run of it changes. */
export interface CertificationChange {
  readonly state?: CertificationState;
  readonly fence?: number;
  readonly runId?: RunId | null;
  readonly suiteId?: SuiteId;
  readonly loadList?: readonly string[];
  readonly inputs?: CertificationInputs;
  readonly facts?: CloudFacts;
  readonly counts?: CertificationCounts;
  readonly underWay?: readonly TestUnderWay[];
  readonly seconds?: number | null;
  readonly notes?: readonly string[];
  readonly reason?: string;
  readonly disclosure?: JsonObject;
  readonly public?: boolean;
  readonly note?: string;
  readonly official?: { readonly by: string; readonly at: Date } | null;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  readonly toldAt?: Date;
}

/** What an attempt needs to know of the row that it writes to, which is locked. */
export interface CertificationRecord extends CertificationDetail {
  readonly fence: number;
  readonly accessSealed: string | null;
  readonly nextPiece: number;
  /** When the history was last told how far it is. */
  readonly toldAt: Date | null;
}

/** What is looked at whenever something of a run becomes known: as little as that takes. */
export type CertificationProgress = Pick<
  CertificationRecord,
  'id' | 'state' | 'fence' | 'toldAt' | 'nodeRoleId' | 'deploymentId' | 'runId'
> & { readonly total: number };

/** An outcome with the certification that has it, for lists. */
export interface OutcomeView extends TestOutcome {
  readonly certificationId: CertificationId;
}

/** A file of the evidence. */
export interface EvidenceFile {
  readonly path: string;
  readonly mediaType: string;
  readonly sha256: string;
  readonly bytes: Uint8Array;
}

/** How a cloud did in a program, over time. */
export interface HistoryEntry {
  readonly certificationId: CertificationId;
  readonly parentId: CertificationId | null;
  readonly cloud: string;
  readonly guideline: string;
  readonly revision: number;
  readonly program: string;
  readonly met: boolean;
  readonly mustPassTotal: number;
  readonly mustPassPassed: number;
  readonly suite: string | null;
  readonly seconds: number | null;
  readonly endedAt: Date;
}

export interface CertificationStore {
  insert(certification: NewCertification): Promise<void>;
  find(id: string): Promise<CertificationDetail | null>;
  list(query: ListQuery): Promise<Page<CertificationView> | Refusal>;
  /** Those that everybody may see, the newest first. */
  published(limit: number): Promise<CertificationView[]>;
  /** Locked until the transaction ends. */
  lock(id: string): Promise<CertificationRecord | null>;
  lockProgress(id: string): Promise<CertificationProgress | null>;
  /** The one that goes on, or waits, on a noderole. */
  openOf(nodeRoleId: NodeRoleId): Promise<CertificationId | null>;
  /** Counts as a change: the version grows, unless only its progress did. */
  update(id: CertificationId, change: CertificationChange): Promise<void>;
  /** The certification that it is a child of, or the newest of the same cloud that ended before it did. */
  before(id: CertificationId): Promise<CertificationId | null>;
  /** From the first of its line to it. */
  line(id: CertificationId): Promise<CertificationId[]>;
  history(
    of: { readonly cloud?: string; readonly deploymentId?: DeploymentId; readonly program?: string },
    limit: number,
  ): Promise<HistoryEntry[]>;

  /** Adds outcomes; the last word on a test counts, but for `not-run`, which takes no other's place. Gives the counts. */
  addOutcomes(id: CertificationId, outcomes: readonly TestOutcome[]): Promise<Readonly<Record<TestStatus, number>>>;
  /** All of it, in the order in which they became known. */
  outcomes(id: CertificationId): Promise<TestOutcome[]>;
  outcomePage(id: CertificationId, query: ListQuery): Promise<Page<OutcomeView> | Refusal>;

  /** False when a piece of this number is there. */
  addPiece(id: CertificationId, number: number, bytes: Uint8Array): Promise<boolean>;
  /** The raw stream, or null when it was forgotten. */
  stream(id: CertificationId): Promise<Uint8Array | null>;
  /** SHA-256 of the raw stream, hex; null where there is none. */
  streamDigest(id: CertificationId): Promise<string | null>;
  /** Forgets raw streams of what ended before, and says of how many certifications. Results stay. */
  forgetStreams(before: Date, limit: number): Promise<number>;

  putVerdict(id: CertificationId, guidelineId: GuidelineId, verdict: Verdict): Promise<void>;
  verdicts(id: CertificationId): Promise<{ readonly line: VerdictLine; readonly verdict: Verdict }[]>;

  putEvidence(id: CertificationId, file: EvidenceFile): Promise<void>;
  evidence(id: CertificationId): Promise<EvidenceFile[]>;

  /** The suite with this list, made when there is none. `tests` are full ids. */
  keepSuite(suite: {
    readonly id: SuiteId;
    readonly name: string;
    readonly version: string;
    readonly digest: string;
    readonly tests: readonly string[];
  }): Promise<SuiteId>;
  suiteTests(
    id: SuiteId,
  ): Promise<{ readonly name: string; readonly version: string; readonly tests: readonly string[] } | null>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly certifications: CertificationStore;
  }
}
