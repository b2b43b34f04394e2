import {
  INSTALL_ATTRIBS,
  INSTALL_JIG,
  refuse,
  refuseImage,
  resolveAttrib,
  withoutValueAt,
  withValueAt,
  type Attrib,
  type AttribSources,
  type Graph,
  type JsonObject,
  type NodeRoleId,
  type Refusal,
} from '#core';
import { placed } from '../attrib/placed.js';
import type { DeclaredAttrib, ProposedLayers } from '../ports/attrib-store.js';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * Which operating system an install gets is decided by the commit that wishes for it, and written down with the noderole, in
 * its `system` layer (R27). A default that changes later, with an import or with the template of the role, changes nothing of
 * what was committed until it is committed again; what people set for the deployment or the node lies above, and counts with
 * its own commit. A system that cannot be had is refused there.
 */

/** What an install noderole is to install, and where it is written down. */
export interface WantedSystem {
  /** Name of an image; empty where nothing says one. */
  readonly targetOs: string;
  readonly attrib: Attrib | null;
}

type Drawn = Pick<Graph, 'nodeRole' | 'role' | 'node'>;

/**
 * The systems of those of these noderoles that install one, as a commit would freeze them now: what was frozen before does
 * not count. `proposed` says whose proposed data counts as well, before it is committed.
 */
export const wantedSystems = async (
  tx: Transaction,
  graph: Drawn,
  ids: readonly NodeRoleId[],
  proposed: ProposedLayers = 'none',
): Promise<Map<NodeRoleId, WantedSystem>> => {
  const installs = ids.filter((id) => graph.role(graph.nodeRole(id).roleId).jig === INSTALL_JIG);
  if (installs.length === 0) return new Map();
  const attribs = new Map<string, Attrib | null>();
  for (const roleId of new Set(installs.map((id) => graph.nodeRole(id).roleId))) {
    const declared = (await tx.attribs.declared(roleId)).find(({ name }) => name === INSTALL_ATTRIBS.targetOs);
    attribs.set(roleId, declared ? placed(declared) : null);
  }
  const sources = await tx.attribs.sourcesOfAll(installs, proposed);
  return new Map(
    installs.map((id): [NodeRoleId, WantedSystem] => {
      const attrib = attribs.get(graph.nodeRole(id).roleId) ?? null;
      const value = attrib ? resolveAttrib(without(sources.get(id) ?? {}, attrib), attrib).value : undefined;
      return [id, { targetOs: typeof value === 'string' ? value : '', attrib }];
    }),
  );
};

/** Which of these cannot be had, and why. */
export const missingSystems = async (
  tx: Transaction,
  graph: Drawn,
  wanted: ReadonlyMap<NodeRoleId, WantedSystem>,
): Promise<Map<NodeRoleId, Refusal>> => {
  const missing = new Map<NodeRoleId, Refusal>();
  if (wanted.size === 0) return missing;
  const images = new Map((await tx.images.all()).map((image) => [image.name, image]));
  const available = [...images.values()].filter(({ errors }) => errors.length === 0).map(({ name }) => name);
  for (const [id, { targetOs }] of wanted) {
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

/** The first of these that cannot be had; null when everything can. */
export const refuseMissingSystems = async (...asked: Parameters<typeof missingSystems>): Promise<Refusal | null> => {
  const [first] = (await missingSystems(...asked)).values();
  return first ? refuse('wrong-state', first.detail, { ...first.fields, reason: first.code }) : null;
};

/** Writes them down. */
export const putSystems = async (tx: Transaction, wanted: ReadonlyMap<NodeRoleId, WantedSystem>): Promise<void> => {
  const frozen = new Map<NodeRoleId, JsonObject>();
  for (const [id, { targetOs, attrib }] of wanted)
    if (attrib && targetOs !== '') frozen.set(id, withValueAt({}, attrib.path, targetOs));
  await tx.commits.putSystemData(frozen);
};

/**
 * Freezes the systems of noderoles whose data was committed just now; a refusal undoes the commit. `waiting` were committed
 * before and have not installed anything yet: the commit is theirs as well, and nobody is refused for their sake.
 */
export const freezeSystems = async (
  tx: Transaction,
  graph: Drawn,
  ids: readonly NodeRoleId[],
  waiting: readonly NodeRoleId[] = [],
): Promise<Refusal | null> => {
  const wanted = await wantedSystems(tx, graph, ids);
  const refusal = await refuseMissingSystems(tx, graph, wanted);
  if (refusal) return refusal;
  await putSystems(tx, new Map([...wanted, ...(await wantedSystems(tx, graph, waiting))]));
  return null;
};

/** The layers of a noderole as its next commit will see them: a system that was frozen for it no longer counts then. */
export const unfrozen = (sources: AttribSources, declared: readonly DeclaredAttrib[]): AttribSources => {
  const attrib = declared.find(({ name }) => name === INSTALL_ATTRIBS.targetOs);
  return attrib ? without(sources, placed(attrib)) : sources;
};

const without = (sources: AttribSources, { path }: Attrib): AttribSources => {
  const system = sources['node_role.system'];
  return system ? { ...sources, 'node_role.system': { ...system, data: withoutValueAt(system.data, path) } } : sources;
};
