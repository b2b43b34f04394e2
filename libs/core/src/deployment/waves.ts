import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import type { Graph, GraphNode, NodeRole } from '../graph/graph.js';

export interface WaveOptions {
  /** Nodes in a wave, at least 1. */
  readonly size: number;
  readonly changed: ReadonlySet<NodeRoleId>;
  /** The failure zone of a node, where it is in one: a wave takes nodes of one zone before it goes on to the next. */
  readonly zones?: ReadonlyMap<NodeId, string>;
}

/**
 * Cuts the work of a commit into waves of so many nodes, by failure zone, then by name of node. What stands for a
 * deployment (phantom nodes) is in the first wave. What an earlier rollout still keeps back is part of the work. A noderole goes no sooner than the latest of its parents, in whose wave it is then, so that no wave
 * waits for a later one. Only noderoles of the deployment are held back.
 *
 * The first wave begins with the commit; the others are what `commitDeployment` is told to hold.
 */
export const planWaves = (graph: Graph, deploymentId: DeploymentId, options: WaveOptions): NodeRoleId[][] => {
  const isWork = ({ id, state, held }: NodeRole): boolean => state === 'proposed' || held || options.changed.has(id);
  const concerned = [...graph.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.deploymentId === deploymentId && isWork(nodeRole))
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));
  const waveOfNode = nodeWaves(graph, concerned, options);
  const waveOf = new Map<NodeRoleId, number>();
  const waves: NodeRoleId[][] = [];
  for (const nodeRole of concerned) {
    const above = graph.edgesUp(nodeRole.id).map((edge) => waveOf.get(edge.parentId) ?? 0);
    const wave = Math.max(waveOfNode.get(nodeRole.nodeId) as number, ...above);
    waveOf.set(nodeRole.id, wave);
    (waves[wave] ??= []).push(nodeRole.id);
  }
  return [...waves].filter((wave) => wave !== undefined);
};

const nodeWaves = (
  graph: Graph,
  concerned: readonly NodeRole[],
  { size, zones }: Pick<WaveOptions, 'size' | 'zones'>,
): Map<NodeId, number> => {
  const nodes = [...new Set(concerned.map(({ nodeId }) => nodeId))].map((id) => graph.node(id));
  const zoneOf = (node: GraphNode): string => zones?.get(node.id) ?? '';
  const before = (a: GraphNode, b: GraphNode): boolean =>
    zoneOf(a) === zoneOf(b) ? a.name < b.name : zoneOf(a) < zoneOf(b);
  const machines = nodes.filter((node) => !node.system).sort((a, b) => (before(a, b) ? -1 : 1));
  const waves = new Map(machines.map((node, at) => [node.id, Math.floor(at / Math.max(1, size))] as const));
  for (const node of nodes) if (node.system) waves.set(node.id, 0);
  return waves;
};
