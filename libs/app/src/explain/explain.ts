import {
  explain,
  explainDeployment,
  explainNode,
  isRefusal,
  type DeploymentId,
  type Explanation,
  type FoldedExplanation,
  type Graph,
  type Refusal,
} from '#core';
import { deploymentNamed, nodeNamed, nodeRoleNamed } from '../named.js';
import type { Clock } from '../ports/clock.js';
import type { Transaction, UnitOfWork } from '../ports/unit-of-work.js';
import { momentOf } from './moment.js';

interface Parts {
  readonly unitOfWork: UnitOfWork;
  readonly clock: Clock;
}

/** Says why something is not done (promise P6), from one consistent picture. */
export class ExplainNodeRole {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly nodeRole: string }): Promise<Explanation | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const nodeRole = await nodeRoleNamed(tx, input.nodeRole);
      if (isRefusal(nodeRole)) return nodeRole;
      const graph = await tx.graph.ancestry([nodeRole.id]);
      return explain(graph, nodeRole.id, await at(tx, this.parts, graph));
    });
  }
}

/** The same for everything on a node. */
export class ExplainNode {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly node: string }): Promise<FoldedExplanation | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const graph = await tx.graph.ancestry(await tx.nodeRoles.idsOf({ nodeId: node.id }), [node.id]);
      return explainNode(graph, node.id, await at(tx, this.parts, graph));
    });
  }
}

/** The same for everything in a deployment. */
export class ExplainDeployment {
  constructor(private readonly parts: Parts) {}

  execute(input: { readonly deployment: string }): Promise<FoldedExplanation | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      return explainWhole(tx, this.parts, deployment.id);
    });
  }
}

export const explainWhole = async (
  tx: Transaction,
  parts: Pick<Parts, 'clock'>,
  id: DeploymentId,
): Promise<FoldedExplanation> => {
  const graph = await tx.graph.ancestry(await tx.nodeRoles.idsOf({ deploymentId: id }), [], [id]);
  return explainDeployment(graph, id, await at(tx, parts, graph));
};

const at = (tx: Transaction, parts: Pick<Parts, 'clock'>, graph: Graph) =>
  momentOf(tx, parts.clock, graph.deployments.keys());
