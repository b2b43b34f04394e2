import type { NodeId, PowerAction, PowerMethod, PowerState } from '#core';

/**
 * The power of a machine, whichever way it can be reached: its BMC by Redfish or IPMI, the running system over SSH, or a
 * person. Callers name the action; the adapter takes the best way the node has for it. Nothing here throws for what a
 * machine does or fails to do. Nothing here tells the history: what an action was for is known to the caller alone.
 */
export abstract class MachinePower {
  /** Reads the power state within `deadlineMs`. A machine whose power cannot be read is `unknown`, with the reason. */
  abstract state(node: NodeId, deadlineMs: number): Promise<PowerReading>;

  /**
   * Does one action and looks at the result before it says done. `on` and `off` of a machine that is already so succeed;
   * `cycle` of one that is off switches it on; `reset` of one that is off fails. Harmless to repeat, except `cycle` and
   * `reset`. After `failed` nobody knows whether the action had an effect unless `effect` is `none`.
   */
  abstract act(node: NodeId, action: PowerAction, options: PowerOptions): Promise<PowerResult>;

  /** What can be done now and by which way, in the order of POWER_ACTIONS. Asks the machine nothing. */
  abstract actions(node: NodeId): Promise<readonly PowerOffer[]>;

  /** Ends sessions that are still open. */
  abstract close(): Promise<void>;
}

export interface PowerOptions {
  /** Milliseconds for everything, with the look at the result. 60,000 suit a `cycle` of real hardware, 20,000 the rest. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  /** Seconds for which `identify` lights the lamp; 0 puts it out; 60 when absent. Redfish has no clock of its own: see there. */
  readonly identifySeconds?: number;
}

export interface PowerReading {
  readonly state: PowerState;
  readonly method: PowerMethod;
  /** Why the state is unknown; null when it is known. */
  readonly reason: string | null;
}

export interface PowerOffer {
  readonly action: PowerAction;
  readonly method: PowerMethod;
}

export type PowerResult =
  /** Done and seen to be done. `says` is half a sentence for the log, and tells when a machine did not let it be seen. */
  | { readonly kind: 'done'; readonly method: PowerMethod; readonly says: string }
  /** No program can do it; `says` is what a person has to do now. Wait for the machine as after `done`, with more patience. */
  | { readonly kind: 'asked'; readonly method: 'manual'; readonly says: string }
  | {
      readonly kind: 'failed';
      readonly method: PowerMethod;
      readonly reason: string;
      /** `none`: the machine was certainly left as it was. */
      readonly effect: 'none' | 'unknown';
    }
  /** The node has no way to do this; these are what it can do. */
  | { readonly kind: 'unsupported'; readonly actions: readonly PowerAction[] };

/** What one way of reaching one machine can do. Drivers pass test/contract/power.contract.ts, the simulated one too. */
export interface PowerDriver {
  readonly method: PowerMethod;
  state(deadlineMs: number, signal?: AbortSignal): Promise<DriverReading>;
  act(action: PowerAction, options: PowerOptions): Promise<DriverResult>;
  /** Ends what is still open, such as a session. */
  close(): Promise<void>;
}

export type DriverReading =
  { readonly kind: 'read'; readonly state: PowerState } | { readonly kind: 'failed'; readonly reason: string };

export type DriverResult =
  | { readonly kind: 'done'; readonly says: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly effect: 'none' | 'unknown' }
  /** This machine's firmware has no such action. */
  | { readonly kind: 'unsupported' };
