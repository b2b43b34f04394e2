import { GraphDraft, isRefusal, type Graph, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { nodeRoleNamed } from '../named.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

export interface NodeRoleCommandInput {
  readonly nodeRole: string;
  readonly version?: number;
}

/** The common part of commands to one noderole: find it, load what stands below it, decide, write. */
export const changeState = (
  { unitOfWork }: Pick<ModelParts, 'unitOfWork'>,
  actor: Actor,
  input: NodeRoleCommandInput,
  decide: (draft: GraphDraft, nodeRole: NodeRoleDetail) => Refusal | null,
  also: (tx: Transaction, nodeRole: NodeRoleDetail, graph: Graph) => Promise<Refusal | null> = async () => null,
): Promise<NodeRoleDetail | Refusal> =>
  unitOfWork.write(actor, async (tx) => {
    const found = await nodeRoleNamed(tx, input.nodeRole);
    if (isRefusal(found)) return found;
    const graph = await tx.graph.slice({ nodeRoleIds: [found.id] });
    const nodeRole = await nodeRoleNamed(tx, found.id);
    if (isRefusal(nodeRole)) return nodeRole;
    const stale = refuseStale(`noderole ${nodeRole.name}`, nodeRole, input.version);
    if (stale) return stale;

    const draft = new GraphDraft(graph);
    const refusal = decide(draft, nodeRole);
    if (refusal) return refusal;

    await tx.graph.save(graph, draft.decision());
    const fault = await also(tx, nodeRole, graph);
    if (fault) return fault;
    return (await tx.nodeRoles.find(nodeRole.id)) as NodeRoleDetail;
  });
