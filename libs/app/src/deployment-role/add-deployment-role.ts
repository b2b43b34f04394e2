import { isRefusal, refuse, type Refusal } from '#core';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed, roleNamed } from '../named.js';
import type { DeploymentRoleView } from '../ports/deployment-role-store.js';
import type { Actor } from '../ports/unit-of-work.js';

/** Adds a role to a deployment, so that its data can be set before it is bound to any node. */
export class AddDeploymentRole {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork'>) {}

  execute(
    actor: Actor,
    input: { readonly deployment: string; readonly role: string },
  ): Promise<DeploymentRoleView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const role = await roleNamed(tx, input.role);
      if (isRefusal(role)) return role;
      if (role.flags.includes('abstract'))
        return refuse('abstract-role', `${role.name} is abstract: add a role that provides it.`, { role: role.name });
      if (role.retired)
        return refuse('not-found', `the role ${role.name} is gone from its barclamp: add what took its place.`);
      const deployment = await deploymentNamed(tx, input.deployment);
      if (isRefusal(deployment)) return deployment;
      const [id] = await tx.deploymentRoles.insertMissing([{ deploymentId: deployment.id, roleId: role.id }]);
      if (id) tx.tell({ kind: 'deployment_role.added', deploymentId: deployment.id, data: { role: role.name } });
      return (await tx.deploymentRoles.find(`${role.name}@${deployment.name}`)) as DeploymentRoleView;
    });
  }
}
