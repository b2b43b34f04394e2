import {
  isRefusal,
  parsePath,
  valueAt,
  type Json,
  type JsonObject,
  type NodeRoleId,
  type Refusal,
  type RoleId,
} from '#core';
import type { Transaction } from '../ports/unit-of-work.js';
import type { SealedAttribs } from './sealed-attribs.js';

/** A document of a role's data, or of a node (`null`), sealed by what is declared of it. As it is where nothing is sealed. */
export const sealWithin = async (
  tx: Transaction,
  sealed: SealedAttribs | undefined,
  roleId: RoleId | null,
  document: JsonObject,
  known: readonly (JsonObject | null)[] = [],
): Promise<JsonObject | Refusal> => {
  if (!sealed || Object.keys(document).length === 0) return document;
  return sealed.seal(document, await tx.attribs.declared(roleId), known);
};

/** What a run wrote, by name of attribute, with the values of secret ones sealed; one that its noderole has already stays as it is. */
export type SealOutputs = (tx: Transaction, nodeRoleId: NodeRoleId, outputs: JsonObject) => Promise<JsonObject>;

export const sealOutputsWith =
  (sealed: SealedAttribs | undefined): SealOutputs =>
  async (tx, nodeRoleId, outputs) => {
    if (!sealed || Object.keys(outputs).length === 0) return outputs;
    const nodeRole = await tx.nodeRoles.find(nodeRoleId);
    const declared = nodeRole ? await tx.attribs.declared(nodeRole.roleId) : [];
    const secrets = declared.filter(
      ({ name, kind, secret }) => secret && kind === 'output' && Object.hasOwn(outputs, name),
    );
    if (secrets.length === 0) return outputs;
    const { wall } = await tx.nodeRoles.data(nodeRoleId);
    const written: Record<string, Json> = { ...outputs };
    for (const { name, map } of secrets) {
      const path = parsePath(map);
      const before = isRefusal(path) ? undefined : valueAt(wall, path);
      const token = sealed.sealValue(name, outputs[name] ?? null, [before]);
      if (isRefusal(token)) throw new Error(`the outputs of ${nodeRole?.name} cannot be kept: ${token.detail}`);
      written[name] = token;
    }
    return written;
  };
