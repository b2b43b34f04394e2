import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { barclampNamed } from '../named.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

/** Takes a barclamp with its roles and attributes out of the catalog, when nothing uses them. */
export class DeleteBarclamp {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly barclamp: string; readonly version?: number },
  ): Promise<{ readonly deleted: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.catalog.lock();
      const barclamp = await barclampNamed(tx, input.barclamp);
      if (isRefusal(barclamp)) return barclamp;
      const stale = refuseStale(`barclamp ${barclamp.name}`, barclamp, input.version);
      if (stale) return stale;
      const facts = await tx.catalog.facts();
      const roles = facts.roles.filter(({ barclampId }) => barclampId === barclamp.id);
      const used = await tx.catalog.usedRoles(roles.map(({ id }) => id));
      if (used.size > 0) {
        const names = roles.filter(({ id }) => used.has(id)).map(({ name }) => name);
        return refuse(
          'still-bound',
          `cannot delete barclamp ${barclamp.name}: ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} in use. Unbind these first, and remove them from their deployments.`,
          { roles: names },
        );
      }
      const page = await tx.barclamps.list({ filter: [{ field: 'parent', operator: 'eq', value: barclamp.name }] });
      const below = isRefusal(page) ? [] : page.items.map(({ name }) => name);
      if (below.length > 0)
        return refuse(
          'has-children',
          `cannot delete barclamp ${barclamp.name}: ${below.join(', ')} belong to it. Delete these first.`,
          { barclamps: below },
        );
      await tx.barclamps.delete(barclamp.id);
      tx.tell({ kind: 'barclamp.deleted', data: { name: barclamp.name, roles: roles.map(({ name }) => name) } });
      return { deleted: barclamp.name };
    });
  }
}
