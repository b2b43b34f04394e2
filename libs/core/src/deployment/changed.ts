import type { NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import type { JsonObject } from '../base/json.js';
import type { Attrib } from '../attrib/attrib.js';
import type { AttribSources, Layer, LayerDocument } from '../attrib/layers.js';
import { resolveAttrib } from '../attrib/resolve.js';
import { sameJson, valueAt } from '../attrib/schema.js';
import type { Graph } from '../graph/graph.js';

/**
 * Finds whom an edit of data concerns: exactly the noderoles that declare or want an attribute whose resolved value is
 * another one after it. An edit that a higher layer hides concerns nobody. Used at a commit, for its preview, and whenever
 * data changes outside of one (hints, walls, what we compute).
 */

/** A document of one layer, before and after. */
export interface DataEdit {
  readonly layer: Layer;
  /** The noderoles among whose sources it is: all of a deployment role, all of a role, or one. */
  readonly nodeRoleIds: readonly NodeRoleId[];
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** A document of a node: its hints or its inventory. */
export interface NodeDataEdit {
  readonly layer: Extract<Layer, `node.${string}`>;
  readonly nodeId: NodeId;
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** Who declares and who reads what; asked only about what an edit touches. */
export interface AttribReaders {
  /** The input attributes that a role declares. */
  attribsOf(roleId: RoleId): readonly Attrib[];
  /** The layers of a noderole; those that are edited are taken from the edit. */
  sourcesOf(nodeRoleId: NodeRoleId): AttribSources;
  /** Noderoles that read this attribute from this one, over links that count. */
  readersOf(nodeRoleId: NodeRoleId, attrib: string): Iterable<NodeRoleId>;
  /** The layers of a node. */
  nodeSourcesOf(nodeId: NodeId): AttribSources;
  /** The node's noderoles that want an attribute of the node, with that attribute. */
  wantsOn(nodeId: NodeId): Iterable<{ readonly nodeRoleId: NodeRoleId; readonly attrib: Attrib }>;
}

export interface ChangedNodeRoles {
  /** Whom the edits concern, with the names of the attributes that differ, by name. */
  readonly because: ReadonlyMap<NodeRoleId, readonly string[]>;
  /** To be marked (`markChanged`, `commitDeployment`): those that run again, or would if they were active. */
  readonly changed: ReadonlySet<NodeRoleId>;
  /** Destructive ones that were done, or are being done, with the old value: they are left alone until somebody retries them. */
  readonly notRerun: readonly NodeRoleId[];
}

export const changedNodeRoles = (
  graph: Graph,
  edits: { readonly nodeRoles: readonly DataEdit[]; readonly nodes?: readonly NodeDataEdit[] },
  readers: AttribReaders,
): ChangedNodeRoles => {
  const found = new Map<NodeRoleId, Set<string>>();
  const concern = (id: NodeRoleId, attrib: string): void => {
    const names = found.get(id);
    if (names) names.add(attrib);
    else found.set(id, new Set([attrib]));
  };
  for (const [id, touching] of byNodeRole(edits.nodeRoles)) {
    for (const attrib of differing(readers.attribsOf(graph.nodeRole(id).roleId), touching, () =>
      readers.sourcesOf(id),
    )) {
      concern(id, attrib.name);
      for (const reader of readers.readersOf(id, attrib.name)) concern(reader, attrib.name);
    }
  }
  for (const [nodeId, touching] of byNode(edits.nodes ?? [])) {
    for (const { nodeRoleId, attrib } of readers.wantsOn(nodeId))
      if (differing([attrib], touching, () => readers.nodeSourcesOf(nodeId)).length > 0)
        concern(nodeRoleId, attrib.name);
  }
  return sortOut(graph, found);
};

type Touching = readonly Pick<DataEdit, 'layer' | 'before' | 'after'>[];

/** The attributes whose resolved value differs. Layers are read only where an edit touches the path of an attribute. */
const differing = (attribs: readonly Attrib[], edits: Touching, sourcesOf: () => AttribSources): Attrib[] => {
  const touched = attribs.filter(({ path }) =>
    edits.some(({ before, after }) => !sameJson(valueAt(before, path), valueAt(after, path))),
  );
  if (touched.length === 0) return [];
  const sources = sourcesOf();
  const [before, after] = [overlaid(sources, edits, 'before'), overlaid(sources, edits, 'after')];
  return touched.filter((attrib) => !sameJson(resolveAttrib(before, attrib).value, resolveAttrib(after, attrib).value));
};

const overlaid = (sources: AttribSources, edits: Touching, when: 'before' | 'after'): AttribSources => {
  const layers: { [Name in Layer]?: LayerDocument } = { ...sources };
  for (const edit of edits) layers[edit.layer] = { object: '', ...sources[edit.layer], data: edit[when] };
  return layers;
};

const byNodeRole = (edits: readonly DataEdit[]): Map<NodeRoleId, DataEdit[]> => {
  const touching = new Map<NodeRoleId, DataEdit[]>();
  for (const edit of edits.filter(({ before, after }) => !sameJson(before, after)))
    for (const id of edit.nodeRoleIds) touching.set(id, [...(touching.get(id) ?? []), edit]);
  return touching;
};

const byNode = (edits: readonly NodeDataEdit[]): Map<NodeId, NodeDataEdit[]> => {
  const touching = new Map<NodeId, NodeDataEdit[]>();
  for (const edit of edits.filter(({ before, after }) => !sameJson(before, after)))
    touching.set(edit.nodeId, [...(touching.get(edit.nodeId) ?? []), edit]);
  return touching;
};

const sortOut = (graph: Graph, found: ReadonlyMap<NodeRoleId, ReadonlySet<string>>): ChangedNodeRoles => {
  const because = new Map(
    [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, names]) => [id, [...names].sort()] as const),
  );
  const leftAlone = (id: NodeRoleId): boolean => {
    const { state, roleId, runCount } = graph.nodeRole(id);
    const beingDone = state === 'transition' || state === 'active';
    return graph.role(roleId).destructive && (runCount > 0 || beingDone);
  };
  const ids = [...because.keys()];
  return { because, changed: new Set(ids.filter((id) => !leftAlone(id))), notRerun: ids.filter(leftAlone) };
};
