import { changedNodeRoles, GraphDraft, markChanged, type DataEdit, type NodeDataEdit } from '#core';
import type { AttribKind } from '../ports/attrib-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * Marks the noderoles that read an attribute whose value an edit changed, so that those that are active run again. For
 * edits that count at once: hints, inventories, role templates, what runs wrote. Data of deployment roles and noderoles
 * counts at a commit, which marks by itself.
 */
export const markReaders = async (
  tx: Transaction,
  edits: { readonly nodes?: readonly NodeDataEdit[]; readonly nodeRoles?: readonly DataEdit[] },
  options: { readonly kind?: AttribKind } = {},
): Promise<void> => {
  const [nodes, nodeRoles] = [edits.nodes ?? [], edits.nodeRoles ?? []];
  const writers = new Set(nodeRoles.flatMap(({ nodeRoleIds }) => nodeRoleIds));
  const kind = options.kind ?? 'input';
  const readers = await tx.attribs.readers(
    { nodeRoleIds: [...writers], nodeIds: nodes.map(({ nodeId }) => nodeId) },
    kind,
  );
  if (readers.concerned.length === 0) return;
  const graph = await tx.graph.slice({ nodeRoleIds: readers.concerned });

  const draft = new GraphDraft(graph);
  const { changed } = changedNodeRoles(graph, { nodes, nodeRoles }, readers);
  // Whoever wrote a value knows it: running again because of it would never end.
  for (const id of changed) if (kind === 'input' || !writers.has(id)) markChanged(draft, id);

  await tx.graph.save(graph, draft.decision());
};
