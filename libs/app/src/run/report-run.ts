import { isRefusal, refuse, type JsonObject, type Refusal, type RunId } from '#core';
import { sealOutputsWith, type SealOutputs } from '../attrib/seal-within.js';
import { storeOutputs } from '../attrib/store-outputs.js';
import { FinishRun } from '../engine/finish-run.js';
import type { ModelParts } from '../model-parts.js';
import type { Principal } from '../ports/access-store.js';
import type { RunDetail } from '../ports/run-book.js';
import type { EarlyReport, Run, RunState } from '../ports/run-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { runNamed } from './read-runs.js';

export interface ReportRunInput {
  readonly run: string;
  readonly outcome: 'succeeded' | 'failed';
  /** Why it failed, in a sentence. */
  readonly reason?: string;
  readonly exitCode?: number;
  readonly outputs?: JsonObject;
  /** The attempt that is reported; the current one when absent. */
  readonly attempt?: number;
  readonly rebootNeeded?: boolean;
}

export interface ReportedRun {
  readonly runId: RunId;
  readonly state: RunState;
}

/**
 * The node's own report of how a run ended: another caller of the one door through which results come back. It is taken
 * from the token of that very run and from nobody else, as long as the run is open, and whole or not at all. A node may be
 * quicker than the scripts that set it to work: what it says while they still run counts when they are done.
 */
export class ReportRun {
  private readonly finishRun: FinishRun;
  private readonly sealOutputs: SealOutputs;

  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'clock' | 'schemas' | 'sealed'>) {
    this.sealOutputs = sealOutputsWith(parts.sealed);
    this.finishRun = new FinishRun(parts.unitOfWork, parts.clock, storeOutputs, this.sealOutputs);
  }

  execute(reporter: Principal, input: ReportRunInput): Promise<ReportedRun | Refusal> {
    // Whether the other run exists is not told: a token in wrong hands shall not find out what there is.
    if (reporter.runId === null || reporter.runId !== input.run.toLowerCase())
      return Promise.resolve(
        refuse(
          'forbidden',
          `${reporter.actor} does not speak for the run "${input.run}": report with the token that was made for it.`,
        ),
      );
    return this.parts.unitOfWork.write(reporter.actor, async (tx) => {
      const run = await runNamed(tx, input.run);
      if (isRefusal(run)) return run;
      const open = (await tx.runs.lockOpenOf([run.nodeRoleId])).find(({ id }) => id === run.id);
      const refusal = refuseOver(run, open, input) ?? (await this.refuseOutputs(tx, run, input.outputs));
      if (refusal) return refusal;
      const outcome: EarlyReport['outcome'] =
        input.outcome === 'succeeded'
          ? { kind: 'succeeded' }
          : {
              kind: 'failed',
              reason: input.reason ?? 'the node reported a failure and no reason',
              ...(input.exitCode === undefined ? {} : { exitCode: input.exitCode }),
            };
      const { attempt, state } = open as Run;
      const result = {
        outcome,
        ...(input.outputs ? { outputs: input.outputs } : {}),
        ...(input.rebootNeeded === undefined ? {} : { rebootNeeded: input.rebootNeeded }),
      };
      if (state === 'running') {
        // Its scripts have not come to their end: to end the run now would be to cut them off.
        const outputs = result.outputs && (await this.sealOutputs(tx, run.nodeRoleId, result.outputs));
        await tx.runs.keepReport(run.id, { attempt, ...result, ...(outputs ? { outputs } : {}) });
        tx.tell({
          kind: 'run.reported',
          nodeRoleId: run.nodeRoleId,
          nodeId: run.nodeId,
          deploymentId: run.deploymentId,
          runId: run.id,
          data: { attempt, outcome: outcome.kind },
        });
        return { runId: run.id, state };
      }
      await this.finishRun.within(tx, { runId: run.id, attempt }, result);
      return { runId: run.id, state: outcome.kind };
    });
  }

  /** Names what is not declared and what does not fit its schema. The sentences hold no value: it may be a secret. */
  private async refuseOutputs(tx: Transaction, run: RunDetail, outputs: JsonObject = {}): Promise<Refusal | null> {
    const names = Object.keys(outputs);
    if (names.length === 0) return null;
    const declared = new Map(
      (await tx.attribs.declared(run.roleId))
        .filter(({ kind }) => kind === 'output')
        .map((attrib) => [attrib.name, attrib]),
    );
    const errors = names.flatMap((name) => {
      const attrib = declared.get(name);
      const problems = attrib
        ? attrib.schema === null
          ? []
          : this.parts.schemas.problems(attrib.schema, outputs[name] ?? null)
        : ['the role declares no such output'];
      return problems.map((says) => ({ in: 'body', at: `/outputs/${name}`, says }));
    });
    if (errors.length === 0) return null;
    const first = errors[0] as (typeof errors)[number];
    return refuse(
      'invalid',
      `${run.nodeRole} cannot take the outputs: ${first.at.slice('/outputs/'.length)}: ${first.says}.`,
      { errors: errors.slice(0, ERRORS_MAX) },
    );
  }
}

/** Faults that one refusal names at the most. */
const ERRORS_MAX = 50;

const refuseOver = (run: RunDetail, open: Run | undefined, { attempt }: ReportRunInput): Refusal | null => {
  if (!open)
    return refuse('wrong-state', `the run has ended already (${run.state}): nothing more can be reported.`, {
      state: run.state,
    });
  if (attempt !== undefined && attempt !== open.attempt)
    return refuse(
      'wrong-state',
      `attempt ${attempt} was replaced by attempt ${open.attempt}: what came of it no longer counts.`,
      { state: open.state, attempt: open.attempt },
    );
  if (open.state === 'queued')
    return refuse('wrong-state', 'nobody has begun this run: there is nothing to report yet.', { state: open.state });
  return null;
};
