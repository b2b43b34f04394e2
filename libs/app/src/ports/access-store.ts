import type { Branded, JsonObject, NodeId, Refusal, RunId } from '#core';
import type { BootSessionId } from './model-ids.js';
import type { ListQuery, Page } from './page.js';

/** What may be asked of Anneal: everything, work, looking, or the affairs of one node. */
export type PersonRole = 'admin' | 'operator' | 'viewer';
export type AccessRole = PersonRole | 'node';

export type UserId = Branded<'user'>;
export type TokenId = Branded<'token'>;

/** Who asks, as a token proves it. */
export interface Principal {
  /** Its name in events and in the audit: a user's name, `token:NAME`, or `node:NAME`. */
  readonly actor: string;
  readonly role: AccessRole;
  readonly tokenId: TokenId;
  readonly userId: UserId | null;
  /** A node's own token speaks for this node and nothing else. */
  readonly nodeId: NodeId | null;
  /** And then only for this run, when it was made for one. */
  readonly runId: RunId | null;
}

export interface UserView {
  readonly id: UserId;
  readonly name: string;
  readonly display: string;
  readonly role: PersonRole;
  readonly locked: boolean;
  readonly canLogIn: boolean;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** With the hash, for logging in; it leaves the use cases that need it nowhere. */
export interface UserRecord extends UserView {
  readonly passwordHash: string | null;
}

export interface NewUserRecord {
  readonly id: UserId;
  readonly name: string;
  readonly display: string;
  readonly role: PersonRole;
  readonly passwordHash: string | null;
}

export interface UserChanges {
  readonly display?: string;
  readonly role?: PersonRole;
  readonly locked?: boolean;
  readonly passwordHash?: string;
}

export interface TokenView {
  readonly id: TokenId;
  readonly name: string;
  readonly prefix: string;
  readonly role: AccessRole;
  readonly userId: UserId | null;
  /** Name of the user it belongs to. */
  readonly user: string | null;
  /** Name of the node that it speaks for. */
  readonly node: string | null;
  readonly expiresAt: Date | null;
  readonly lastUsedAt: Date | null;
  readonly createdAt: Date;
}

export interface NewTokenRecord {
  readonly id: TokenId;
  readonly name: string;
  /** SHA-256 of the secret. */
  readonly hash: Uint8Array;
  readonly prefix: string;
  readonly role: AccessRole;
  readonly userId: UserId | null;
  readonly nodeId: NodeId | null;
  readonly runId: RunId | null;
  /** Good for this boot of its node alone; for every boot when absent. */
  readonly bootSessionId?: BootSessionId | null;
  /** Seconds from now by the database's clock; null for ever. */
  readonly expiresInS: number | null;
}

/** Users and tokens, inside a transaction. */
export interface AccessStore {
  users(query: ListQuery): Promise<Page<UserView> | Refusal>;
  user(key: string): Promise<UserView | null>;
  /** Locked until the transaction ends. */
  lockUser(key: string): Promise<UserRecord | null>;
  anyUser(): Promise<boolean>;
  /** Administrators who can log in, all locked, so that two requests cannot each remove "the other one". */
  lockAdministrators(): Promise<UserId[]>;
  insertUser(user: NewUserRecord): Promise<void>;
  updateUser(id: UserId, changes: UserChanges): Promise<void>;
  deleteUser(id: UserId): Promise<void>;

  tokens(query: ListQuery, ownedBy: UserId | null): Promise<Page<TokenView> | Refusal>;
  /** By id, or by name where that is unique. */
  token(key: string, ownedBy: UserId | null): Promise<TokenView | null>;
  insertToken(token: NewTokenRecord): Promise<void>;
  deleteToken(id: TokenId): Promise<void>;
  /** Ends the sessions of a user: what was made by logging in. */
  endSessions(userId: UserId): Promise<void>;

  /** SHA-256 of the one-time code that makes the first administrator; locked. */
  setupCode(): Promise<string | null>;
  putSetupCode(digest: string | null): Promise<void>;

  /** Who asked for this change: written with it, or neither is. */
  audit(entry: AuditEntry): Promise<void>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly access: AccessStore;
  }
}

export interface AuditEntry {
  readonly actor: string;
  readonly action: string;
  readonly subject: string;
  readonly status: number;
  /** Trace id of the request. */
  readonly request: string;
  readonly detail: JsonObject | null;
}

export interface AuditView extends AuditEntry {
  readonly id: number;
  readonly at: Date;
}

/** An answer as it was given, to be given again. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is known of an Idempotency-Key. */
export type KeyClaim =
  /** Nobody used it: the request is ours to answer. */
  | { readonly kind: 'ours' }
  | { readonly kind: 'answered'; readonly answer: KeptAnswer }
  /** It stands for another request. */
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'in-progress'; readonly sinceMs: number };

/** Single statements of the access side that need no transaction around them. */
export abstract class AccessRecords {
  /** The principal of a token that is valid now; null for every other. */
  abstract principalOf(hash: Uint8Array): Promise<Principal | null>;
  /** Of a request that changed nothing: a change's own row is written in its transaction (`AccessStore.audit`). */
  abstract audit(entry: AuditEntry): Promise<void>;
  abstract auditPage(query: ListQuery): Promise<Page<AuditView> | Refusal>;
  abstract claimKey(actor: string, key: string, fingerprint: string): Promise<KeyClaim>;
  abstract keepAnswer(actor: string, key: string, answer: KeptAnswer): Promise<void>;
  /** The request had no effect: its key may be used again. */
  abstract releaseKey(actor: string, key: string): Promise<void>;
  /** Forgets keys older than `ageMsMax` and tokens that expired, and gives how many of both. */
  abstract forgetOld(ageMsMax: number): Promise<number>;
}
