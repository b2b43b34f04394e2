import type { Graph } from '../../graph/graph.js';
import type { Cause, Moment } from './cause.js';

/** The commands that would move what a cause holds up, or show what to mend; none where it ends by itself. */
export const movesFor = (graph: Graph, cause: Cause, moment: Moment): string[] => {
  const { name } = cause;
  const nodeRole = keyOf(graph, cause);
  switch (cause.kind) {
    case 'error':
      return [`anneal logs ${nodeRole}`, `anneal node-roles retry ${nodeRole}`];
    case 'node-not-alive':
      return [`anneal nodes show ${name}`];
    case 'node-not-available':
      return [`anneal nodes update ${name} available=true`];
    case 'deployment-not-committed':
      return [`anneal deployments commit ${name}`];
    case 'proposed': {
      const deployment = cause.deploymentId && graph.deployment(cause.deploymentId);
      if (deployment && deployment.state !== 'committed') return [`anneal deployments commit ${deployment.name}`];
      return [`anneal node-roles commit ${nodeRole}`];
    }
    case 'switched-off':
      return cause.nodeId ? [`anneal nodes update ${graph.node(cause.nodeId).name} target_role=null`] : [];
    case 'held-by-rollout': {
      const rollout = cause.deploymentId && moment.rollouts?.get(cause.deploymentId);
      return rollout && rollout.state !== 'running' ? [`anneal rollouts resume ${rollout.id}`] : [];
    }
    case 'run-in-flight':
    case 'run-waiting':
      return [`anneal logs -f ${nodeRole}`, `anneal node-roles cancel ${nodeRole}`];
    case 'run-queued':
      return [`anneal node-roles cancel ${nodeRole}`];
    case 'node-frozen':
    case 'node-busy':
    case 'too-early':
    case 'child-in-transition':
    case 'cap-reached':
    case 'next-pass':
    case 'parent-not-active':
    case 'parent-changed':
      return [];
    default:
      return cause.kind satisfies never;
  }
};

/** `role@node`: how commands name a noderole. */
const keyOf = (graph: Graph, { nodeRoleId }: Cause): string => {
  if (!nodeRoleId) return '';
  const { roleId, nodeId } = graph.nodeRole(nodeRoleId);
  return `${graph.role(roleId).name}@${graph.node(nodeId).name}`;
};
