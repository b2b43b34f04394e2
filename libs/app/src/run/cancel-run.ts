import { isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { CancelNodeRole } from '../node-role/cancel-node-role.js';
import type { RunDetail } from '../ports/run-book.js';
import type { Actor } from '../ports/unit-of-work.js';
import { ShowRun } from './read-runs.js';

export interface CancelRunResult {
  readonly run: RunDetail;
  readonly cancel: 'ended' | 'requested';
}

/** Cancels a run: that one, and not another which its noderole may have by now. */
export class CancelRun {
  private readonly showRun: ShowRun;
  private readonly cancelNodeRole: CancelNodeRole;

  constructor(parts: Pick<ModelParts, 'unitOfWork' | 'clock'>) {
    this.showRun = new ShowRun(parts);
    this.cancelNodeRole = new CancelNodeRole(parts);
  }

  async execute(actor: Actor, input: { readonly run: string }): Promise<CancelRunResult | Refusal> {
    const run = await this.showRun.execute(input);
    if (isRefusal(run)) return run;
    const cancelled = await this.cancelNodeRole.execute(actor, { nodeRole: run.nodeRoleId, run: run.id });
    if (isRefusal(cancelled)) return cancelled;
    const after = await this.showRun.execute(input);
    return isRefusal(after) ? after : { run: after, cancel: cancelled.cancel };
  }
}
