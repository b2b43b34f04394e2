import type { HookSelector, Json, NodeRoleId, Refusal, RoleId } from '#core';
import type { HookId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

/** Where news goes. The key that signs a webhook's requests stands apart and is never shown. */
export type HookSink =
  | { readonly kind: 'webhook'; readonly url: string }
  /** The noderoles of the hook's role are run again. */
  | { readonly kind: 'rerun' }
  /** A function of this program, by name. */
  | { readonly kind: 'inproc'; readonly name: string };

export interface HookView {
  readonly id: HookId;
  readonly name: string;
  readonly roleId: RoleId | null;
  readonly role: string | null;
  readonly selector: HookSelector;
  readonly sink: HookSink;
  /** Whether a webhook's requests are signed. */
  readonly signed: boolean;
  readonly deadlineMs: number;
  /** The last event that was dealt with. */
  readonly position: number;
  /** Deliveries of the next event that failed. */
  readonly failures: number;
  readonly retryAt: Date | null;
  readonly lastError: string;
  readonly active: boolean;
  readonly deadLetters: number;
  readonly version: number;
  readonly createdAt: Date;
}

export interface NewHook {
  readonly id: HookId;
  readonly name: string;
  readonly roleId: RoleId | null;
  readonly selector: HookSelector;
  readonly sink: HookSink;
  readonly signingKey: string | null;
  readonly deadlineMs: number;
}

export interface HookChange {
  readonly selector?: HookSelector;
  readonly sink?: HookSink;
  readonly signingKey?: string | null;
  readonly deadlineMs?: number;
  readonly active?: boolean;
}

/** A hook whose turn it is, with what only delivery needs. */
export interface DueHook extends HookView {
  readonly signingKey: string | null;
}

/** An event as hooks and their sinks see it, with the names that selectors ask for. */
export interface HookEvent {
  readonly seq: number;
  readonly at: Date;
  readonly kind: string;
  readonly nodeRoleId: NodeRoleId | null;
  readonly nodeId: string | null;
  readonly node: string | null;
  readonly roleId: string | null;
  readonly role: string | null;
  readonly deploymentId: string | null;
  readonly deployment: string | null;
  readonly runId: string | null;
  readonly actor: string;
  readonly data: Json;
}

/** An event that a hook could not be told of. */
export interface DeadLetter {
  readonly seq: number;
  /** What happened, and when; null where the history had forgotten it before it was kept here. */
  readonly kind: string | null;
  readonly at: Date | null;
  readonly buriedAt: Date;
  readonly error: string;
  /** Somebody asked that it be told of once more. */
  readonly wanted: boolean;
}

/** A letter that somebody wants sent, with its hook. */
export interface WantedLetter {
  readonly hook: DueHook;
  readonly event: HookEvent;
}

export interface HookStore {
  find(key: string, options?: { readonly lock?: boolean }): Promise<HookView | null>;
  list(query: ListQuery): Promise<Page<HookView> | Refusal>;
  /** False when one of this name is there already. A hook hears of what happens from now on. */
  insert(hook: NewHook): Promise<boolean>;
  update(id: HookId, change: HookChange): Promise<void>;
  delete(id: HookId): Promise<void>;
  /** Active hooks that have not heard of the last event and need not wait. */
  due(): Promise<DueHook[]>;
  /** Events after a position whose kind matches, in order, and up to which event that is all there is. */
  eventsAfter(
    position: number,
    limit: number,
    kind?: string,
  ): Promise<{ readonly events: HookEvent[]; readonly heard: number }>;
  /** Notes that everything up to this event was dealt with. */
  advance(id: HookId, position: number): Promise<void>;
  fail(
    id: HookId,
    failure: { readonly position: number; readonly error: string; readonly retryInMs: number },
  ): Promise<void>;
  /** Keeps an event that a hook could not be told of; one that is kept already is wanted no more. */
  bury(id: HookId, event: HookEvent, error: string): Promise<void>;
  /** The hook was told of it after all. */
  unbury(id: HookId, seq: number): Promise<void>;
  letters(id: HookId, query: ListQuery): Promise<Page<DeadLetter> | Refusal>;
  /** Marks letters as wanted, all of the hook when none are named, and gives the numbers of those that are. */
  want(id: HookId, seqs?: readonly number[]): Promise<number[]>;
  /** Wanted letters of active hooks, a hook's in their order. */
  wantedLetters(limit: number): Promise<WantedLetter[]>;
  /** Committed noderoles of a role. */
  nodeRolesOf(roleId: RoleId): Promise<NodeRoleId[]>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly hooks: HookStore;
  }
}
