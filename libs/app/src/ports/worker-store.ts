import type { WorkerId } from './model-ids.js';
import type { QueueBackend } from './job-queue.js';

/** What a loop did last; moments are milliseconds since the epoch, by the clock of its worker. */
export interface LoopStatus {
  readonly name: string;
  /** How often it turns when nobody nudges it, in milliseconds. */
  readonly periodMs: number;
  /** When the turn began that goes on now; null between two turns. */
  readonly turnSince: number | null;
  /** When its last turn ended; null before the first. */
  readonly lastEndedAt: number | null;
  readonly lastTookMs: number | null;
  /** How many turns in a row have failed. */
  readonly failures: number;
  /** Why the last turn failed; null when it went well. */
  readonly lastError: string | null;
}

/** The queue as one worker sees it. */
export interface QueueStatus {
  readonly backend: QueueBackend;
  readonly answers: boolean;
  /** Envelopes that nobody has taken yet; null while the queue does not answer. */
  readonly waiting: number | null;
  /** Milliseconds since the epoch. */
  readonly askedAt: number;
}

/** What a worker tells of itself with its heartbeat. */
export interface WorkerDoing {
  /** Null until the queue was asked for the first time. */
  readonly queue: QueueStatus | null;
  /** Those that turn in this process now. */
  readonly loops: readonly LoopStatus[];
}

export interface WorkerView {
  readonly id: WorkerId;
  /** Its host and its process, as runs name it: `host:pid`. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  readonly startedAt: Date;
  readonly heartbeatAt: Date;
  /** `silent`: it has lost its runs, as rescue has it. One that was told to stop is not listed any more. */
  readonly state: 'live' | 'silent';
  /** Whether it holds the lease of whoever plans. */
  readonly leads: boolean;
  /** Runs that the rows say it carries out now. */
  readonly runs: number;
  readonly queue: QueueView | null;
  readonly loops: readonly LoopView[];
}

export interface QueueView extends Omit<QueueStatus, 'askedAt'> {
  readonly askedAt: Date;
}

export interface LoopView extends Omit<LoopStatus, 'turnSince' | 'lastEndedAt'> {
  readonly turnSince: Date | null;
  readonly lastEndedAt: Date | null;
}

/** How silent a worker is, and of which lease its leader is the holder. */
export interface WorkerLimits {
  readonly silenceMsMax: number;
  readonly lease: string;
}

export interface WorkerStore {
  /** By host and process. */
  all(limits: WorkerLimits): Promise<WorkerView[]>;
  /** By id, or by name: of two of one name the one that was heard of last. */
  find(key: string, limits: WorkerLimits): Promise<WorkerView | null>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly workers: WorkerStore;
  }
}
