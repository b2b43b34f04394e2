import type { PoolClient } from 'pg';
import type { AttribKind, EditedObjects, LoadedReaders } from '#app';
import type { Attrib, AttribSources, JsonObject, NodeId, NodeRoleId, RoleId } from '#core';
import { rowsOf, statement } from '../sql.js';
import { DECLARED_COLUMNS, toPlaced, type DeclaredRow } from './declared.js';
import { loadSources, nodeSources } from './sources.js';

const DECLARING = statement(
  'attrib.readers-declaring',
  `SELECT a.role_id, ${DECLARED_COLUMNS} FROM attribs a
   WHERE a.role_id IN (SELECT role_id FROM node_roles WHERE id = ANY($1::uuid[])) AND a.kind = $2 AND NOT a.retired ORDER BY a.name`,
);
const LINKS = statement(
  'attrib.readers-links',
  `SELECT l.parent_id, l.child_id, l.attrib FROM node_role_attrib_links l
   JOIN node_role_edges e ON e.parent_id = l.parent_id AND e.child_id = l.child_id AND NOT e.pending WHERE l.parent_id = ANY($1::uuid[])`,
);
const WANTS_ON = statement(
  'attrib.readers-wants-on',
  `SELECT nr.node_id, nr.id AS node_role_id, ${DECLARED_COLUMNS} FROM node_roles nr JOIN role_wants w ON w.role_id = nr.role_id
   JOIN attribs a ON a.name = w.attrib AND a.role_id IS NULL WHERE nr.node_id = ANY($1::uuid[])`,
);
const NODES = statement(
  'attrib.readers-nodes',
  `SELECT id, name, inventory, hints FROM nodes WHERE id = ANY($1::uuid[])`,
);

/** See `AttribStore.readers`. Layers are read only when some role among those edited declares anything at all. */
export const loadReaders = async (
  client: PoolClient,
  edited: EditedObjects,
  kind: AttribKind,
): Promise<LoadedReaders> => {
  const { nodeRoleIds, nodeIds } = edited;
  const declared =
    nodeRoleIds.length > 0
      ? await rowsOf<DeclaredRow & { role_id: RoleId }>(client, DECLARING, [nodeRoleIds, kind])
      : [];
  const attribs = new Map<RoleId, Attrib[]>();
  for (const row of declared) push(attribs, row.role_id, toPlaced(row));
  const links =
    declared.length > 0
      ? await rowsOf<{ parent_id: NodeRoleId; child_id: NodeRoleId; attrib: string }>(client, LINKS, [nodeRoleIds])
      : [];
  const readersOf = new Map<string, NodeRoleId[]>();
  for (const link of links) push(readersOf, `${link.parent_id} ${link.attrib}`, link.child_id);
  const sources: ReadonlyMap<NodeRoleId, AttribSources> =
    declared.length > 0 ? await loadSources(client, nodeRoleIds) : new Map();

  const wants =
    nodeIds.length > 0
      ? await rowsOf<DeclaredRow & { node_id: NodeId; node_role_id: NodeRoleId }>(client, WANTS_ON, [nodeIds])
      : [];
  const wantsOn = new Map<NodeId, { nodeRoleId: NodeRoleId; attrib: Attrib }[]>();
  for (const row of wants) push(wantsOn, row.node_id, { nodeRoleId: row.node_role_id, attrib: toPlaced(row) });
  const nodes =
    wants.length > 0
      ? await rowsOf<{ id: NodeId; name: string; inventory: JsonObject; hints: JsonObject }>(client, NODES, [nodeIds])
      : [];
  const nodeSourcesOf = new Map(nodes.map((node) => [node.id, nodeSources(node)]));
  return {
    attribsOf: (roleId) => attribs.get(roleId) ?? [],
    sourcesOf: (id) => sources.get(id) ?? {},
    readersOf: (id, attrib) => readersOf.get(`${id} ${attrib}`) ?? [],
    nodeSourcesOf: (id) => nodeSourcesOf.get(id) ?? {},
    wantsOn: (id) => wantsOn.get(id) ?? [],
    concerned: [
      ...new Set([
        ...(declared.length > 0 ? nodeRoleIds : []),
        ...links.map((link) => link.child_id),
        ...wants.map((row) => row.node_role_id),
      ]),
    ],
  };
};

const push = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
};
