import { GraphDraft, isRefusal, redeployNode, refuse, type Refusal } from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { freezeSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';

export interface RedeployNodeInput {
  readonly node: string;
  /** The node's name, when something destructive was done on it: it will be done again. */
  readonly confirm?: string;
  readonly version?: number;
}

/** Deploys a node afresh: all its noderoles forget that they ran, and run again. */
export class RedeployNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: RedeployNodeInput): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const stale = refuseStale(`node ${node.name}`, node, input.version);
      if (stale) return stale;
      if (node.system)
        return refuse('invalid', `${node.name} stands in for a deployment: there is no machine to deploy afresh.`);
      const graph = await tx.graph.slice({ nodeIds: [node.id] });
      const mine = [...graph.nodeRoles.values()].filter(({ nodeId }) => nodeId === node.id);
      const destroyed = mine.filter((nodeRole) => graph.role(nodeRole.roleId).destructive && nodeRole.runCount > 0);
      if (destroyed.length > 0 && input.confirm?.toLowerCase() !== node.name) {
        const names = destroyed.map((nodeRole) => graph.role(nodeRole.roleId).name);
        return refuse(
          'needs-confirmation',
          `redeploying ${node.name} does ${names.join(', ')} again, which destroys what is on it: confirm with the name of the node (${node.name}).`,
          { destructive: names },
        );
      }

      const draft = new GraphDraft(graph);
      const refusal =
        redeployNode(draft, node.id) ??
        askVetoes(this.parts.vetoes, { kind: 'commit', graph, nodeRoleIds: mine.map(({ id }) => id), nodeId: node.id });
      if (refusal) return refusal;

      await tx.graph.save(graph, draft.decision());
      const ids = mine.map(({ id }) => id);
      await tx.commits.commitData(ids);
      const unmade =
        (await freezeSystems(tx, graph, ids)) ?? (await makeMissing(tx, this.parts.sealed, { nodeRoleIds: ids }));
      if (unmade) return unmade;
      return (await tx.nodes.find(node.id)) as NodeView;
    });
  }
}
