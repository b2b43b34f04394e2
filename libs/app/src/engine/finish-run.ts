import {
  finishNodeRole,
  GraphDraft,
  INSTALL_JIG,
  pauseBeforeNextTry,
  type JsonObject,
  type NodeRoleId,
  type Outcome,
} from '#core';
import { endCertificationWith, takeUpNextOrder, TEMPEST_JIG } from '../certification/end-with-run.js';
import { endInstallWith } from '../install/end-with-run.js';
import type { SealOutputs } from '../attrib/seal-within.js';
import type { Clock } from '../ports/clock.js';
import type { Ticket } from '../ports/job-queue.js';
import type { RunEnd } from '../ports/run-store.js';
import { ENGINE, type Actor, type Transaction, type UnitOfWork } from '../ports/unit-of-work.js';

/** What a run brought back. */
export interface RunResult {
  readonly outcome: Outcome;
  readonly outputs?: JsonObject;
  readonly rebootNeeded?: boolean;
}

/** Writes typed outputs to the noderole, in the transaction that ends the run. */
export type StoreOutputs = (tx: Transaction, nodeRoleId: NodeRoleId, outputs: JsonObject) => Promise<void>;

/** Whether an end counted: a stale attempt is recorded in the history and changes nothing. */
export type Finished = 'finished' | 'stale';

/**
 * Ends one run, whatever became of it: the only door through which results come back, for workers, for nodes that report
 * themselves, and for rescue. Many plain successes at once go through `EngineStore.settle`, which does the same in a set.
 */
export class FinishRun {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
    private readonly storeOutputs: StoreOutputs,
    private readonly sealOutputs: SealOutputs = async (_tx, _id, outputs) => outputs,
  ) {}

  execute(ticket: Ticket, result: RunResult, actor: Actor = ENGINE): Promise<Finished> {
    return this.unitOfWork.write(actor, (tx) => this.within(tx, ticket, result));
  }

  async within(tx: Transaction, ticket: Ticket, result: RunResult): Promise<Finished> {
    const run = await tx.runs.lockOpen(ticket.runId, ticket.attempt);
    if (!run) {
      // The answer to an earlier try was lost, and this is the same end once more.
      if ((await tx.runs.endedAs(ticket.runId, ticket.attempt)) === result.outcome.kind) return 'finished';
      tx.tell({
        kind: 'run.stale_end',
        runId: ticket.runId,
        data: { attempt: ticket.attempt, outcome: result.outcome.kind },
      });
      return 'stale';
    }
    if (run.jig === INSTALL_JIG) await endInstallWith(tx, run, result.outcome, this.clock.now());
    const graph = await tx.graph.slice({ nodeRoleIds: [run.nodeRoleId] });
    const draft = new GraphDraft(graph);
    const nodeRole = draft.nodeRole(run.nodeRoleId);
    const again = pauseBeforeNextTry(draft.role(nodeRole.roleId), nodeRole, result.outcome) !== null;
    finishNodeRole(draft, run.nodeRoleId, result.outcome, this.clock.now());
    if (run.jig === TEMPEST_JIG) {
      await endCertificationWith(tx, run, result.outcome, { again, now: this.clock.now() });
      await takeUpNextOrder(tx, draft, run);
    }
    const outputs = result.outputs && (await this.sealOutputs(tx, run.nodeRoleId, result.outputs));
    await tx.runs.end(run.id, endOf({ ...result, outputs }));
    await tx.graph.save(graph, draft.decision());
    if (outputs) await this.storeOutputs(tx, run.nodeRoleId, outputs);
    return 'finished';
  }
}

const endOf = ({
  outcome,
  outputs,
  rebootNeeded,
}: Omit<RunResult, 'outputs'> & { outputs?: JsonObject | undefined }): RunEnd => ({
  state: outcome.kind,
  reason: outcome.kind === 'succeeded' ? '' : outcome.reason,
  exitCode: outcome.kind === 'failed' ? (outcome.exitCode ?? null) : null,
  outputs: outputs ?? null,
  rebootNeeded: rebootNeeded ?? false,
});
