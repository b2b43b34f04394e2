import {
  asksToBeMade,
  isRefusal,
  withValueAt,
  type AttribSources,
  type DeploymentId,
  type Json,
  type JsonObject,
  type NodeRoleId,
  type Refusal,
} from '#core';
import type { DeclaredAttrib, MadeOf, MakingRole } from '../ports/attrib-store.js';
import type { Transaction } from '../ports/unit-of-work.js';
import { markReaders } from './mark-readers.js';
import { placed } from './placed.js';
import type { SealedAttribs } from './sealed-attribs.js';

/**
 * Makes the values that nobody has given: of attributes with `generate`, where a noderole that is committed has none from
 * any layer. A value is made once for a deployment role and kept in its wall, where no edit, no proposal and no snapshot
 * touches it; whatever people set goes over it. It runs in the transaction of the commit, after its data has become the
 * committed one, so that a run never finds a value missing.
 */
export const makeMissing = async (
  tx: Transaction,
  sealed: SealedAttribs | undefined,
  of: MadeOf,
): Promise<Refusal | null> => {
  // Without a box there is no chance either: simulations run nothing that reads a secret.
  if (!sealed) return null;
  for (const role of await tx.attribs.making(of)) {
    // Two commits at once shall not make two: who comes second sees what the first has made.
    await tx.deploymentRoles.find(role.deploymentRoleId, { lock: true });
    const missing = await missingOf(tx, role, committedLayers);
    if (missing.length === 0) continue;
    const { wall: before } = await tx.deploymentRoles.data(role.deploymentRoleId);
    let after: JsonObject = before;
    for (const attrib of missing) {
      const value: Json | Refusal = sealed.make(
        attrib.name,
        attrib.generate as NonNullable<DeclaredAttrib['generate']>,
      );
      if (isRefusal(value)) return value;
      after = withValueAt(after, placed(attrib).path, value);
    }
    await tx.deploymentRoles.putData(role.deploymentRoleId, { wall: after });
    tx.tell({
      kind: 'deployment_role.secrets_made',
      deploymentId: role.deploymentId,
      data: { role: role.role, attribs: missing.map(({ name }) => name) },
    });
    // Whoever has not run yet is staged with it anyway; only where the attribute is new in an old role is there somebody else.
    const { roleId, deploymentId } = role;
    const nodeRoleIds = await tx.attribs.nodeRolesOf({ roleId, deploymentId, staged: true });
    if (nodeRoleIds.length > 0)
      await markReaders(tx, { nodeRoles: [{ layer: 'deployment_role.wall', nodeRoleIds, before, after }] });
  }
  return null;
};

/** What a commit of a deployment would make. */
export interface ToBeMade {
  readonly role: string;
  readonly attrib: string;
}

/** Says what `makeMissing` would make after a commit of all that is proposed in a deployment. */
export const previewMissing = async (tx: Transaction, deploymentId: DeploymentId): Promise<ToBeMade[]> => {
  const made: ToBeMade[] = [];
  for (const role of await tx.attribs.making({ deploymentId }))
    for (const { name } of await missingOf(tx, role, proposedLayers)) made.push({ role: role.role, attrib: name });
  return made;
};

/** The layers of a deployment role, and of a noderole of it. */
interface Layers {
  ofRole(tx: Transaction, role: MakingRole): Promise<AttribSources>;
  ofNodeRole(tx: Transaction, id: NodeRoleId): Promise<AttribSources>;
}

const committedLayers: Layers = {
  ofRole: (tx, { deploymentRoleId }) => tx.attribs.sourcesOfDeploymentRole(deploymentRoleId),
  ofNodeRole: (tx, id) => tx.attribs.sourcesOf(id),
};

/** As they are once what is proposed is committed. */
const proposedLayers: Layers = {
  ofRole: async (tx, { deploymentRoleId }) => {
    const sources = await tx.attribs.sourcesOfDeploymentRole(deploymentRoleId);
    return over(sources, 'deployment_role.user', (await tx.deploymentRoles.data(deploymentRoleId)).proposedData);
  },
  ofNodeRole: async (tx, id) =>
    over(await tx.attribs.sourcesOf(id), 'node_role.user', (await tx.nodeRoles.data(id)).proposedData),
};

const over = (sources: AttribSources, layer: keyof AttribSources, data: JsonObject | null): AttribSources =>
  data === null ? sources : { ...sources, [layer]: { object: '', data } };

/** The attributes that the deployment role has no value for, and some noderole of it none of its own. */
const missingOf = async (tx: Transaction, role: MakingRole, layers: Layers): Promise<DeclaredAttrib[]> => {
  const shared = await layers.ofRole(tx, role);
  const open = role.attribs.filter((attrib) => asksToBeMade(shared, placed(attrib)));
  const missing = new Set<DeclaredAttrib>();
  for (const id of role.nodeRoleIds) {
    if (missing.size === open.length) break;
    const own = { ...shared, ...(await layers.ofNodeRole(tx, id)), ...userOf(shared) };
    for (const attrib of open) if (asksToBeMade(own, placed(attrib))) missing.add(attrib);
  }
  return open.filter((attrib) => missing.has(attrib));
};

/** What the deployment role is about to wish counts for its noderoles as well. */
const userOf = ({ 'deployment_role.user': user }: AttribSources): AttribSources =>
  user ? { 'deployment_role.user': user } : {};
