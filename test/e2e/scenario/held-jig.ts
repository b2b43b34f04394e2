import { Jig, type AbortCause, type JigOutcome, type JigRun } from '#app';
import type { NodeRoleName } from '#testkit';

/**
 * Stands in for the test jig and does nothing by itself: each run that a worker begins is held until the script says how
 * it ends. What an aborted run answers is what every jig answers then.
 */
export class HeldJig extends Jig {
  readonly name = 'test';
  private readonly held = new Map<string, (outcome: JigOutcome) => void>();
  private readonly awaited = new Map<string, (end: (outcome: JigOutcome) => void) => void>();

  run(run: JigRun): Promise<JigOutcome> {
    const key = keyOf({ role: run.roleName, node: run.node.name });
    return new Promise<JigOutcome>((resolve) => {
      const end = (outcome: JigOutcome): void => {
        run.signal.removeEventListener('abort', abort);
        this.held.delete(key);
        resolve(outcome);
      };
      const abort = (): void => end({ kind: 'aborted', cause: run.signal.reason as AbortCause });
      run.signal.addEventListener('abort', abort, { once: true });
      if (run.signal.aborted) return abort();
      this.held.set(key, end);
      this.awaited.get(key)?.(end);
      this.awaited.delete(key);
    });
  }

  /** Ends a run that was planned, once its worker has begun it. `node` is the node's full name. */
  async end(nodeRole: NodeRoleName, outcome: JigOutcome): Promise<void> {
    const key = keyOf(nodeRole);
    const end =
      this.held.get(key) ??
      (await new Promise<(outcome: JigOutcome) => void>((resolve) => this.awaited.set(key, resolve)));
    end(outcome);
  }
}

const keyOf = ({ role, node }: NodeRoleName): string => `${role}@${node}`;
