import { isRefusal, sameJson, type JsonObject, type Refusal } from '#core';
import { checkDocument, keepHidden } from '../attrib/check-document.js';
import { patchedDocument } from '../merge-patch.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentRoleNamed } from '../named.js';
import type { DeploymentRoleView } from '../ports/deployment-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

export interface EditDeploymentRoleInput {
  readonly deploymentRole: string;
  readonly version?: number;
  /** A merge patch of the proposed data, which begins as what was committed; it counts once the deployment is committed. */
  readonly data?: JsonObject;
  /** A merge patch; notes count for nobody. */
  readonly notes?: JsonObject;
}

/** Edits what a deployment wishes for a role. */
export class EditDeploymentRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: EditDeploymentRoleInput): Promise<DeploymentRoleView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const view = await deploymentRoleNamed(tx, input.deploymentRole, { lock: true });
      if (isRefusal(view)) return view;
      const stale = refuseStale(`deployment role ${view.name}`, view, input.version);
      if (stale) return stale;
      const stored = await tx.deploymentRoles.data(view.id);
      const declared = await tx.attribs.declared(view.roleId);
      const before = stored.proposedData ?? stored.committedData;
      const patched = input.data && patchedDocument(`the data of ${view.name}`, before, input.data);
      if (isRefusal(patched)) return patched;
      const whole = patched && keepHidden(patched, before, declared);
      const wrong = whole && checkDocument(`the data of ${view.name}`, whole, declared, this.parts.schemas);
      if (wrong) return wrong;
      const data = whole && (this.parts.sealed?.seal(whole, declared, [before, stored.committedData]) ?? whole);
      if (isRefusal(data)) return data;
      const notes = input.notes && patchedDocument(`the notes of ${view.name}`, stored.notes, input.notes);
      if (isRefusal(notes)) return notes;

      await tx.deploymentRoles.putData(view.id, {
        ...(data ? { proposedData: sameJson(data, stored.committedData) ? null : data } : {}),
        ...(notes ? { notes } : {}),
      });
      tx.tell({ kind: 'deployment_role.edited', deploymentId: view.deploymentId, data: { role: view.role } });
      return (await tx.deploymentRoles.find(view.id)) as DeploymentRoleView;
    });
  }
}
