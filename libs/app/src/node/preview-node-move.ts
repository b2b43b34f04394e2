import { followersOf, isRefusal, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, nodeNamed } from '../named.js';

export interface NodeMovePreview {
  /** `role@node` of noderoles that would follow the node. */
  readonly follow: readonly string[];
  /** Those that would stay in the deployment where they were committed. */
  readonly stay: readonly string[];
}

/** Says which noderoles would follow a node into another deployment. */
export class PreviewNodeMove {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(input: { readonly node: string; readonly deployment: string }): Promise<NodeMovePreview | Refusal> {
    return this.parts.unitOfWork.read(async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const graph = await tx.graph.picture({ nodeIds: [node.id] });
      const mine = [...graph.nodeRoles.values()].filter(
        (nodeRole) => nodeRole.nodeId === node.id && nodeRole.deploymentId !== deployment.id,
      );
      const followers = new Set(followersOf(graph, node.id));
      const names = (follow: boolean): string[] =>
        mine
          .filter(({ id }) => followers.has(id) === follow)
          .map(({ roleId }) => `${graph.role(roleId).name}@${node.name}`)
          .sort();
      return { follow: names(true), stay: names(false) };
    });
  }
}
