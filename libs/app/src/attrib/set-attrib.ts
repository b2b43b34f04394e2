import {
  isRefusal,
  refuse,
  sameJson,
  setAttrib,
  withoutValueAt,
  type Json,
  type JsonObject,
  type Refusal,
} from '#core';
import type { ModelParts } from '../model-parts.js';
import { refuseSealed } from '../merge-patch.js';
import { missing } from '../named.js';
import type { DeclaredAttrib } from '../ports/attrib-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';
import { HIDDEN } from './hide-secrets.js';
import { markReaders } from './mark-readers.js';
import { placed } from './placed.js';
import { findTarget, nameOfTarget, versionOfTarget, type AttribTarget, type FoundTarget } from './target.js';

export interface SetAttribInput {
  readonly target: AttribTarget;
  readonly attrib: string;
  /** Undefined takes the target's own value away, so that lower layers show again. */
  readonly value: Json | undefined;
  readonly version?: number;
}

export interface SetAttribResult {
  /** False when it has this value already. */
  readonly changed: boolean;
  /** `now`, or with the next commit of what it belongs to. */
  readonly counts: 'now' | 'at-commit';
}

/**
 * Sets one attribute where people set them: the hints of a node, the template of a role, the proposed data of a
 * deployment role or noderole. What counts at once marks those who read it to run again.
 */
export class SetAttrib {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: SetAttribInput): Promise<SetAttribResult | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.keepShape();
      const target = await findTarget(tx, input.target, { lock: true });
      if (isRefusal(target)) return target;
      const stale = refuseStale(nameOfTarget(target), versionOfTarget(target), input.version);
      if (stale) return stale;
      const declared = await declaredOf(tx, target);
      const attrib = declared.find(({ name }) => name === input.attrib);
      if (!attrib)
        return missing(
          'attribute',
          input.attrib,
          `${nameOfTarget(target)} has ${declared.map(({ name }) => name).join(', ') || 'none'}`,
        );
      if (attrib.secret && input.value === HIDDEN)
        return refuse('invalid', `"${HIDDEN}" is how the secret ${attrib.name} is shown: give the secret itself.`, {
          attrib: attrib.name,
        });
      const forged = input.value === undefined ? null : refuseSealed(`the value for ${attrib.name}`, input.value);
      if (forged) return forged;
      const { edited: before, committed } = await documentOf(tx, target);
      const changed = this.changed(target, attrib, before, input.value);
      if (isRefusal(changed)) return changed;
      const after = this.parts.sealed?.seal(changed, declared, [before, committed]) ?? changed;
      if (isRefusal(after)) return after;
      const counts = target.kind === 'node' || target.kind === 'role' ? 'now' : 'at-commit';
      if (sameJson(before, after)) return { changed: false, counts };
      await write(tx, target, attrib.name, before, after);
      return { changed: true, counts };
    });
  }

  private changed(
    target: FoundTarget,
    attrib: DeclaredAttrib,
    before: JsonObject,
    value: Json | undefined,
  ): JsonObject | Refusal {
    const at = placed(attrib);
    if (value === undefined) return withoutValueAt(before, at.path);
    return setAttrib(before, { ...at, writable: attrib.writable }, value, {
      what: `the data of ${nameOfTarget(target)}`,
      validate: (schema, candidate) => this.parts.schemas.problems(schema, candidate),
    });
  }
}

const declaredOf = (tx: Transaction, target: FoundTarget): Promise<DeclaredAttrib[]> => {
  switch (target.kind) {
    case 'node':
      return tx.attribs.declared(null);
    case 'node_role':
      return tx.attribs.declared(target.nodeRole.roleId);
    case 'deployment_role':
      return tx.attribs.declared(target.deploymentRole.roleId);
    case 'role':
      return tx.attribs.declared(target.role.id);
    default:
      return target satisfies never;
  }
};

/** The document that people edit, and what of it counts now. */
interface EditedDocument {
  readonly edited: JsonObject;
  readonly committed: JsonObject;
}

const documentOf = async (tx: Transaction, target: FoundTarget): Promise<EditedDocument> => {
  switch (target.kind) {
    case 'node': {
      const { hints } = await tx.nodes.documents(target.node.id);
      return { edited: hints, committed: hints };
    }
    case 'node_role': {
      const { proposedData, committedData: committed } = await tx.nodeRoles.data(target.nodeRole.id);
      return { edited: proposedData ?? committed, committed };
    }
    case 'deployment_role': {
      const { proposedData, committedData: committed } = await tx.deploymentRoles.data(target.deploymentRole.id);
      return { edited: proposedData ?? committed, committed };
    }
    case 'role': {
      const template = await tx.attribs.template(target.role.id);
      return { edited: template, committed: template };
    }
    default:
      return target satisfies never;
  }
};

const write = async (
  tx: Transaction,
  target: FoundTarget,
  attrib: string,
  before: JsonObject,
  after: JsonObject,
): Promise<void> => {
  switch (target.kind) {
    case 'node': {
      const { id, deploymentId } = target.node;
      await tx.nodes.update(id, { hints: after });
      tx.tell({ kind: 'node.changed', nodeId: id, deploymentId, data: { fields: ['hints'], attrib } });
      await markReaders(tx, { nodes: [{ layer: 'node.hint', nodeId: id, before, after }] });
      return;
    }
    case 'node_role': {
      const { id, nodeId, deploymentId } = target.nodeRole;
      const { committedData } = await tx.nodeRoles.data(id);
      await tx.nodeRoles.putData(id, { proposedData: sameJson(after, committedData) ? null : after });
      tx.tell({ kind: 'node_role.edited', nodeRoleId: id, nodeId, deploymentId, data: { attrib } });
      return;
    }
    case 'deployment_role': {
      const { id, deploymentId, role } = target.deploymentRole;
      const { committedData } = await tx.deploymentRoles.data(id);
      await tx.deploymentRoles.putData(id, { proposedData: sameJson(after, committedData) ? null : after });
      tx.tell({ kind: 'deployment_role.edited', deploymentId, data: { role, attrib } });
      return;
    }
    case 'role': {
      const { id, name } = target.role;
      await tx.roles.setTemplate(id, after);
      tx.tell({ kind: 'role.edited', data: { role: name, attrib } });
      const nodeRoleIds = await tx.attribs.nodeRolesOf({ roleId: id });
      await markReaders(tx, { nodeRoles: [{ layer: 'role.template', nodeRoleIds, before, after }] });
      return;
    }
    default:
      target satisfies never;
  }
};
