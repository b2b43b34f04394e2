import { isRefusal, type CauseKind, type FoldedRoot, type NodeRoleState, type Refusal } from '#core';
import { explainWhole } from '../explain/explain.js';
import { deploymentNamed } from '../named.js';
import type { Clock } from '../ports/clock.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';

export interface AnnealStatusView {
  readonly counts: Readonly<Record<NodeRoleState, number>>;
  /** Active noderoles that are to be run again. */
  readonly changed: number;
  /** Everything that was wished for is active, and nothing is to be run again. */
  readonly settled: boolean;
  /** Something runs, or will without anybody's help. */
  readonly working: boolean;
  /** Why it is neither settled nor working: by deployment, what a person has to do. */
  readonly stuck: readonly {
    readonly deployment: string;
    readonly summary: string;
    readonly roots: readonly FoldedRoot[];
  }[];
}

/** Roots that end by themselves: where one of these is the cause, the annealer is at work. */
const ENDS_BY_ITSELF: ReadonlySet<CauseKind> = new Set([
  'run-waiting',
  'run-in-flight',
  'run-queued',
  'too-early',
  'node-busy',
  'child-in-transition',
  'cap-reached',
  'next-pass',
  'held-by-rollout',
]);

/** How far the graph has settled, of all committed deployments or of one. */
export class AnnealStatus {
  constructor(private readonly parts: { readonly unitOfWork: UnitOfWork; readonly clock: Clock }) {}

  execute(input: { readonly deployment?: string } = {}): Promise<AnnealStatusView | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = input.deployment === undefined ? null : await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const { counts, changed } = await tx.runBook.tally(deployment?.id);
      const open = counts.todo + counts.blocked + counts.transition + counts.error + changed;
      if (open === 0) return { counts, changed, settled: true, working: false, stuck: [] };
      // What runs is work; only where nothing does is it worth to look for what is in the way.
      if (counts.transition > 0) return { counts, changed, settled: false, working: true, stuck: [] };
      return { counts, changed, settled: false, ...(await this.reasons(tx, deployment)) };
    });
  }

  private async reasons(
    tx: Transaction,
    deployment: DeploymentView | null,
  ): Promise<Pick<AnnealStatusView, 'working' | 'stuck'>> {
    const ids = deployment ? [deployment] : await unsettledDeployments(tx);
    const stuck: { deployment: string; summary: string; roots: readonly FoldedRoot[] }[] = [];
    let working = false;
    for (const { id, name } of ids) {
      const { summary, roots } = await explainWhole(tx, this.parts, id);
      const needPeople = roots.filter(({ cause }) => !ENDS_BY_ITSELF.has(cause.kind));
      if (needPeople.length < roots.length) working = true;
      if (needPeople.length > 0) stuck.push({ deployment: name, summary, roots: needPeople });
    }
    return { working, stuck };
  }
}

/** Deployments whose reasons are told at the most. */
const DEPLOYMENTS_EXPLAINED_MAX = 100;

const unsettledDeployments = async (tx: Transaction): Promise<Pick<DeploymentView, 'id' | 'name'>[]> => {
  const page = await tx.deployments.list({ limit: DEPLOYMENTS_EXPLAINED_MAX });
  if (isRefusal(page)) return [];
  return page.items.filter(
    ({ wish, nodeRoles }) => wish === 'committed' && nodeRoles.todo + nodeRoles.blocked + nodeRoles.error > 0,
  );
};
