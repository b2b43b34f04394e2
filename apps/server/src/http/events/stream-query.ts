import type { z } from 'zod';
import type { EventView, UnitOfWork } from '#app';
import type { eventRoutes } from '#api-types';
import { refuse, type Refusal } from '#core';
import type { FeedFilter } from '../../feed/event-feed.js';

type StreamQuery = z.output<typeof eventRoutes.stream.query>;

/** Where a follower is: what its browser remembered, else what it says, else here and now. */
export const positionOf = (
  query: StreamQuery,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): number | null => {
  const remembered = headers['last-event-id'];
  if (typeof remembered === 'string' && /^\d{1,15}$/.test(remembered)) return Number(remembered);
  return query.after === undefined ? null : Number(query.after);
};

/** Which events it wants. Names are looked up once, when the stream begins. */
export const filterOf = async (query: StreamQuery, unitOfWork: UnitOfWork): Promise<FeedFilter | Refusal> => {
  const kinds = query.kind?.split(',').map((kind) => kind.trim());
  const found = await unitOfWork.read(async (tx) => ({
    node: query.node === undefined ? undefined : ((await tx.nodes.find(query.node))?.id ?? null),
    deployment:
      query.deployment === undefined ? undefined : ((await tx.deployments.find(query.deployment))?.id ?? null),
    nodeRole: query.node_role === undefined ? undefined : ((await tx.nodeRoles.find(query.node_role))?.id ?? null),
  }));
  if (found.node === null) return refuse('not-found', `there is no node "${query.node}".`, { key: query.node });
  if (found.deployment === null)
    return refuse('not-found', `there is no deployment "${query.deployment}".`, { key: query.deployment });
  if (found.nodeRole === null)
    return refuse('not-found', `there is no noderole "${query.node_role}".`, { key: query.node_role });
  return (event: EventView) =>
    (found.node === undefined || event.nodeId === found.node) &&
    (found.deployment === undefined || event.deploymentId === found.deployment) &&
    (found.nodeRole === undefined || event.nodeRoleId === found.nodeRole) &&
    (kinds === undefined || kinds.some((kind) => isOfKind(event.kind, kind)));
};

const isOfKind = (kind: string, wanted: string): boolean =>
  wanted.endsWith('.*') ? kind.startsWith(wanted.slice(0, -1)) : kind === wanted;
