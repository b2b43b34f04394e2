import { Graph, GraphDraft, isRefusal, proposeDeployment, recallDeployment, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

export interface ReopenDeploymentInput {
  readonly deployment: string;
  readonly version?: number;
}

const reopen = (
  { unitOfWork }: Pick<ModelParts, 'unitOfWork'>,
  actor: Actor,
  input: ReopenDeploymentInput,
  decide: typeof proposeDeployment,
): Promise<DeploymentView | Refusal> =>
  unitOfWork.write(actor, async (tx) => {
    const deployment = await deploymentNamed(tx, input.deployment, { lock: true });
    if (isRefusal(deployment)) return deployment;
    const stale = refuseStale(`deployment ${deployment.name}`, deployment, input.version);
    if (stale) return stale;
    // No noderole changes its state, so none is read; the deployment itself is locked already.
    const { id, name, parentId, system, wish: state, priority } = deployment;
    const graph = new Graph({
      nodeRoles: [],
      edges: [],
      nodes: [],
      roles: [],
      deployments: [{ id, name, parentId, system, state, priority }],
    });

    const draft = new GraphDraft(graph);
    const refusal = decide(draft, deployment.id);
    if (refusal) return refusal;

    await tx.graph.save(graph, draft.decision());
    return (await tx.deployments.find(deployment.id)) as DeploymentView;
  });

/** Opens a deployment for editing. What runs ends, nothing new begins in it until it is committed. */
export class ProposeDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: ReopenDeploymentInput): Promise<DeploymentView | Refusal> {
    return reopen(this.parts, actor, input, proposeDeployment);
  }
}

/** Takes a commit back. */
export class RecallDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: ReopenDeploymentInput): Promise<DeploymentView | Refusal> {
    return reopen(this.parts, actor, input, recallDeployment);
  }
}
