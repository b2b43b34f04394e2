import type { JsonObject, NodeId, NodeRoleId, RunId } from '#core';

/** One file of a role as the catalog keeps it. `path` is relative to the role's folder, for example `10-install.sh`. */
export interface RoleFile {
  readonly path: string;
  readonly content: string;
}

/** Where and how a node is reached. */
export interface Reach {
  readonly nodeId: NodeId;
  /** The node's FQDN. */
  readonly name: string;
  /** IPv4 or IPv6 address on the admin network, without a prefix length; null for a phantom node. */
  readonly address: string | null;
  readonly sshPort: number;
  /** The pinned SSH host key, `ssh-ed25519 AAAA…` as in known_hosts; null until the first contact pins it. */
  readonly hostKey: string | null;
}

/** A typed output that a role may write, by attribute name. */
export interface DeclaredOutput {
  readonly name: string;
  /** JSON Schema (draft 2020-12) of the value; null accepts any JSON value. */
  readonly schema: JsonObject | boolean | null;
}

/** Everything a jig gets. It was staged when the run was planned and does not change while it runs. */
export interface JigRun {
  readonly runId: RunId;
  readonly nodeRoleId: NodeRoleId;
  readonly attempt: number;
  /** Grows with every attempt started anywhere: the node refuses work that carries a smaller one than it has seen. */
  readonly fence: number;
  readonly roleName: string;
  readonly node: Reach;
  readonly files: readonly RoleFile[];
  /** Declared attributes by name; secrets are in here. */
  readonly attribs: JsonObject;
  readonly outputs: readonly DeclaredOutput[];
  /** Aborted when the run is cancelled, its deadline passes or the process stops; `signal.reason` is an AbortCause. */
  readonly signal: AbortSignal;
  /**
   * Takes the values of secret attributes out of a text. Lines and reasons are masked whatever the jig does; one that cuts
   * a text masks it before, because half a secret is not known again.
   */
  mask(text: string): string;
  /** Adds one line to the run's log. Returns at once; the sink stores lines in groups and caps them. */
  log(line: string, stream?: 'out' | 'err' | 'anneal'): void;
}

/** Why a run is aborted. */
export type AbortCause = 'cancelled' | 'deadline' | 'shutdown' | 'superseded';

/** How a jig's work ended. Exactly one of these is returned; a throw is a failure of the jig itself. */
export type JigOutcome =
  | { readonly kind: 'succeeded'; readonly outputs?: JsonObject; readonly rebootNeeded?: boolean }
  | { readonly kind: 'failed'; readonly reason: string; readonly exitCode?: number; readonly outputs?: JsonObject }
  /** The node is not ready for this yet (exit 75): plan it again after `retryAfterMs`. Not an error. */
  | { readonly kind: 'not-yet'; readonly reason: string; readonly retryAfterMs: number; readonly outputs?: JsonObject }
  /** The node itself will report the end; the run stays open until then or until the deadline. */
  | { readonly kind: 'waiting'; readonly deadlineAt: Date }
  /** The connection was lost in the middle: what happened on the node is unknown. */
  | { readonly kind: 'lost-contact'; readonly reason: string }
  | { readonly kind: 'aborted'; readonly cause: AbortCause; readonly outputs?: JsonObject };

/**
 * What carries a run out. A jig is one file; it keeps no state of its own between runs, opens no transaction, and ends
 * within a few seconds of `run.signal` being aborted. Every jig passes `test/contract/jig.contract.ts`.
 */
export abstract class Jig {
  abstract readonly name: string;
  abstract run(run: JigRun): Promise<JigOutcome>;
  /** Releases what the jig holds (connections). Called once when the process stops. */
  async close(): Promise<void> {}
}
