import {
  INSTALL_JIG,
  readInstallWish,
  refuse,
  refuseImage,
  type Graph,
  type JsonObject,
  type NodeRoleId,
  type Refusal,
} from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * Which of these noderoles would install an operating system that cannot be had, and why (R27). What they want is read as a
 * run would be given it now, so a commit asks after its data has become the committed one; a refusal undoes it.
 */
export const missingSystems = async (
  tx: Transaction,
  graph: Pick<Graph, 'nodeRole' | 'role' | 'node'>,
  ids: readonly NodeRoleId[],
): Promise<Map<NodeRoleId, Refusal>> => {
  const installs = ids.filter((id) => graph.role(graph.nodeRole(id).roleId).jig === INSTALL_JIG);
  if (installs.length === 0) return new Map();
  const images = new Map((await tx.images.all()).map((image) => [image.name, image]));
  const available = [...images.values()].filter(({ errors }) => errors.length === 0).map(({ name }) => name);
  const staged = await tx.attribs.stage(installs);
  const missing = new Map<NodeRoleId, Refusal>();
  for (const id of installs) {
    const { targetOs } = readInstallWish((staged.get(id)?.attribs ?? {}) as JsonObject);
    const refusal = refuseImage({
      node: graph.node(graph.nodeRole(id).nodeId).name,
      wanted: targetOs,
      image: images.get(targetOs) ?? null,
      available: available.sort(),
    });
    if (refusal) missing.set(id, refusal);
  }
  return missing;
};

/** The first of these refusals; null when everything can be had. */
export const refuseMissingSystems = async (...asked: Parameters<typeof missingSystems>): Promise<Refusal | null> => {
  const [first] = (await missingSystems(...asked)).values();
  return first ? refuse('wrong-state', first.detail, { ...first.fields, reason: first.code }) : null;
};
