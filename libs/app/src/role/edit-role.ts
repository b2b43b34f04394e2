import { isRefusal, type JsonObject, type Refusal } from '#core';
import { patchedDocument } from '../merge-patch.js';
import type { ModelParts } from '../model-parts.js';
import { roleNamed } from '../named.js';
import type { RoleView } from '../ports/role-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

/** Edits the notes of a role, by a merge patch. All else of it comes from its barclamp; role-level values are set as attributes. */
export class EditRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly role: string; readonly version?: number; readonly notes?: JsonObject },
  ): Promise<RoleView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const role = await roleNamed(tx, input.role);
      if (isRefusal(role)) return role;
      const stale = refuseStale(`role ${role.name}`, role, input.version);
      if (stale) return stale;
      if (!input.notes) return role;
      const notes = patchedDocument(`the notes of ${role.name}`, role.notes, input.notes);
      if (isRefusal(notes)) return notes;
      await tx.roles.setNotes(role.id, notes);
      tx.tell({ kind: 'role.edited', data: { role: role.name, fields: ['notes'] } });
      return (await tx.roles.find(role.id)) as RoleView;
    });
  }
}
