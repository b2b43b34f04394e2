import type {
  Branded,
  CloudOffer,
  JsonObject,
  NodeId,
  Picked,
  ProvidedState,
  ProviderStep,
  ProviderWish,
  Refusal,
  StepAnswer,
} from '#core';
import type { EditedStore } from './dns-store.js';
import type { ListQuery, Page } from './page.js';

export type ProviderId = Branded<'provider'>;
export type ProvidedNodeId = Branded<'provided_node'>;

/** A site from which machines are got. Its secret is not part of it. */
export interface ProviderView {
  readonly id: ProviderId;
  readonly name: string;
  readonly description: string;
  readonly kind: string;
  /** How it is reached, in the words of its kind, as the API writes them. */
  readonly access: JsonObject;
  readonly wish: ProviderWish;
  readonly nodesMax: number;
  readonly active: boolean;
  /** Nodes of it that were not given back. */
  readonly nodes: number;
  readonly offerReadAt: Date | null;
  readonly version: number;
}

export interface NewProvider extends Omit<ProviderView, 'nodes' | 'offerReadAt' | 'version'> {
  readonly secret: string;
}

/** A provider with its sealed secret, for whoever speaks with it. */
export interface KeyedProvider extends ProviderView {
  readonly secret: string;
}

/** How it becomes a node. */
export interface NodeEntry {
  readonly deployment?: string;
  readonly groups?: readonly string[];
  readonly description?: string;
  readonly commit?: boolean;
}

export interface ProvidedStepView {
  readonly step: ProviderStep;
  readonly answer: StepAnswer;
  readonly says: string;
  readonly seconds: number;
  readonly at: Date;
}

/** A machine that was asked for. */
export interface ProvidedNodeView {
  readonly id: ProvidedNodeId;
  readonly provider: string;
  readonly name: string;
  /** Null as long as it is no node, and when that was deleted. */
  readonly nodeId: NodeId | null;
  readonly state: ProvidedState;
  readonly step: ProviderStep | null;
  readonly stepSince: Date;
  readonly until: Date;
  readonly says: string;
  readonly wish: ProviderWish;
  readonly picked: Picked | null;
  readonly server: string | null;
  readonly floating: string | null;
  readonly address: string | null;
  readonly account: string | null;
  readonly hostKey: string | null;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly endedAt: Date | null;
  readonly steps: readonly ProvidedStepView[];
  readonly version: number;
}

/** The same for the loop that takes the steps. */
export interface ProvidedNode extends Omit<ProvidedNodeView, 'provider' | 'steps' | 'stepSince' | 'until'> {
  readonly providerId: ProviderId;
  readonly entry: NodeEntry;
  readonly failed: boolean;
  readonly keySealed: string | null;
  readonly publicKey: string | null;
  readonly keyRef: string | null;
  readonly requests: number;
  /** Since the step began, by the clock of the database. */
  readonly stepAgeMs: number;
  readonly isOverdue: boolean;
}

export interface NewProvidedNode {
  readonly id: ProvidedNodeId;
  readonly providerId: ProviderId;
  readonly name: string;
  readonly wish: ProviderWish;
  readonly entry: NodeEntry;
  readonly askedBy: string;
  readonly step: ProviderStep;
  readonly withinMs: number;
}

/** What a turn writes; what is absent stays. */
export interface ProvidedChange {
  readonly state?: ProvidedState;
  readonly step?: ProviderStep | null;
  /** From now on, with the step or the state; absent leaves the deadline as it is. */
  readonly withinMs?: number;
  readonly says?: string;
  readonly failed?: boolean;
  readonly nodeId?: NodeId | null;
  readonly picked?: Picked;
  readonly keySealed?: string | null;
  readonly publicKey?: string;
  readonly keyRef?: string | null;
  readonly server?: string | null;
  readonly floating?: string | null;
  readonly requests?: number;
  readonly address?: string;
  readonly account?: string;
  readonly hostKey?: string;
  /** When it has its next turn; at once when absent. */
  readonly againMs?: number;
}

export interface ProviderStore extends EditedStore<ProviderView, NewProvider> {
  keyed(id: ProviderId): Promise<KeyedProvider | null>;
  offer(id: ProviderId): Promise<CloudOffer | null>;
  putOffer(id: ProviderId, offer: CloudOffer): Promise<void>;
}

export interface ProvidedNodeStore {
  /** False when something that was not given back has the name. */
  insert(node: NewProvidedNode): Promise<boolean>;
  /** By id, or by the name of one that was not given back; locked, with the row of no other. */
  find(provider: ProviderId, key: string, options?: { readonly lock?: boolean }): Promise<ProvidedNodeView | null>;
  list(provider: ProviderId, query: ListQuery): Promise<Page<ProvidedNodeView> | Refusal>;
  /** Nodes that were not given back. */
  count(provider: ProviderId): Promise<number>;
  /** Takes what has its turn now and is nobody's, for so long; a process that is killed lets go by the clock. */
  hold(limit: number, forMs: number): Promise<ProvidedNode[]>;
  /** Writes, and lets go. False when somebody else has changed it meanwhile: then nothing is written. */
  put(id: ProvidedNodeId, version: number, change: ProvidedChange): Promise<boolean>;
  /** Writes before something is done outside, without letting go; gives the new version, null when somebody was faster. */
  note(id: ProvidedNodeId, version: number, change: ProvidedChange): Promise<number | null>;
  answer(id: ProvidedNodeId, step: Omit<ProvidedStepView, 'at'>): Promise<void>;
  /** What the site answered to all that was asked of it, the newest last. */
  answers(provider: ProviderId, limit: number): Promise<(ProvidedStepView & { readonly node: string })[]>;
  /** Deletes what ended before; gives how many. */
  forget(before: Date, limit: number): Promise<number>;
}

declare module './unit-of-work.js' {
  interface Transaction {
    readonly providers: ProviderStore;
    readonly provided: ProvidedNodeStore;
  }
}
