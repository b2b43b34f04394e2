/**
 * What the effect recorder writes: one JSON object a line, in the order in which things happened on the nodes. The history
 * checker reads these lines and trusts nothing else about what was done.
 */
export interface EffectLine {
  /** Counts from 1. */
  readonly n: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /**
   * `begin` and `end` are what an attempt asked for; `displaced` is what a begin did to another attempt that was still at
   * work on the node; `lost` is an attempt whose process went away in the middle.
   */
  readonly what: 'begin' | 'end' | 'displaced' | 'lost';
  /** Whether the node let it; a fence smaller than the greatest one seen there is refused. */
  readonly accepted: boolean;
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly nodeId: string;
}

/** What a worker asks over the socket, one JSON object a line. */
export interface EffectQuestion {
  readonly id: number;
  readonly what: 'begin' | 'end';
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly nodeId: string;
}

export interface EffectAnswer {
  readonly id: number;
  readonly accepted: boolean;
}
