import type { ViewChange } from '#core';
import type { Forwarding, ResponderCounts } from './responder.js';

/** What a thread is started with. */
export interface ThreadStart {
  /** Concrete addresses; each gets a socket. */
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  /** Whether other threads listen there too. */
  readonly shared: boolean;
  /** Descriptor by which its owner wakes it. */
  readonly wake: number;
}

export type ToThread =
  | {
      readonly kind: 'apply';
      readonly changes: readonly ViewChange[];
      readonly generation: number;
      readonly ticket: number;
    }
  | { readonly kind: 'reply'; readonly socket: number; readonly name: Uint8Array; readonly message: Uint8Array }
  | { readonly kind: 'count' }
  | { readonly kind: 'stop' };

export type FromThread =
  | { readonly kind: 'listening'; readonly ports: readonly number[] }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'applied'; readonly ticket: number }
  | { readonly kind: 'counted'; readonly counts: ResponderCounts }
  | {
      readonly kind: 'forward';
      readonly socket: number;
      readonly name: Uint8Array;
      readonly client: number | string;
      readonly request: Uint8Array;
      readonly forwarding: Forwarding;
    }
  | { readonly kind: 'stopped' };
