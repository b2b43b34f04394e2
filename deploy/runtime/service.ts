import type { Exit } from './tied-process.js';

/** A started PostgreSQL or Redis. */
export interface RunningService {
  /** How clients reach it, password included: give it to processes in their environment, never print it. */
  readonly url: string;
  /** The server's process; null when it is not ours (an external one). */
  readonly pid: number | null;
  /** Resolves when the process has ended, wished or not; null when it is not ours. */
  readonly exited: Promise<Exit> | null;
  /** Stops it if it is ours. Harmless twice. */
  stop(): Promise<void>;
}

/** A service that somebody else runs: nothing to start, nothing to stop. */
export const externalService = (url: string): RunningService => ({
  url,
  pid: null,
  exited: null,
  stop: async () => {},
});
