import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentRoleNamed } from '../named.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseStale } from '../stale.js';

/** Takes a role with its data out of a deployment, when no noderole of it is left there. */
export class RemoveDeploymentRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly deploymentRole: string; readonly version?: number },
  ): Promise<{ readonly removed: string } | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const deploymentRole = await deploymentRoleNamed(tx, input.deploymentRole, { lock: true });
      if (isRefusal(deploymentRole)) return deploymentRole;
      const { id, name, role, deployment, deploymentId, nodeRoles } = deploymentRole;
      const stale = refuseStale(`deployment role ${name}`, deploymentRole, input.version);
      if (stale) return stale;
      if (nodeRoles > 0)
        return refuse(
          'still-bound',
          `cannot remove ${role} from ${deployment}: it is bound to ${nodeRoles} ${nodeRoles === 1 ? 'node' : 'nodes'} there. Unbind it first.`,
          { nodeRoles },
        );
      await tx.deploymentRoles.delete(id);
      tx.tell({ kind: 'deployment_role.removed', deploymentId, data: { role } });
      return { removed: name };
    });
  }
}
