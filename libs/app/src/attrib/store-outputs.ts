import {
  isRefusal,
  placeAttrib,
  refuseDocument,
  withValueAt,
  type Attrib,
  type Json,
  type JsonObject,
  type NodeRoleId,
} from '#core';
import type { StoreOutputs } from '../engine/finish-run.js';
import type { DeclaredAttrib } from '../ports/attrib-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { markReaders } from './mark-readers.js';

/**
 * Writes what a run brought back into its noderole's wall, attribute by attribute: what it did not mention stays. Whoever
 * reads an attribute that has another value now is run again. Outputs that nobody declared are left out, and a wall that
 * would grow too large stays as it was; both are told in the history.
 */
export const storeOutputs: StoreOutputs = async (
  tx: Transaction,
  nodeRoleId: NodeRoleId,
  outputs: JsonObject,
): Promise<void> => {
  if (Object.keys(outputs).length === 0) return;
  const nodeRole = await tx.nodeRoles.find(nodeRoleId);
  if (!nodeRole) return;
  const declared = (await tx.attribs.declared(nodeRole.roleId)).filter(({ kind }) => kind === 'output').flatMap(placed);
  const { wall: before } = await tx.nodeRoles.data(nodeRoleId);
  const names = new Set(declared.map(({ name }) => name));
  const unknown = Object.keys(outputs).filter((name) => !names.has(name));
  const about = { nodeRoleId, nodeId: nodeRole.nodeId, deploymentId: nodeRole.deploymentId };
  if (unknown.length > 0)
    tx.tell({ kind: 'node_role.outputs_ignored', ...about, data: { undeclared: unknown.slice(0, NAMES_MAX) } });

  const written = declared.filter(({ name }) => Object.hasOwn(outputs, name));
  if (written.length === 0) return;
  const after = written.reduce((wall, { name, path }) => withValueAt(wall, path, outputs[name] as Json), before);
  const fault = refuseDocument(`what ${nodeRole.name} has written`, after);
  if (fault) {
    tx.tell({ kind: 'node_role.outputs_ignored', ...about, data: { reason: fault.detail } });
    return;
  }
  await tx.nodeRoles.putData(nodeRoleId, { wall: after });
  await markReaders(
    tx,
    { nodeRoles: [{ layer: 'node_role.wall', nodeRoleIds: [nodeRoleId], before, after }] },
    { kind: 'output' },
  );
};

/** Names that one event repeats at the most. */
const NAMES_MAX = 20;

const placed = (declared: DeclaredAttrib): Attrib[] => {
  const attrib = placeAttrib(declared);
  return isRefusal(attrib) ? [] : [attrib];
};
