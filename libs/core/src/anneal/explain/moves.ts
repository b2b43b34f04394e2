import type { Graph } from '../../graph/graph.js';
import type { Cause, Moment } from './cause.js';

/** The commands that would move what a cause holds up; none where it ends by itself. Noderoles are named by id. */
export const movesFor = (graph: Graph, cause: Cause, moment: Moment): string[] => {
  const { nodeRoleId, name } = cause;
  switch (cause.kind) {
    case 'error':
      return [`anneal logs ${nodeRoleId}`, `anneal node-roles retry ${nodeRoleId}`];
    case 'node-not-alive':
      return [`anneal nodes power ${name} on`];
    case 'node-not-available':
      return [`anneal nodes update ${name} available=true`];
    case 'deployment-not-committed':
      return [`anneal deployments commit ${name}`];
    case 'proposed': {
      const deployment = cause.deploymentId && graph.deployment(cause.deploymentId);
      if (deployment && deployment.state !== 'committed') return [`anneal deployments commit ${deployment.name}`];
      return [`anneal node-roles commit ${nodeRoleId}`];
    }
    case 'switched-off':
      return [`anneal node-roles update ${nodeRoleId} available=true`];
    case 'held-by-rollout': {
      const rollout = cause.deploymentId && moment.rollouts?.get(cause.deploymentId);
      return rollout && rollout.state !== 'running' ? [`anneal rollouts resume ${rollout.id}`] : [];
    }
    case 'run-in-flight':
    case 'run-waiting':
      return [`anneal logs -f ${nodeRoleId}`, `anneal node-roles cancel ${nodeRoleId}`];
    case 'run-queued':
      return [`anneal node-roles cancel ${nodeRoleId}`];
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
