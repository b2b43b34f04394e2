import type { DeploymentId, NodeId, NodeRoleId } from '../base/ids.js';
import type { Graph, GraphNode, NodeRole } from '../graph/graph.js';

export interface WaveOptions {
  /** Nodes in a wave, at least 1. */
  readonly size: number;
  readonly changed: ReadonlySet<NodeRoleId>;
  /** The failure zone of a node, where it is in one: a wave takes nodes of one zone before it goes on to the next. */
  readonly zones?: ReadonlyMap<NodeId, string>;
  /** A wave has nodes of one zone alone, so that no more than one is ever worked on: what they share may fail with them. */
  readonly apart?: boolean;
}

/**
 * Cuts the work of a commit into waves of so many nodes, by failure zone, then by name of node. What stands for a
 * deployment (phantom nodes) is in the first wave. What an earlier rollout still keeps back is part of the work. A noderole
 * goes no sooner than the latest of its parents, in whose wave it is then, so that no wave waits for a later one; where zones
 * are kept apart, in the next wave of its own zone. Only noderoles of the deployment are held back.
 *
 * The first wave begins with the commit; the others are what `commitDeployment` is told to hold.
 */
export const planWaves = (graph: Graph, deploymentId: DeploymentId, options: WaveOptions): NodeRoleId[][] => {
  const isWork = ({ id, state, held }: NodeRole): boolean => state === 'proposed' || held || options.changed.has(id);
  const concerned = [...graph.nodeRoles.values()]
    .filter((nodeRole) => nodeRole.deploymentId === deploymentId && isWork(nodeRole))
    .sort((a, b) => a.cohort - b.cohort || (a.id < b.id ? -1 : 1));
  const waveOfNode = nodeWaves(graph, concerned, options);
  const zoneOfWave = new Map<number, string>();
  for (const [id, wave] of waveOfNode) if (!graph.node(id).system) zoneOfWave.set(wave, zoneIn(options, id));
  const waveOf = new Map<NodeRoleId, number>();
  const waves: NodeRoleId[][] = [];
  for (const nodeRole of concerned) {
    const above = graph.edgesUp(nodeRole.id).map((edge) => waveOf.get(edge.parentId) ?? 0);
    const soonest = Math.max(waveOfNode.get(nodeRole.nodeId) as number, ...above);
    const isFree = !options.apart || graph.node(nodeRole.nodeId).system;
    const wave = isFree ? soonest : nextOfZone(zoneOfWave, zoneIn(options, nodeRole.nodeId), soonest);
    waveOf.set(nodeRole.id, wave);
    (waves[wave] ??= []).push(nodeRole.id);
  }
  return [...waves].filter((wave) => wave !== undefined);
};

const nodeWaves = (
  graph: Graph,
  concerned: readonly NodeRole[],
  options: Pick<WaveOptions, 'size' | 'zones' | 'apart'>,
): Map<NodeId, number> => {
  const nodes = [...new Set(concerned.map(({ nodeId }) => nodeId))].map((id) => graph.node(id));
  const zoneOf = (node: GraphNode): string => zoneIn(options, node.id);
  const before = (a: GraphNode, b: GraphNode): boolean =>
    zoneOf(a) === zoneOf(b) ? a.name < b.name : zoneOf(a) < zoneOf(b);
  const machines = nodes.filter((node) => !node.system).sort((a, b) => (before(a, b) ? -1 : 1));
  const waves = new Map<NodeId, number>();
  let [wave, taken, zone] = [0, 0, machines[0] ? zoneOf(machines[0]) : ''];
  for (const node of machines) {
    const isOther = options.apart === true && zoneOf(node) !== zone;
    if (taken >= Math.max(1, options.size) || isOther) [wave, taken] = [wave + 1, 0];
    [taken, zone] = [taken + 1, zoneOf(node)];
    waves.set(node.id, wave);
  }
  for (const node of nodes) if (node.system) waves.set(node.id, 0);
  return waves;
};

/** The zone of a node; nodes that are in none are taken for one of their own. */
const zoneIn = ({ zones }: Pick<WaveOptions, 'zones'>, id: NodeId): string => zones?.get(id) ?? '';

/** The first wave from `soonest` on that is of this zone, or of none yet; behind all of them where there is none. */
const nextOfZone = (zoneOfWave: Map<number, string>, zone: string, soonest: number): number => {
  let wave = soonest;
  while (zoneOfWave.has(wave) && zoneOfWave.get(wave) !== zone) wave += 1;
  zoneOfWave.set(wave, zone);
  return wave;
};
