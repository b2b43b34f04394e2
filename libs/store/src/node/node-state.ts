/**
 * A node's state, derived from its noderoles: the first of error, transition, todo, blocked, proposed, active that occurs
 * among them. A node without noderoles has nothing left to do. `nodeId` is an SQL expression.
 */
export const nodeStateSql = (nodeId: string): string => `(
  SELECT coalesce((array_agg(nr.state ORDER BY array_position(ARRAY[-1, 2, 1, 3, 4, 0]::smallint[], nr.state)))[1], 0)
  FROM node_roles nr WHERE nr.node_id = ${nodeId})`;
