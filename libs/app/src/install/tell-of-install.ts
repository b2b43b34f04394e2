import type { EventDraft, Install } from '#core';
import type { Transaction } from '../ports/unit-of-work.js';

/**
 * Tells what happened to an install, as a part of the deployment that its noderole is in: who looks at that deployment, now
 * or later, is told of the install too, whichever deployment the node itself belongs to.
 */
export const tellOfInstall = async (
  tx: Transaction,
  { nodeRoleId }: Pick<Install, 'nodeRoleId'>,
  events: readonly EventDraft[],
): Promise<void> => {
  if (events.length === 0) return;
  const deploymentId = (await tx.nodeRoles.find(nodeRoleId))?.deploymentId;
  for (const event of events) tx.tell(deploymentId === undefined ? event : { ...event, deploymentId });
};
