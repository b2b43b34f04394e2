import type { DeploymentId, NodeId, NodeRoleId, RoleId } from '../base/ids.js';
import type { Graph, NodeRole } from '../graph/graph.js';

/**
 * How the instances of cluster roles stand over failure zones: what fails together should not have more of a cluster in it
 * than it has to. Nobody is kept from putting them where they like; whoever previews a commit is told.
 */

/** Categories of groups whose members fail together, the largest first. */
export const FAILURE_ZONE_CATEGORIES: readonly string[] = ['zone', 'rack', 'switch', 'power'];

/** What is known of failure zones, by category. */
export interface FailureZones {
  /** How many zones there are that have a node. */
  readonly count: number;
  /** The zones of each node that is in one. A node in several, as with two power feeds, outlives each of them. */
  readonly of: ReadonlyMap<NodeId, readonly string[]>;
}

export interface SpreadWarning {
  readonly role: RoleId;
  readonly category: string;
  /** The zone that has the most of them. */
  readonly zone: string;
  /** The nodes of the role that are in it, by name. */
  readonly nodes: readonly NodeId[];
  /** How many nodes the role is on. */
  readonly all: number;
  /** How many zones there are, and the fewest nodes that the fullest of them could have. */
  readonly zones: number;
  readonly fewest: number;
}

/** The cluster roles of which a commit adds an instance, each with all its nodes in the deployment. */
export const addedClusters = (
  graph: Pick<Graph, 'nodeRoles' | 'nodeRole' | 'role' | 'node'>,
  deploymentId: DeploymentId,
  added: readonly NodeRoleId[],
): ReadonlyMap<RoleId, readonly NodeId[]> => {
  const isOfCluster = ({ roleId, deploymentId: of, nodeId }: NodeRole): boolean =>
    of === deploymentId && graph.role(roleId).cluster && !graph.node(nodeId).system;
  const roles = new Set(
    added
      .map((id) => graph.nodeRole(id))
      .filter(isOfCluster)
      .map(({ roleId }) => roleId),
  );
  const nodes = new Map<RoleId, NodeId[]>([...roles].map((role) => [role, []]));
  if (roles.size > 0)
    for (const each of graph.nodeRoles.values()) if (isOfCluster(each)) nodes.get(each.roleId)?.push(each.nodeId);
  return new Map([...nodes].filter(([, on]) => on.length > 1));
};

/**
 * Where more nodes of a cluster stand in one zone than have to: all of them, or more than its share of the zones that there
 * are. By name of role, then by category.
 */
export const unevenSpread = (
  graph: Pick<Graph, 'role' | 'node'>,
  clusters: ReadonlyMap<RoleId, readonly NodeId[]>,
  zones: ReadonlyMap<string, FailureZones>,
): SpreadWarning[] => {
  const byName = [...clusters].sort(([a], [b]) => (graph.role(a).name < graph.role(b).name ? -1 : 1));
  return byName.flatMap(([role, nodes]) =>
    FAILURE_ZONE_CATEGORIES.flatMap((category): SpreadWarning[] => {
      const known = zones.get(category);
      if (!known) return [];
      const inZone = new Map<string, NodeId[]>();
      for (const node of nodes) {
        const [zone, another] = known.of.get(node) ?? [];
        if (zone === undefined || another !== undefined) continue;
        inZone.set(zone, [...(inZone.get(zone) ?? []), node]);
      }
      const [fullest] = [...inZone].sort(([a, ofA], [b, ofB]) => ofB.length - ofA.length || (a < b ? -1 : 1));
      if (!fullest) return [];
      const [zone, there] = fullest;
      const fewest = Math.ceil(nodes.length / known.count);
      if (there.length < 2 || (there.length < nodes.length && there.length <= fewest)) return [];
      const named = there.toSorted((a, b) => (graph.node(a).name < graph.node(b).name ? -1 : 1));
      return [{ role, category, zone, nodes: named, all: nodes.length, zones: known.count, fewest }];
    }),
  );
};

/** Names that a sentence lists. */
const NAMES_MAX = 5;

/** A warning in words. */
export const spreadSentence = (
  warning: Pick<SpreadWarning, 'category' | 'zone' | 'all' | 'zones' | 'fewest'>,
  role: string,
  nodes: readonly string[],
): string => {
  const { category, zone, all, zones, fewest } = warning;
  const more = nodes.length > NAMES_MAX ? ` and ${nodes.length - NAMES_MAX} more` : '';
  const where = `stand in the ${category} ${zone} (${nodes.slice(0, NAMES_MAX).join(', ')}${more})`;
  const many = nodes.length === all ? `all ${all} nodes of ${role}` : `${nodes.length} of the ${all} nodes of ${role}`;
  if (fewest >= nodes.length) return `${many} ${where}: whatever takes that down takes the whole role down.`;
  return `${many} ${where}, and ${fewest} would do: there are ${zones} zones of the category ${category}.`;
};
