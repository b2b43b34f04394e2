import { DEPLOYMENT_DEPTH_MAX, isRefusal, refuse, type DeploymentId, type Refusal } from '#core';
import { phantomNode } from '../installation/phantom.js';
import { SYSTEM_DEPLOYMENT } from '../installation/install-system.js';
import type { ModelParts } from '../model-parts.js';
import { deploymentNamed } from '../named.js';
import { DESCRIPTION_LENGTH_MAX } from '../node/check-fields.js';
import type { DeploymentView } from '../ports/deployment-store.js';
import type { Actor } from '../ports/unit-of-work.js';
import { refuseDeploymentName } from './name.js';

export interface CreateDeploymentInput {
  readonly name: string;
  readonly description?: string;
  /** The system deployment when absent. */
  readonly parent?: string;
  /** Higher ones get the free runs first. */
  readonly priority?: number;
}

/** How far priorities go; deployments are ordered by them, nothing is counted. */
export const PRIORITY_MAX = 1_000;

export const refuseDeploymentFields = (input: {
  readonly description?: string;
  readonly priority?: number;
}): Refusal | null => {
  const { description, priority } = input;
  if (description !== undefined && description.length > DESCRIPTION_LENGTH_MAX)
    return refuse(
      'invalid',
      `the description has ${description.length} characters: use at most ${DESCRIPTION_LENGTH_MAX}.`,
      { field: 'description' },
    );
  if (priority !== undefined && !(Number.isInteger(priority) && Math.abs(priority) <= PRIORITY_MAX))
    return refuse(
      'invalid',
      `the priority is ${priority}: use a whole number from -${PRIORITY_MAX} to ${PRIORITY_MAX}.`,
      { field: 'priority' },
    );
  return null;
};

/** Makes a deployment, proposed, with the phantom node that stands in for it. */
export class CreateDeployment {
  constructor(private readonly parts: Pick<ModelParts, 'unitOfWork' | 'ids'>) {}

  execute(actor: Actor, input: CreateDeploymentInput): Promise<DeploymentView | Refusal> {
    return this.parts.unitOfWork.write(actor, async (tx) => {
      const wrong = refuseDeploymentName(input.name) ?? refuseDeploymentFields(input);
      if (wrong) return wrong;
      const parent = await deploymentNamed(tx, input.parent ?? SYSTEM_DEPLOYMENT, { lock: true });
      if (isRefusal(parent)) return parent;
      const level = (await tx.deployments.ancestry(parent.id)).length + 1;
      if (level > DEPLOYMENT_DEPTH_MAX)
        return refuse(
          'too-large',
          `below ${parent.name} deployments would stand ${level} levels deep, more than ${DEPLOYMENT_DEPTH_MAX}: choose a parent higher up.`,
          { field: 'parent' },
        );

      const id = this.parts.ids.next<DeploymentId>();
      const { name } = input;
      const deployment = {
        id,
        name,
        description: input.description ?? '',
        parentId: parent.id,
        system: false,
        state: 'proposed',
        priority: input.priority ?? 0,
      } as const;
      if (!(await tx.deployments.insertMissing(deployment)))
        return refuse('already-exists', `there is a deployment ${name} already: give this one another name.`, {
          field: 'name',
          name,
        });
      await tx.nodes.insertMissing(phantomNode(this.parts.ids.next(), deployment));
      tx.tell({ kind: 'deployment.created', deploymentId: id, data: { name, parent: parent.name } });
      return (await tx.deployments.find(id)) as DeploymentView;
    });
  }
}
