import { commitNodeRole, GraphDraft, type NodeId, type NodeRole, type Refusal } from '#core';
import { makeMissing } from '../attrib/make-missing.js';
import { missingSystems, putSystems, wantedSystems } from '../install/freeze-systems.js';
import type { ModelParts } from '../model-parts.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { askVetoes } from '../veto/ask-vetoes.js';

/** What of a node's proposed noderoles is committed when nobody sits in front of it. */
export interface MayCommit {
  /** What a discovered machine gets by itself, in the system deployment. */
  readonly initial: boolean;
  /** And everything else that is proposed on it. */
  readonly all: boolean;
  /** What destroys as well: somebody granted it in so many words. */
  readonly destructive: boolean;
}

/** Commits what may be committed on a node, parents first; what destroys without a grant stays proposed with all above it. */
export const commitWhatMay = async (
  tx: Transaction,
  parts: Pick<ModelParts, 'vetoes' | 'sealed'>,
  nodeId: NodeId,
  may: MayCommit,
): Promise<Refusal | null> => {
  const system = await tx.deployments.system();
  const graph = await tx.graph.slice({ nodeIds: [nodeId] });
  const isMine = ({ nodeId: on, state }: NodeRole): boolean => on === nodeId && state === 'proposed';
  const isWanted = (nodeRole: NodeRole): boolean =>
    (may.all || (may.initial && nodeRole.deploymentId === system)) &&
    (may.destructive || !graph.role(nodeRole.roleId).destructive);
  const mine = [...graph.nodeRoles.values()]
    .filter(isMine)
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));
  const wanted = mine.filter(isWanted).map(({ id }) => id);
  // Nobody is there to be told: what cannot be had stays proposed, and the history says why.
  const systems = await wantedSystems(tx, graph, wanted, 'node-roles');
  const missing = await missingSystems(tx, graph, systems);
  for (const [id, { detail }] of missing)
    tx.tell({
      kind: 'node_role.not_committed',
      nodeRoleId: id,
      nodeId,
      deploymentId: graph.nodeRole(id).deploymentId,
      data: { reason: detail },
    });
  const left = new Set(mine.filter(({ id }) => !wanted.includes(id) || missing.has(id)).map(({ id }) => id));
  for (const { id } of mine)
    if (graph.edgesUp(id).some(({ parentId }) => left.has(parentId) && mine.some((each) => each.id === parentId)))
      left.add(id);
  const chosen = mine.filter(({ id }) => !left.has(id)).map(({ id }) => id);
  if (chosen.length === 0) return null;

  const veto = askVetoes(parts.vetoes, { kind: 'commit', graph, nodeRoleIds: chosen, nodeId });
  if (veto) return veto;
  const draft = new GraphDraft(graph);
  for (const id of chosen) {
    const refusal = commitNodeRole(draft, id);
    if (refusal) return refusal;
  }
  draft.tell({ kind: 'node.committed', nodeId });

  await tx.graph.save(graph, draft.decision());
  await tx.commits.commitData(chosen);
  await putSystems(tx, new Map([...systems].filter(([id]) => !left.has(id))));
  return makeMissing(tx, parts.sealed, { nodeRoleIds: chosen });
};
