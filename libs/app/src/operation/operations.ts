import { isRefusal, refuse, type Refusal } from '#core';
import type { IdSource } from '../ports/id-source.js';
import type { OperationId, OperationOutcome, OperationSubject, OperationView } from '../ports/operation-store.js';
import type { ListQuery, Page } from '../ports/page.js';
import type { Actor, UnitOfWork } from '../ports/unit-of-work.js';

/**
 * Long work that somebody asked for and follows. It is not a thing of its own that could disagree with the graph: how far
 * it is, the noderoles of its subject say. Only how it ended is written down, by the first who looks after that, so that
 * later work on the same subject does not change what became of this.
 */

export interface OperationProgress extends OperationView {
  readonly state: 'running' | OperationOutcome;
}

export class BeginOperation {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly ids: IdSource,
  ) {}

  execute(actor: Actor, input: { readonly kind: string; readonly subject: OperationSubject }): Promise<OperationId> {
    const id = this.ids.next<OperationId>();
    return this.unitOfWork.write(actor, async (tx) => {
      await tx.operations.insert({ id, actor, ...input });
      return id;
    });
  }
}

export class ShowOperation {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(id: string): Promise<OperationProgress | Refusal> {
    const operation = await this.unitOfWork.read(
      async (tx) =>
        (await tx.operations.find(id)) ?? refuse('not-found', `there is no operation "${id}".`, { key: id }),
    );
    if (isRefusal(operation)) return operation;
    const outcome = outcomeOf(operation);
    if (outcome === null || operation.outcome !== null) return progressOf(operation);
    return this.unitOfWork.write(operation.actor, async (tx) => {
      await tx.operations.finish(operation.id, outcome);
      return progressOf((await tx.operations.find(operation.id)) ?? operation);
    });
  }
}

export class ListOperations {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async execute(query: ListQuery): Promise<Page<OperationProgress> | Refusal> {
    const page = await this.unitOfWork.read((tx) => tx.operations.list(query));
    return isRefusal(page) ? page : { ...page, items: page.items.map(progressOf) };
  }
}

const progressOf = (operation: OperationView): OperationProgress => ({
  ...operation,
  state: operation.outcome ?? outcomeOf(operation) ?? 'running',
});

/** Null while something still runs or may run without a person. What is only proposed belongs to a later wish. */
export const outcomeOf = ({ counts, changed }: Pick<OperationView, 'counts' | 'changed'>): OperationOutcome | null => {
  const moving = counts.todo + counts.transition + changed;
  if (moving > 0) return null;
  if (counts.error > 0) return 'failed';
  return counts.blocked > 0 ? null : 'succeeded';
};
