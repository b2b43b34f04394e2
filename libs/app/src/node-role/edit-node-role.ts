import { GraphDraft, isRefusal, sameJson, type JsonObject, type Refusal } from '#core';
import { checkDocument, keepHidden } from '../attrib/check-document.js';
import { patchedDocument } from '../merge-patch.js';
import type { ModelParts } from '../model-parts.js';
import { nodeRoleNamed } from '../named.js';
import type { NodeRoleDetail } from '../ports/node-role-store.js';
import type { Actor, Transaction } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

export interface EditNodeRoleInput {
  readonly nodeRole: string;
  readonly version?: number;
  /** A merge patch of the proposed data; it counts once the noderole, its node or its deployment is committed. */
  readonly data?: JsonObject;
  readonly notes?: JsonObject;
  /** Switches it off or on: what is off is not run. */
  readonly available?: boolean;
  /** `false` lets it go, whatever keeps it back; `true` keeps it back until somebody lets it go. */
  readonly held?: boolean;
}

/** Edits one noderole: its data and notes, and whether it may run. */
export class EditNodeRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'schemas' | 'sealed'>) {}

  execute(actor: Actor, input: EditNodeRoleInput): Promise<NodeRoleDetail | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const view = await nodeRoleNamed(tx, input.nodeRole);
      if (isRefusal(view)) return view;
      const graph = await tx.graph.slice({ nodeRoleIds: [view.id] });
      const now = (await tx.nodeRoles.find(view.id)) as NodeRoleDetail;
      const stale = refuseStale(`noderole ${view.name}`, now, input.version);
      if (stale) return stale;

      const { available, held } = input;
      if (available !== undefined || held !== undefined) {
        const draft = new GraphDraft(graph);
        const patch = { ...(available === undefined ? {} : { available }), ...(held === undefined ? {} : { held }) };
        draft.patchNodeRole(view.id, patch);
        draft.tell({
          kind: 'node_role.switched',
          nodeRoleId: view.id,
          nodeId: view.nodeId,
          deploymentId: view.deploymentId,
          data: patch,
        });
        await tx.graph.save(graph, draft.decision());
      }
      const refusal = await this.editData(tx, view, input);
      return refusal ?? ((await tx.nodeRoles.find(view.id)) as NodeRoleDetail);
    });
  }

  private async editData(tx: Transaction, view: NodeRoleDetail, input: EditNodeRoleInput): Promise<Refusal | null> {
    if (!input.data && !input.notes) return null;
    const stored = await tx.nodeRoles.data(view.id);
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
    await tx.nodeRoles.putData(view.id, {
      ...(data ? { proposedData: sameJson(data, stored.committedData) ? null : data } : {}),
      ...(notes ? { notes } : {}),
    });
    tx.tell({ kind: 'node_role.edited', nodeRoleId: view.id, nodeId: view.nodeId, deploymentId: view.deploymentId });
    return null;
  }
}
