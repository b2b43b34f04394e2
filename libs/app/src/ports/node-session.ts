import type { Reach } from './jig.js';

/** Which of a command's two streams a line came from. */
export type OutputStream = 'out' | 'err';

export interface ExecOptions {
  /** Sent to the command's standard input, which is closed after it. Secrets go here: a command line can be seen in `ps`. */
  readonly stdin?: string | Uint8Array;
  /** Extra environment. It is part of the command line that the node sees for a moment, so it is no place for secrets. */
  readonly env?: Readonly<Record<string, string>>;
  /** Aborting it ends the command on the node: TERM to all that it started, and KILL after `killAfterMs`. */
  readonly signal?: AbortSignal;
  /** Milliseconds from the call on after which the command is ended as if the signal had been aborted. No deadline when absent. */
  readonly deadlineMs?: number;
  /** Milliseconds between TERM and KILL; 5,000 when absent. */
  readonly killAfterMs?: number;
  /** Bytes of a line that are kept; what is beyond is cut off and the line says so. 65,536 when absent. */
  readonly lineBytesMax?: number;
  /** Called for every line as it arrives, without its line end; bytes that are not UTF-8 are replaced. Returns at once. */
  onLine?(stream: OutputStream, line: string): void;
  /**
   * Called with the bytes of standard output as they arrive, cut anywhere, for a command that does not write lines there;
   * `onLine` then hears of stderr alone. Returns at once; what is kept of the bytes is copied.
   */
  onBytes?(bytes: Uint8Array): void;
}

/** Why nothing could be started on a node. */
export type UnreachableCode =
  /** The node has no address, refuses the connection, or did not answer before the deadline. */
  | 'no-contact'
  /** The node answered and is not the machine that was pinned. */
  | 'host-key-mismatch'
  /** No host key is pinned yet; `hostKey` is the one it offers. Trusting it is the caller's decision. */
  | 'host-key-unpinned'
  /** The node does not let us log in with our key. */
  | 'login-refused';

export interface Unreachable {
  readonly kind: 'unreachable';
  readonly code: UnreachableCode;
  readonly reason: string;
  /** The host key the node offered, as in known_hosts, when it came that far. */
  readonly hostKey?: string;
}

/** How a command ended. Only `exited` and `signalled` speak of the command itself. */
export type ExecEnd =
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** It died from a signal that did not come from us. */
  | { readonly kind: 'signalled'; readonly signal: string }
  /** We ended it, and nothing of it is left. */
  | { readonly kind: 'stopped'; readonly by: 'signal' | 'deadline'; readonly exitCode: number | null }
  /** The connection was lost after the command may have been started: what happened on the node is unknown. */
  | { readonly kind: 'lost-contact'; readonly reason: string }
  /** Nothing was started. */
  | Unreachable;

/**
 * `banner` sees that something on the port speaks SSH: no cryptography on either side, for frequent looks at many nodes.
 * `login` proves what work needs: the pinned key, root's login by our key, and a command that answers.
 */
export type ProbeDepth = 'banner' | 'login';

export type ProbeResult =
  | { readonly kind: 'alive'; readonly tookMs: number; readonly hostKey: string | null }
  | (Unreachable & { readonly tookMs: number });

/**
 * What jigs and the liveness loop need of a machine. Commands are argument lists: quoting is the adapter's affair, so that
 * a name with a quote or a semicolon in it stays a name. A call never throws for what a machine does; it says how it ended.
 */
export abstract class NodeSession {
  /** Runs a command as root and waits for its end. It runs at most once, whatever happens to the connection. */
  abstract exec(reach: Reach, argv: readonly string[], options?: ExecOptions): Promise<ExecEnd>;
  /** Says within `deadlineMs` whether the node is alive. Accepts an unpinned node and reports its key, for the caller to pin. */
  abstract probe(reach: Reach, deadlineMs: number, depth?: ProbeDepth): Promise<ProbeResult>;
  /** The key the node offers now, whatever is pinned. Does not log in. */
  abstract hostKey(
    reach: Reach,
    deadlineMs: number,
  ): Promise<{ readonly kind: 'offered'; readonly hostKey: string } | Unreachable>;
  /** Puts a file there whole or not at all. `mode` is the permission bits, 0o600 when absent. */
  abstract upload(
    reach: Reach,
    path: string,
    content: string | Uint8Array,
    options?: { readonly mode?: number; readonly signal?: AbortSignal; readonly deadlineMs?: number },
  ): Promise<ExecEnd>;
  /** Lets go of every connection. Commands still running end as `lost-contact`: abort them first. */
  abstract close(): Promise<void>;
}
