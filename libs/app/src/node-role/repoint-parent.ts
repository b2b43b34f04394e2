import { GraphDraft, isRefusal, repointParent, type Refusal } from '#core';
import { roleCatalog } from '../barclamp/role-catalog.js';
import type { ModelParts } from '../model-parts.js';
import { nodeRoleNamed } from '../named.js';
import type { Relative } from '../ports/node-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';

export interface RepointParentInput {
  readonly nodeRole: string;
  /** The parent it has. */
  readonly from: string;
  /** The parent it shall have instead. */
  readonly to: string;
}

/** Gives a noderole another parent than the one that binding chose, and answers with its parents. */
export class RepointParent {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(actor: Actor, input: RepointParentInput): Promise<{ readonly parents: readonly Relative[] } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      await tx.bindings.changeShape();
      const child = await nodeRoleNamed(tx, input.nodeRole);
      if (isRefusal(child)) return child;
      const from = await nodeRoleNamed(tx, input.from);
      if (isRefusal(from)) return from;
      const to = await nodeRoleNamed(tx, input.to);
      if (isRefusal(to)) return to;
      const catalog = roleCatalog(await tx.catalog.facts());
      const peers = catalog.find(to.roleId)?.flags.has('cluster')
        ? await tx.attribs.nodeRolesOf({ roleId: to.roleId, deploymentId: to.deploymentId })
        : [];
      const graph = await tx.graph.slice({ nodeRoleIds: [child.id, from.id, to.id, ...peers] });

      const draft = new GraphDraft(graph);
      const repointing = repointParent(draft, catalog, { childId: child.id, fromId: from.id, toId: to.id });
      if (isRefusal(repointing)) return repointing;

      await tx.graph.save(graph, draft.decision());
      await tx.bindings.repoint(repointing);
      return { parents: await tx.nodeRoles.parents(child.id) };
    });
  }
}
