import { RESCUE_LIMITS, type Refusal } from '#core';
import { ANNEAL_LEASE } from '../engine/leadership.js';
import type { ModelParts } from '../model-parts.js';
import { lookUp } from '../named.js';
import type { WorkerLimits, WorkerView } from '../ports/worker-store.js';

/** A worker is silent when rescue takes its runs for lost: nobody is told two things about the same process. */
const LIMITS: WorkerLimits = { silenceMsMax: RESCUE_LIMITS.silenceMsMax, lease: ANNEAL_LEASE };

/** The worker processes, with what each of them does. */
export class ListWorkers {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(): Promise<WorkerView[]> {
    return this.parts.unitOfWork.read((tx) => tx.workers.all(LIMITS));
  }
}

export class ShowWorker {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly worker: string }): Promise<WorkerView | Refusal> {
    return this.parts.unitOfWork.read((tx) =>
      lookUp(
        input.worker,
        (key) => tx.workers.find(key, LIMITS),
        'worker',
        'use the name or id of one that `anneal workers list` shows',
      ),
    );
  }
}
