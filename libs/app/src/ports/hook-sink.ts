import type { HookEvent } from './hook-store.js';

/** A function of this program that hears of events. It may hear of one twice; `key` is then the same. */
export type InProcessSink = (event: HookEvent, key: string, signal: AbortSignal) => Promise<void>;

export interface WebhookRequest {
  readonly url: string;
  readonly event: HookEvent;
  /** The same for every delivery of this event to this hook: a receiver that has seen it drops it. */
  readonly key: string;
  readonly signingKey: string | null;
  readonly signal: AbortSignal;
}

/** Delivers an event to somebody else's server. Rejects when it was not taken. */
export abstract class WebhookSender {
  abstract send(request: WebhookRequest): Promise<void>;
}
