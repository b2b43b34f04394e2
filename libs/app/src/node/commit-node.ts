import { commitNode, GraphDraft, isRefusal, type NodeId, type Refusal } from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { freezeSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import { nodeNamed } from '../named.js';
import type { NodeView } from '../ports/node-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { askVetoes } from '../veto/ask-vetoes.js';
import { bindInitialRoles } from './bind-initial-roles.js';

/** Makes everything that is proposed on a node the wish of the system, and lets us work on it. */
export class CommitNode {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids' | 'vetoes' | 'sealed'>) {}

  execute(actor: Actor, input: { readonly node: string; readonly version?: number }): Promise<NodeView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const node = await nodeNamed(tx, input.node);
      if (isRefusal(node)) return node;
      const stale = refuseStale(`node ${node.name}`, node, input.version);
      if (stale) return stale;
      // Roles that were imported since the node was made reach it here.
      const created = node.system
        ? []
        : await bindInitialRoles(tx, this.parts, { id: node.id, admin: node.admin, firstAdmin: false });
      if (isRefusal(created)) return created;
      return (await commitNodeWithin(tx, this.parts, node.id)) ?? ((await tx.nodes.find(node.id)) as NodeView);
    });
  }
}

export const commitNodeWithin = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'vetoes' | 'sealed'>,
  id: NodeId,
): Promise<Refusal | null> => {
  const graph = await tx.graph.slice({ nodeIds: [id] });
  const proposed = [...graph.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.nodeId === id && nodeRole.state === 'proposed')
    .map((nodeRole) => nodeRole.id);

  const draft = new GraphDraft(graph);
  const refusal =
    commitNode(draft, id) ?? askVetoes(parts.vetoes, { kind: 'commit', graph, nodeRoleIds: proposed, nodeId: id });
  if (refusal) return refusal;
  draft.tell({ kind: 'node.committed', nodeId: id });

  await tx.graph.save(graph, draft.decision());
  await tx.commits.commitData(proposed);
  return (await freezeSystems(tx, graph, proposed)) ?? makeMissing(tx, parts.sealed, { nodeRoleIds: proposed });
};
