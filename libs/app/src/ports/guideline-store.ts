import type { Branded, GuidelineKind, GuidelineProblem, Refusal } from '#core';
import type { UserId } from './access-store.js';
import type { ListQuery, Page } from './page.js';

export type GuidelineId = Branded<'guideline'>;
export type VoteId = Branded<'guideline_vote'>;

/** What a list shows of a program without reading the file again. */
export interface ProgramOutline {
  readonly name: string;
  readonly title: string;
  readonly components: readonly string[];
  /** Distinct tests that it requires, and how many of them must pass. */
  readonly tests: number;
  readonly mustPass: number;
}

/** A guideline as it was imported. Nothing of it changes; another file of the same name is another revision. */
export interface GuidelineView {
  readonly id: GuidelineId;
  /** Its own id: `2020.06`. */
  readonly name: string;
  readonly kind: GuidelineKind;
  /** From 1, by name and kind. */
  readonly revision: number;
  /** No newer revision of it was imported. */
  readonly latest: boolean;
  /** SHA-256 of the bytes as they came, hex. */
  readonly digest: string;
  readonly schema: string;
  readonly status: string | null;
  readonly releases: readonly string[];
  readonly programs: readonly ProgramOutline[];
  readonly warnings: readonly GuidelineProblem[];
  readonly source: string;
  readonly importedBy: string;
  readonly importedAt: Date;
  readonly version: number;
}

export type NewGuideline = Omit<GuidelineView, 'revision' | 'latest' | 'importedBy' | 'importedAt' | 'version'> & {
  readonly raw: string;
};

export interface VoteView {
  readonly id: VoteId;
  /** Name of the guideline: an opinion outlives a revision. */
  readonly guideline: string;
  readonly test: string;
  /** Name of the user. */
  readonly user: string;
  readonly vote: -1 | 1;
  readonly reason: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How many are for a test and how many against. */
export interface VoteTally {
  readonly test: string;
  readonly up: number;
  readonly down: number;
}

export interface GuidelineStore {
  /** By id, by name (its newest revision), or as `name@revision`. */
  find(
    key: string,
    options?: { readonly lock?: boolean; readonly kind?: GuidelineKind },
  ): Promise<GuidelineView | null>;
  list(query: ListQuery): Promise<Page<GuidelineView> | Refusal>;
  /** The newest revision of each, by name. */
  latest(): Promise<GuidelineView[]>;
  /** The file as it came. */
  raw(id: GuidelineId): Promise<string>;
  /** SHA-256 of a text in UTF-8, hex. */
  digestOf(text: string): Promise<string>;
  withDigest(name: string, kind: GuidelineKind, digest: string): Promise<GuidelineView | null>;
  /** Under the next revision of its name and kind; imports of one name go one after the other. */
  insert(guideline: NewGuideline): Promise<void>;
  /** How many certifications are about it. */
  uses(id: GuidelineId): Promise<number>;
  delete(id: GuidelineId): Promise<void>;

  votes(query: ListQuery, guideline: string): Promise<Page<VoteView> | Refusal>;
  tally(guideline: string): Promise<VoteTally[]>;
  /** One opinion of each user: a second one takes the place of the first. */
  putVote(vote: {
    readonly id: VoteId;
    readonly guideline: string;
    readonly test: string;
    readonly userId: UserId;
    readonly vote: -1 | 1;
    readonly reason: string;
  }): Promise<VoteView>;
  /** False when there was none. */
  removeVote(guideline: string, test: string, userId: UserId): Promise<boolean>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly guidelines: GuidelineStore;
  }
}
